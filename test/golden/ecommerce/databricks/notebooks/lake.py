# Databricks notebook source
# MAGIC %md
# MAGIC # The lake
# MAGIC
# MAGIC What the notebooks of the tables have in common. They start with `%run ../lake` and then have the class `Lake`:
# MAGIC how bronze files are read, how rows are set aside, how Delta tables are written so that Synapse can read them.

# COMMAND ----------

import csv
import re
from decimal import Decimal

from delta.tables import DeltaTable
from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F
from pyspark.sql import types as T

# COMMAND ----------

# The numbers do not depend on the settings of a workspace.
SETTINGS = {
    "spark.sql.ansi.enabled": True,
    "spark.sql.caseSensitive": False,
    "spark.sql.decimalOperations.allowPrecisionLoss": True,
    "spark.sql.json.enableExactStringParsing": True,
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.selfJoinAutoResolveAmbiguity": False,
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.storeAssignmentPolicy": "ANSI",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
}
for name, value in SETTINGS.items():
    spark.conf.set(name, value)

# Rows that are kept are in as many parts as their size asks for, and so are the files that are written of them.
spark.conf.set("spark.sql.optimizer.canChangeCachedPlanOutputPartitioning", True)

# What Synapse serverless can read: version 1 of the reader, and no feature that it does not know.
TABLE_PROPERTIES = {
    "delta.minReaderVersion": "1",
    "delta.minWriterVersion": "2",
    "delta.checkpointPolicy": "classic",
    "delta.columnMapping.mode": "none",
    "delta.enableDeletionVectors": "false",
}

# RFC 4180. The null value is a text that no file holds: so "" is a text, and only what is not quoted is null.
CSV_OPTIONS = {
    "header": True,
    "lineSep": "\n",
    "escape": '"',
    "nullValue": "\0",
    "columnPruning": False,
}
JSON_OPTIONS = {"allowSingleQuotes": False, "allowNonNumericNumbers": False}

# Columns that rows carry until they are split. No name in a program has a line break, so none is one of these.
INNER = "\n"
MALFORMED, REASON = f"{INNER}malformed", f"{INNER}reason"
RECORD, REPEATS = f"{INNER}record", f"{INNER}repeats"

# How many of the most frequent reasons are named where too many rows were rejected.
REASONS_SHOWN = 3

QUARANTINE = T.StructType(
    [
        T.StructField("source", T.StringType(), nullable=False),
        T.StructField("reason", T.StringType(), nullable=False),
        T.StructField("record", T.StringType()),
    ]
)

# COMMAND ----------

# How a text of a bronze file becomes a value of each type there is; null where it does not fit.


def parse_order_status(text: Column) -> Column:
    word = F.btrim(text, F.lit(" \t\n\x0b\f\r"))
    return F.when(
        word.isin("created", "approved", "invoiced", "processing", "shipped", "delivered", "canceled", "unavailable"),
        word,
    )


def parse_timestamp(text: Column) -> Column:
    return F.when(
        text.rlike(
            r"^\s*(?!0000)\d\d\d\d-\d\d-\d\d[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.]\d+)?(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)?)?\s*\z"
        ),
        text.try_cast("timestamp"),
    )


def parse_int(text: Column) -> Column:
    return F.when(~text.rlike(r"[^\s0-9+-]"), text.try_cast("int"))


def parse_decimal_10_2(text: Column) -> Column:
    return F.when(~text.rlike(r"[^\s0-9.+-]"), text.try_cast("decimal(10,2)"))


def parse_payment_type(text: Column) -> Column:
    word = F.btrim(text, F.lit(" \t\n\x0b\f\r"))
    return F.when(word.isin("credit_card", "boleto", "voucher", "debit_card", "not_defined"), word)


def parse_double(text: Column) -> Column:
    return F.when(
        ~text.rlike(r"[^\s0-9.eE+-]") & (F.abs(text.try_cast("double")) < float("inf")), text.try_cast("double")
    )


PARSERS = {
    "OrderStatus": parse_order_status,
    "timestamp": parse_timestamp,
    "int": parse_int,
    "decimal(10,2)": parse_decimal_10_2,
    "PaymentType": parse_payment_type,
    "double": parse_double,
}

# COMMAND ----------


class Lake:
    """The folders of the lake in one run: bronze files as they came, silver, gold and quarantine as Delta tables."""

    def __init__(self, root: str, load: str) -> None:
        """`root` is `abfss://CONTAINER@ACCOUNT.dfs.core.windows.net`; without a `load` the newest one is read."""
        if not root:
            raise ValueError("The parameter `lake` is empty; it says where the lake is, as abfss://...")
        self._root = root.rstrip("/")
        self._load = load
        self._kept: list[DataFrame] = []
        self._loads: dict[str, tuple[DataFrame, str]] = {}

    def read(self, table: str) -> DataFrame:
        """The rows of a silver or gold table."""
        return spark.read.format("delta").load(self._folder(table))

    def read_csv(
        self, table: str, file: str, columns: dict[str, str], distinct: bool = False, at_most: str = ""
    ) -> tuple[DataFrame, DataFrame]:
        """The rows of a bronze CSV file with the columns' types, and for the quarantine the rows that do not fit.

        Columns bind by the names in the header; others are ignored. A type that ends in `?` may be null. `distinct`: of
        rows that are the same in all these columns there is one; all that do not fit are there. `at_most`: how many of
        the rows may be rejected, `5%` or `10 rows`; `check_loads` looks.
        """
        path = self._bronze_file(table, file)
        lines = spark.read.text(path, lineSep="\n")
        first_line = lines.first()
        header = next(csv.reader([first_line["value"].rstrip("\r") if first_line else ""]), [])
        wrong = [name for name in columns if header.count(name) != 1]
        if wrong:
            found = _found(first_line, columns)
            raise ValueError(f"{table}: {file} does not have each of these columns once: {', '.join(wrong)}{found}")
        fields = [name if name in columns else f"{INNER}{at}" for at, name in enumerate(header)]
        # A file whose records span lines is read by one task, from its beginning to its end; all others in parts.
        spans_lines = _count(lines, _may_span_lines(F.col("value"))) > 0
        rows = (
            spark.read.schema(_text_schema(fields))
            .options(**CSV_OPTIONS, multiLine=spans_lines, columnNameOfCorruptRecord=MALFORMED)
            .csv(path)
        )
        # Of CRLF the carriage return is still there: at the end of the last field, or alone in an empty line.
        last, malformed = _column(fields[-1]), _column(MALFORMED)
        empty = last == "\r" if len(fields) == 1 else malformed == ""
        rows = rows.filter(_fails(empty)).withColumns(
            {
                fields[-1]: F.when(last != "\r", F.rtrim(last, F.lit("\r"))),
                MALFORMED: F.regexp_replace(malformed, r"\r\z", ""),
            }
        )
        return self._typed(table, rows, columns, distinct, at_most)

    def read_json(
        self, table: str, file: str, columns: dict[str, str], distinct: bool = False, at_most: str = ""
    ) -> tuple[DataFrame, DataFrame]:
        """As `read_csv`, of a file that has a JSON object in each line."""
        rows = (
            spark.read.schema(_text_schema(columns))
            .options(**JSON_OPTIONS, columnNameOfCorruptRecord=MALFORMED)
            .json(self._bronze_file(table, file))
        )
        return self._typed(table, rows, columns, distinct, at_most)

    def check_loads(self, table: str) -> None:
        """Stops the run where more rows of a load were rejected than may be, and puts these into the quarantine.

        All rows of a load are too many, unless its limit is `100%`.
        """
        problems, excess = [], []
        for name, (rows, at_most) in self._loads.items():
            total = F.coalesce(F.sum(_column(REPEATS)), F.lit(0)) if REPEATS in rows.columns else F.count("*")
            rejected, total = rows.agg(F.count(_column(REASON)), total).first()
            if _exceeds(at_most, rejected, total):
                aside = _split(name, rows)[1]
                most_often = aside.groupBy("reason").agg(F.count("*").alias("rows"))
                most_often = most_often.orderBy(F.desc("rows"), "reason").take(REASONS_SHOWN)
                shown = ", ".join(f"{reason} ({count})" for reason, count in most_often)
                problems.append(f"{name}: {rejected} of {total} rows were rejected{_more_than(at_most)}: {shown}")
                excess.append(aside)
        if problems:
            self.write_quarantine(table, *excess)
            raise ValueError("\n".join(problems))

    def keep(self, rows: DataFrame) -> DataFrame:
        """The rows, computed once although they are read more than once; `release` gives the memory back."""
        self._kept.append(rows.persist())
        return self._kept[-1]

    def expect(
        self,
        table: str,
        rows: DataFrame,
        expectations: dict[str, Column],
        record: list[Column] | None = None,
        at_most: dict[str, str] | None = None,
    ) -> tuple[DataFrame, DataFrame]:
        """The rows for which all expectations are true; for the quarantine the others, with the first that is not.

        Stops the run where more rows fail one than may, `at_most`, and puts these into the quarantine. All rows are too
        many, unless the limit is `100%`.
        """
        failed = [F.when(_fails(condition), F.lit(name)) for name, condition in expectations.items()]
        record = record or [_column(name) for name in rows.columns]
        marked = rows.withColumn(REASON, F.coalesce(*failed)).select("*", _record(_json(record)))
        valid, rejected = _split(table, marked)
        if at_most or valid.isEmpty():
            self._check_expectations(table, marked, list(expectations), at_most or {})
        return valid, rejected

    def require(self, table: str, rows: DataFrame, name: str, condition: Column) -> None:
        """Stops the run before anything is written where the condition is not true for every row."""
        failing = _count(rows, _fails(condition))
        if failing > 0:
            raise ValueError(f"{table}: {failing} rows fail the expectation: {name}")

    def require_key(self, table: str, rows: DataFrame, *columns: str) -> None:
        """Stops the run before anything is written where two rows have the same values in these columns."""
        groups = rows.groupBy(*map(_column, columns)).agg(F.count("*").alias(f"{INNER}rows"))
        repeated = _count(groups, _column(f"{INNER}rows") > 1)
        if repeated > 0:
            raise ValueError(f"{table}: {repeated} keys have several rows: {', '.join(columns)}")

    def warn(self, table: str, rows: DataFrame, name: str, condition: Column) -> None:
        """Says how many rows there are for which the condition is not true."""
        print(f"{table}: {_count(rows, _fails(condition))} rows fail the expectation: {name}")

    def write_quarantine(self, table: str, *rejected: DataFrame) -> None:
        """Writes what a table sets aside in this run, in place of what it set aside in the last one."""
        rows = rejected[0]
        for more in rejected[1:]:
            rows = rows.unionByName(more)
        self._overwrite(self._folder(table, above="quarantine/"), rows, QUARANTINE)

    def write(self, table: str, rows: DataFrame, schema: T.StructType) -> None:
        """Writes a table as a whole new version, and checks that a column that is not nullable holds no null."""
        self._overwrite(self._folder(table), rows, schema)

    def release(self) -> None:
        """Gives back the memory of the rows that were kept."""
        for rows in self._kept:
            rows.unpersist()

    def _check_expectations(self, table: str, marked: DataFrame, names: list[str], at_most: dict[str, str]) -> None:
        counts = marked.agg(F.count("*"), *[F.count_if(_column(REASON) == name) for name in names]).first()
        left, problems = counts[0], {}
        for at, name in enumerate(names, start=1):
            failed, limit = counts[at], at_most.get(name, "")
            if _exceeds(limit, failed, left):
                problems[name] = f"{table}: {failed} of {left} rows{_more_than(limit)} are set aside by: {name}"
            left -= failed
        if problems:
            excess = marked.filter(_column(REASON).isin(list(problems)))
            self.write_quarantine(table, _split(table, excess)[1])
            raise ValueError("\n".join(problems.values()))

    def _folder(self, table: str, above: str = "") -> str:
        layer, _, name = table.partition(".")
        return f"{self._root}/{above}{layer}/{name}"

    def _bronze_file(self, table: str, file: str) -> str:
        folder = self._folder(table)
        loads = [f"load={self._load}"] if self._load else [entry.name.rstrip("/") for entry in dbutils.fs.ls(folder)]
        # Nothing in it is a pattern.
        return re.sub(r"[\\*?\[\]{}]", r"\\\g<0>", f"{folder}/{max(loads)}/{file}")

    def _typed(
        self, table: str, rows: DataFrame, columns: dict[str, str], distinct: bool, at_most: str
    ) -> tuple[DataFrame, DataFrame]:
        malformed = _column(MALFORMED)
        fits, parsed, values, problems = malformed.isNull(), {}, [], []
        for name, declared in columns.items():
            optional = declared not in PARSERS and declared != "string"
            type_name = declared.removesuffix("?") if optional else declared
            text = value = _column(name)
            problem = None if optional else F.lit(f"{name} is missing")
            if type_name != "string":
                # A column of its own: what several expressions ask for is computed once.
                parsed[f"{INNER}value {name}"] = PARSERS[type_name](text)
                value = _column(f"{INNER}value {name}")
                is_blank = F.coalesce(F.btrim(text, F.lit(" \t\n\r\v\f")) == "", F.lit(True))
                problem = F.when(is_blank, problem).otherwise(F.lit(f"{name} is not {type_name}"))
            values.append(value.alias(name))
            if problem is not None:
                # Most rows have a value everywhere: of the others only is it asked what is wrong.
                fits = fits & value.isNotNull()
                problems.append(F.when(value.isNull(), problem))
        found = F.nullif(F.concat_ws("; ", *problems), F.lit(""))
        reason = F.when(~fits, F.when(malformed.isNotNull(), F.lit("malformed record")).otherwise(found))
        record = F.coalesce(malformed, _json([_column(name) for name in columns]))
        marked = rows.withColumns(parsed).withColumn(REASON, reason).select(*values, _column(REASON), _record(record))
        if distinct:
            # What does not fit is told apart by a number, so that none of it gets lost.
            number = F.when(_column(REASON).isNotNull(), F.monotonically_increasing_id())
            marked = marked.withColumn(f"{INNER}number", number)
            marked = marked.groupBy(*map(_column, marked.columns)).agg(F.count("*").alias(REPEATS))
            marked = marked.drop(f"{INNER}number")
        self._loads[table] = self.keep(marked), at_most
        return _split(table, self._loads[table][0])

    def _overwrite(self, folder: str, rows: DataFrame, schema: T.StructType) -> None:
        exists = DeltaTable.isDeltaTable(spark, folder)
        if not exists or _shape(DeltaTable.forPath(spark, folder).toDF().schema) != _shape(schema):
            # A new schema is a commit of its own, which empties the table: all that can fail comes before it.
            rows = self.keep(rows)
            rows.write.format("noop").mode("overwrite").save()
            # `createOrReplace` looks for a table of a catalog, and refuses another schema where it finds none.
            builder = DeltaTable.replace(spark) if exists else DeltaTable.create(spark)
            table = builder.location(folder).addColumns(schema)
            for name, value in TABLE_PROPERTIES.items():
                table = table.property(name, value)
            table.execute()
        rows.write.format("delta").mode("overwrite").save(folder)


# COMMAND ----------


def _column(name: str) -> Column:
    return F.col("`" + name.replace("`", "``") + "`")


def _text_schema(names: list[str]) -> T.StructType:
    return T.StructType([T.StructField(name, T.StringType()) for name in [*names, MALFORMED]])


def _shape(schema: T.StructType) -> list[tuple[str, T.DataType, bool]]:
    return [(field.name, field.dataType, field.nullable) for field in schema.fields]


def _fails(condition: Column) -> Column:
    return ~F.coalesce(condition, F.lit(False))


def _may_span_lines(line: Column) -> Column:
    """Whether a record may go on in the next line, or the line may be one that Spark passes over where none does."""
    # A quote is where a field begins or ends, or is doubled within one; any other may have opened what goes on.
    field = r'(?:"[^"]*+(?:""[^"]*+)*+"|[^",]*+)'
    is_whole = line.rlike(rf"^{field}(?:,{field})*+\r?\z")
    is_blank = (line < "!") & ~line.isin("", "\r")
    return (line.contains('"') & ~is_whole) | is_blank


def _count(rows: DataFrame, condition: Column) -> int:
    return rows.agg(F.count_if(condition)).first()[0]


def _found(first_line: Row | None, columns: dict[str, str]) -> str:
    """What came in place of a header, as far as it may be shown: a line without a known name may be a record."""
    line = first_line["value"].rstrip("\r") if first_line else ""
    if line.startswith(("{", "[")) or not any(name.lower() in line.lower() for name in columns):
        return "; the file has no header with any of its columns" if line else "; the file is empty"
    other = next((mark for mark in ";\t|" if any(name in line.split(mark) for name in columns)), "")
    cause = f", separated by {other!r} in place of commas" if other else ""
    return f"; its header is {line!r}{cause}"


def _exceeds(at_most: str, aside: int, total: int) -> bool:
    """Whether so many rows set aside are more than `5%` or `10 rows`, or all of them."""
    if at_most.endswith("%"):
        return aside * 100 > Decimal(at_most[:-1]) * total
    return aside > 0 and (aside == total or (at_most != "" and aside > int(at_most.partition(" ")[0])))


def _more_than(at_most: str) -> str:
    return f", more than {at_most}" if at_most else ""


def _json(columns: list[Column]) -> Column:
    options = {"ignoreNullFields": "false", "timestampFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'"}
    return F.to_json(F.struct(*columns), options)


def _record(record: Column) -> Column:
    return F.when(_column(REASON).isNotNull(), record).alias(RECORD)


def _split(table: str, marked: DataFrame) -> tuple[DataFrame, DataFrame]:
    accepted = marked.filter(_column(REASON).isNull()).drop(REASON, RECORD, REPEATS)
    rejected = marked.filter(_column(REASON).isNotNull()).select(
        F.lit(table).alias("source"), _column(REASON).alias("reason"), _column(RECORD).alias("record")
    )
    return accepted, rejected
