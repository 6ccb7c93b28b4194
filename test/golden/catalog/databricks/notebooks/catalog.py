# Databricks notebook source
# MAGIC %md
# MAGIC # The catalog
# MAGIC
# MAGIC How silver and gold tables are registered in Unity Catalog: as external tables at their paths, with comments, tags, primary
# MAGIC keys and column masks. The notebooks of the tables start with `%run ../lake` and `%run ../catalog`.

# COMMAND ----------

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from pyspark.sql import Row

# COMMAND ----------

# The tags that are set and removed here. Other tags of a column are left alone.
TAGS = ("pii", "unit")


@dataclass
class Entry:
    """What the catalog says of a table: its comment and primary key, comments and tags by column."""

    comment: str = ""
    key: list[str] = field(default_factory=list)
    comments: dict[str, str] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)


class CatalogLake(Lake):
    """The lake, with silver and gold tables in Unity Catalog.

    They are read and written by name: by path, Unity Catalog does not give access to tables with column masks.
    """

    def __init__(self, root: str, load: str, catalog: str, schema_prefix: str) -> None:
        """The tables are in the schemas `silver` and `gold` of the catalog, or `<prefix>silver` and `<prefix>gold`."""
        super().__init__(root, load)
        if not catalog:
            raise ValueError("The parameter `catalog` is empty; it names the catalog of the tables")
        self._catalog, self._prefix = catalog, schema_prefix

    def read(self, table: str) -> DataFrame:
        return spark.table(self._name(table)) if _is_registered(table) else super().read(table)

    def write(self, table: str, rows: DataFrame, schema: T.StructType, entry: Entry | None = None) -> None:
        """As `Lake.write`, of a table with an entry in the catalog. Personal data has a mask before it has rows."""
        if entry is None or not _is_registered(table):
            super().write(table, rows, schema)
            return
        rows = self._registered(table, rows, schema)
        for statement in self._changes(table, schema, entry):
            spark.sql(statement)
        rows.writeTo(self._name(table)).overwrite(F.lit(True))

    def create_masks(self, types: dict[str, str], readers: str) -> None:
        """Creates the functions that mask columns, by their names, of these types.

        The identity that runs this, and `readers` (groups, users and application IDs, separated by commas) see the values.
        """
        listed = [reader.strip() for reader in readers.split(",") if reader.strip()]
        people = [spark.sql("SELECT session_user()").first()[0], *filter(_is_user, listed)]
        groups = [reader for reader in listed if not _is_user(reader)]
        allowed = [f"session_user() IN ({', '.join(map(_literal, people))})"]
        allowed += [f"is_account_group_member({_literal(group)})" for group in groups]
        for layer in ("silver", "gold"):
            for name, type_name in types.items():
                spark.sql(
                    f"CREATE OR REPLACE FUNCTION {self._schema(layer)}.{_identifier(name)}(value {type_name}) "
                    f"RETURNS {type_name} RETURN CASE WHEN {' OR '.join(allowed)} THEN value END"
                )

    def _history(self, table: str) -> DataFrame:
        if not _is_registered(table):
            return super()._history(table)
        return spark.sql(f"DESCRIBE HISTORY {self._name(table)} LIMIT {COMMITS_SEARCHED}")

    def _schema_name(self, table: str) -> str:
        return self._prefix + table.partition(".")[0]

    def _schema(self, table: str) -> str:
        return f"{_identifier(self._catalog)}.{_identifier(self._schema_name(table))}"

    def _name(self, table: str) -> str:
        return f"{self._schema(table)}.{_identifier(table.partition('.')[2])}"

    def _registered(self, table: str, rows: DataFrame, schema: T.StructType) -> DataFrame:
        """Registers the table, empty if its schema has changed or there is none yet; returns the rows to write."""
        name, location = self._name(table), self._folder(table)
        exists = spark.catalog.tableExists(name)
        if not exists and DeltaTable.isDeltaTable(spark, location):
            # Written before the program had a catalog, or dropped from it.
            spark.sql(f"CREATE TABLE {name} USING DELTA LOCATION {_literal(location)}")
            exists = True
        found = _described(name).get("Location", "") if exists else location
        if _place(found) != _place(location):
            raise ValueError(f"{table}: {name} is a table at {found}, not at {location}")
        wanted = [(each.name, each.dataType.simpleString(), each.nullable) for each in schema.fields]
        # Not those of `spark.table`: what a mask returns may be null.
        if exists and [(each.name, each.dataType, each.nullable) for each in spark.catalog.listColumns(name)] == wanted:
            return rows
        # A new schema is a commit of its own, which empties the table: all that can fail comes before it.
        rows = self.keep(rows)
        rows.write.format("noop").mode("overwrite").save()
        columns = ", ".join(map(_column_definition, schema.fields))
        properties = ", ".join(f"{_literal(each)} = {_literal(value)}" for each, value in TABLE_PROPERTIES.items())
        spark.sql(
            f"CREATE {'OR REPLACE ' if exists else ''}TABLE {name} ({columns}) USING DELTA "
            f"TBLPROPERTIES ({properties}) LOCATION {_literal(location)}"
        )
        return rows

    def _changes(self, table: str, schema: T.StructType, entry: Entry) -> Iterator[str]:
        """The statements that change a table's entry in the catalog to what it should be; none if it is that."""
        name, columns = self._name(table), schema.fieldNames()
        masks = {column: _mask(schema[column]) for column in columns if "pii" in entry.tags.get(column, {})}
        has_masks = self._masks(table)
        # First what protects, last what gives access.
        for column, mask in masks.items():
            if has_masks.get(column.lower()) != f"{self._catalog}.{self._schema_name(table)}.{mask}".lower():
                yield f"{_column_of(name, column)} SET MASK {self._schema(table)}.{_identifier(mask)}"
        if _described(name).get("Comment", "") != entry.comment:
            yield f"COMMENT ON TABLE {name} IS {_literal(entry.comment) if entry.comment else 'NULL'}"
        has_comments = {each.name: each.description or "" for each in spark.catalog.listColumns(name)}
        for column in columns:
            comment = entry.comments.get(column, "")
            if has_comments.get(column) != comment:
                yield f"{_column_of(name, column)} COMMENT {_literal(comment)}"
        yield from self._tag_changes(table, columns, entry.tags)
        has_key = self._key(table)
        if has_key != [column.lower() for column in entry.key]:
            if has_key:
                yield f"ALTER TABLE {name} DROP PRIMARY KEY IF EXISTS CASCADE"
            if entry.key:
                constraint = _identifier(f"{table.partition('.')[2]}_pk")
                yield f"ALTER TABLE {name} ADD CONSTRAINT {constraint} PRIMARY KEY ({_identifiers(entry.key)})"
        for column in columns:
            if column.lower() in has_masks and column not in masks:
                yield f"{_column_of(name, column)} DROP MASK"

    def _tag_changes(self, table: str, columns: list[str], tags: dict[str, dict[str, str]]) -> Iterator[str]:
        has_tags = self._tags(table)
        for column in columns:
            wanted, found = tags.get(column, {}), has_tags.get(column.lower(), {})
            added = [f"{_literal(tag)} = {_literal(value)}" for tag, value in wanted.items() if found.get(tag) != value]
            removed = [_literal(tag) for tag in TAGS if tag in found and tag not in wanted]
            if added:
                yield f"{_column_of(self._name(table), column)} SET TAGS ({', '.join(added)})"
            if removed:
                yield f"{_column_of(self._name(table), column)} UNSET TAGS ({', '.join(removed)})"

    def _masks(self, table: str) -> dict[str, str]:
        found = self._information("column_masks", "schema_name", table)
        masks = {row.column_name: f"{row.mask_catalog}.{row.mask_schema}.{row.mask_name}" for row in found}
        return {column.lower(): mask.lower() for column, mask in masks.items()}

    def _tags(self, table: str) -> dict[str, dict[str, str]]:
        tags: dict[str, dict[str, str]] = {}
        for row in self._information("column_tags", "schema_name", table):
            tags.setdefault(row.column_name.lower(), {})[row.tag_name] = row.tag_value
        return tags

    def _key(self, table: str) -> list[str]:
        constraints = self._information("table_constraints", "table_schema", table)
        names = {row.constraint_name for row in constraints if row.constraint_type == "PRIMARY KEY"}
        columns = self._information("key_column_usage", "table_schema", table)
        own = sorted((row.ordinal_position, row.column_name.lower()) for row in columns if row.constraint_name in names)
        return [column for _, column in own]

    def _information(self, relation: str, schema_column: str, table: str) -> list[Row]:
        """What the catalog's information schema has about a table. Names are stored in lower case."""
        name = table.partition(".")[2]
        rows = spark.table(f"{_identifier(self._catalog)}.information_schema.{relation}")
        is_own = (F.col(schema_column) == self._schema_name(table).lower()) & (F.col("table_name") == name.lower())
        return rows.filter(is_own).collect()


# COMMAND ----------


def _is_registered(table: str) -> bool:
    return table.startswith(("silver.", "gold."))


def _identifier(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _identifiers(names: list[str]) -> str:
    return ", ".join(map(_identifier, names))


def _literal(text: str) -> str:
    """A text in SQL. Spark replaces `${...}` in statements, also in texts, so that dollar signs are escapes."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("$", "\\u0024")
    return f"'{escaped}'"


def _column_of(table: str, column: str) -> str:
    return f"ALTER TABLE {table} ALTER COLUMN {_identifier(column)}"


def _column_definition(column: T.StructField) -> str:
    return f"{_identifier(column.name)} {column.dataType.simpleString()}{'' if column.nullable else ' NOT NULL'}"


def _mask(column: T.StructField) -> str:
    """The name of the function that masks a column of this type."""
    type_name = re.sub(r"\W+", "_", column.dataType.simpleString()).removesuffix("_")
    return f"medalc_mask_{type_name}"


def _is_user(principal: str) -> bool:
    """Whether it is a user or the application ID of a service principal; otherwise it is a group."""
    return re.fullmatch(r".*@.*|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", principal) is not None


def _described(name: str) -> dict[str, str]:
    """What is known of a table as a whole, by the names that `DESCRIBE TABLE EXTENDED` gives it."""
    rows = [(row.col_name, row.data_type) for row in spark.sql(f"DESCRIBE TABLE EXTENDED {name}").collect()]
    start = max(at for at, (key, _) in enumerate(rows) if key == "# Detailed Table Information")
    return dict(rows[start + 1 :])


def _place(location: str) -> str:
    """A location without what differs between ways of writing it."""
    return unquote(location).removeprefix("file:").rstrip("/")
