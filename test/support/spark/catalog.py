"""A stand-in for Unity Catalog around a real Spark: what open-source Spark does not know, and what Unity Catalog refuses.

Tables, comments and locations are those of Spark's own catalog, `spark_catalog`. Masks, tags, primary keys and functions are
kept here, and are what the information schema shows.
"""

import contextlib
import re
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from driver import Files, NotebookControl, NotebookExit, Utilities, Widgets, run_cells
from pyspark.sql import DataFrame, SparkSession

NAME = r"(`(?:[^`]|``)+`(?:\.`(?:[^`]|``)+`)*)"
TEXT = r"'((?:[^'\\]|\\.)*)'"
FORBIDDEN_IN_TAGS = re.compile(r"[.,\-=/:]|^ | $")

# The relations of the information schema: their columns.
RELATIONS = {
    "column_masks": "schema_name string, table_name string, column_name string, mask_catalog string, mask_schema string, mask_name string",
    "column_tags": "schema_name string, table_name string, column_name string, tag_name string, tag_value string",
    "table_constraints": "table_schema string, table_name string, constraint_name string, constraint_type string",
    "key_column_usage": "table_schema string, table_name string, constraint_name string, column_name string, ordinal_position int",
}


class Refused(Exception):
    pass


class State:
    """What Unity Catalog has of tables, by schema and name."""

    def __init__(self) -> None:
        self.functions: dict[str, str] = {}
        self.masks: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        self.tags: dict[tuple[str, str], dict[str, dict[str, str]]] = defaultdict(dict)
        self.keys: dict[tuple[str, str], tuple[str, list[str]]] = {}


STATES: dict[str, State] = defaultdict(State)


class CatalogSession:
    """A session, with the statements of Unity Catalog."""

    def __init__(self, spark: SparkSession, state: State) -> None:
        self._own, self._state = spark, state
        self.statements: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def table(self, name: str) -> DataFrame:
        relation = name.rpartition(".")[2]
        if ".information_schema." not in name:
            return self._own.table(name)
        return self._own.createDataFrame(self._rows(relation), RELATIONS[relation])

    def sql(self, text: str) -> DataFrame | None:
        for pattern, work in self._known():
            found = re.fullmatch(pattern, text, re.DOTALL)
            if found:
                self.statements.append(text)
                work(*found.groups())
                return None
        return self._own.sql(text)

    def _known(self) -> list[tuple[str, Any]]:
        column = rf"ALTER TABLE {NAME} ALTER COLUMN {NAME}"
        return [
            (rf"CREATE OR REPLACE FUNCTION {NAME}(\(value .*)", self._create_function),
            (rf"{column} SET MASK {NAME}", self._set_mask),
            (rf"{column} DROP MASK", lambda table, name: self._state.masks[_key(table)].pop(_lower(name))),
            (rf"{column} SET TAGS \((.*)\)", self._set_tags),
            (rf"{column} UNSET TAGS \((.*)\)", self._unset_tags),
            (rf"ALTER TABLE {NAME} ADD CONSTRAINT {NAME} PRIMARY KEY \((.*)\)", self._add_key),
            (rf"ALTER TABLE {NAME} DROP PRIMARY KEY IF EXISTS CASCADE", lambda table: self._state.keys.pop(_key(table), None)),
        ]

    def _create_function(self, name: str, text: str) -> None:
        self._state.functions[name.replace("`", "").lower()] = text

    def _set_mask(self, table: str, column: str, function: str) -> None:
        known = self._state.functions.get(function.replace("`", "").lower())
        if known is None:
            raise Refused(f"ROUTINE_NOT_FOUND: {function}")
        declared = next(each for each in self._own.catalog.listColumns(table) if each.name == _plain(column))
        if not known.startswith(f"(value {declared.dataType}) RETURNS {declared.dataType} "):
            raise Refused(f"the mask {function} is not of the type {declared.dataType}")
        self._state.masks[_key(table)][_lower(column)] = function.replace("`", "").lower()

    def _set_tags(self, table: str, column: str, pairs: str) -> None:
        for name, value in re.findall(rf"{TEXT} = {TEXT}", pairs, re.DOTALL):
            if FORBIDDEN_IN_TAGS.search(name) or len(value) > 1000:
                raise Refused(f"INVALID_PARAMETER_VALUE: the tag {name} = {value}")
            self._state.tags[_key(table)].setdefault(_lower(column), {})[name] = self._text(value)

    def _text(self, literal: str) -> str:
        return self._own.sql(f"SELECT '{literal}' AS text").first()["text"]

    def _unset_tags(self, table: str, column: str, names: str) -> None:
        for name in re.findall(TEXT, names):
            del self._state.tags[_key(table)][_lower(column)][name]

    def _add_key(self, table: str, constraint: str, columns: str) -> None:
        names = [_plain(each) for each in re.findall(NAME, columns)]
        if _key(table) in self._state.keys:
            raise Refused("the table has a primary key")
        nullable = [each.name for each in self._own.catalog.listColumns(table) if each.name in names and each.nullable]
        if nullable:
            raise Refused(f"the columns {nullable} of a primary key may be null")
        self._state.keys[_key(table)] = (_plain(constraint), names)

    def _rows(self, relation: str) -> list[tuple[Any, ...]]:
        state = self._state
        match relation:
            case "column_masks":
                return [(*at, name, *mask.split(".")) for at, own in state.masks.items() for name, mask in own.items()]
            case "column_tags":
                columns = [(*at, name, tags) for at, own in state.tags.items() for name, tags in own.items()]
                return [(*column[:3], tag, value) for column in columns for tag, value in column[3].items()]
            case "table_constraints":
                return [(*at, name, "PRIMARY KEY") for at, (name, _) in state.keys.items()]
            case _:
                keys = [(at, name, enumerate(columns, 1)) for at, (name, columns) in state.keys.items()]
                return [(*at, name, column, place) for at, name, columns in keys for place, column in columns]


def run_with_catalog(spark: SparkSession, request: dict[str, Any]) -> list[str]:
    """Runs notebooks; the statements that only Unity Catalog knows, in their order."""
    session = CatalogSession(spark.newSession(), STATES[request["state"]])
    jobs = SimpleNamespace(taskValues=SimpleNamespace(set=lambda key, value: None))
    dbutils = Utilities(Widgets(request["parameters"]), Files(spark), NotebookControl(), jobs)
    for path in request["paths"]:
        with contextlib.suppress(NotebookExit):
            run_cells(path, {"__name__": "__main__", "spark": session, "dbutils": dbutils})
    return session.statements


def read_quoted(spark: SparkSession, request: dict[str, Any]) -> list[list[str]]:
    """Texts as Spark reads what the notebooks write of them in SQL: as a text, and as a name."""
    dbutils = Utilities(Widgets({}), Files(spark), NotebookControl(), SimpleNamespace())
    names: dict[str, Any] = {"__name__": "__main__", "spark": spark.newSession(), "dbutils": dbutils}
    for path in request["paths"]:
        run_cells(path, names)
    columns = [f"{names['_literal'](text)} AS {names['_identifier'](text)}" for text in request["texts"]]
    row = names["spark"].sql(f"SELECT {', '.join(columns)}").first()
    return [list(pair) for pair in zip(row, row.asDict().keys())]


def _plain(name: str) -> str:
    return name.strip("`").replace("``", "`")


def _lower(name: str) -> str:
    return _plain(name).lower()


def _key(table: str) -> tuple[str, str]:
    """Schema and name, as Unity Catalog stores them."""
    _, schema, name = re.findall(r"`((?:[^`]|``)+)`", table)
    return schema.lower(), name.replace("``", "`").lower()
