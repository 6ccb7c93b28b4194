# Databricks notebook source
# MAGIC %md
# MAGIC # The lake
# MAGIC
# MAGIC What the notebooks of the tables have in common. They start with `%run ../lake` and then have the class `Lake`:
# MAGIC how bronze files are read, how rows are quarantined, how Delta tables are written so that Synapse can read them.

# COMMAND ----------

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

from delta.tables import DeltaTable
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.window import Window

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

# How many records bronze files have, where who runs the notebook has counted them: `medalc run` does.
RECORDS = json.loads(spark.conf.get("medalc.records", "{}"))

# The bronze tables whose files notebooks read: each from its newest load, and those that are built from many loads.
BRONZE_TABLES = [
    "bronze.customers",
    "bronze.orders",
    "bronze.order_items",
    "bronze.payments",
    "bronze.reviews",
    "bronze.products",
    "bronze.sellers",
    "bronze.geolocation",
    "bronze.category_names",
    "bronze.states",
]
STORED_TABLES = []

# The load of each of them, where who runs the notebook has chosen: `medalc run` does.
LOADS = json.loads(spark.conf.get("medalc.loads", "{}"))

# The folder of a load, and the file that the ingest writes last into it.
LOAD_FOLDER = re.compile(r"load=\d{8}T\d{6}Z")
LOAD_MARKER = "_load.json"

# Bytes of the longest record that is read, and of what the quarantine keeps of a longer one.
LONGEST_RECORD, KEPT_OF_LONGER = 128 * 2**20, 2**16

# CSV as in RFC 4180, as regular expressions: a text in quotes that has not ended; a field that is whole; any field.
OPEN_TEXT = r'"[^"]*+(?:""[^"]*+)*+'
WHOLE_FIELD = rf'(?:{OPEN_TEXT}"|[^",][^,]*+|)'
ANY_FIELD = rf'(?:(?:{OPEN_TEXT}"?+)?+[^,]*+)'
CLOSED_FIELD = rf'(?:{OPEN_TEXT}"[^,]*+|[^",][^,]*+|)'
ENDS_OPEN = rf"(?:{CLOSED_FIELD},)*+{OPEN_TEXT}\z"
SIMPLE_FIELD = r'(?:"[^",]*+"|[^",]*+)'

# Where the quotes of a CSV file are, from the least to the most that it takes to read it: `AROUND_FIELDS` that have no
# commas and no quotes in them, somewhere `IN_FIELDS`, or around texts that go `OVER_LINES`.
NO_QUOTES, AROUND_FIELDS, IN_FIELDS, OVER_LINES = range(4)

# An object of JSON up to its last brace, with objects in it to this depth.
JSON_DEPTH = 6
JSON_OBJECT = r"\{\}"
for _ in range(JSON_DEPTH):
    JSON_OBJECT = r'\{(?:[^{}"]++|"(?:[^"\\]++|\\.)*+"|' + JSON_OBJECT + r")*+\}"
JSON_SPACE = " \t\n\r"

# MongoDB's Extended JSON: a text in an object, an instant in milliseconds, an instant that is a date. A blank is any
# white space.
WRAPPED_TEXT = r'\A\{ "\$(?:oid|date|number(?:Int|Long|Double|Decimal))" : "([^"\\]*)" \}\z'
WRAPPED_MILLISECONDS = r'\A\{ "\$date" : (?:(-?[0-9]{1,15})|\{ "\$numberLong" : "(-?[0-9]{1,15})" \}) \}\z'
MIDNIGHT = r"\A([0-9]{4}-[0-9]{2}-[0-9]{2})T00:00:00(?:[.]0+)?Z\z"

# Milliseconds of the years 0001 to 9999.
INSTANTS = -62135596800000, 253402300799999

JSON_OPTIONS = {
    "lineSep": "\n",
    "allowSingleQuotes": False,
    "allowNonNumericNumbers": False,
    "maxNestingDepth": LONGEST_RECORD,
    "maxNumLen": LONGEST_RECORD,
    "maxStringLen": LONGEST_RECORD,
}

# A line, or a record, of a file.
VALUE = F.col("value")

# Columns that rows carry until they are split. No name in a program has a line break, so none is one of these.
INNER = "\n"
MALFORMED, REASON = f"{INNER}malformed", f"{INNER}reason"
LINE, RECORD, REPEATS = f"{INNER}line", f"{INNER}record", f"{INNER}repeats"

MALFORMED_RECORD = "malformed record"

# How many of the most frequent reasons are named where too many rows were rejected.
REASONS_SHOWN = 3

QUARANTINE = T.StructType(
    [
        T.StructField("source", T.StringType(), nullable=False),
        T.StructField("reason", T.StringType(), nullable=False),
        T.StructField("record", T.StringType()),
    ]
)

# The table of runs: one row for each table of a run.
RUNS = "runs"
RUNS_SCHEMA = T.StructType(
    [
        T.StructField("run", T.StringType(), nullable=False),
        T.StructField("started", T.TimestampType(), nullable=False),
        T.StructField("relation", T.StringType(), nullable=False),
        T.StructField("state", T.StringType(), nullable=False),
        T.StructField("rows", T.LongType()),
        T.StructField("rejected", T.LongType()),
        T.StructField("quarantined", T.LongType()),
        T.StructField("warned", T.LongType()),
        T.StructField("bytes", T.LongType()),
        T.StructField("seconds", T.DoubleType()),
        T.StructField("checks", T.StringType()),
    ]
)

# The task value with what became of a table, and the states of tasks that count as failed; others were skipped.
RESULT = "result"
FAILED_STATES = ("failed", "timedout", "evicted")
PROBLEMS = ("failed", "skipped")

# The newest commits of a table, of which one has written it; others may come from the service's own maintenance.
COMMITS_SEARCHED = 10

# COMMAND ----------

# How a text of a bronze file becomes a value of each type there is; null where it does not fit.


def parse_string_32(text: Column) -> Column:
    return F.when(F.length(text) <= 32, text)


def parse_string_5(text: Column) -> Column:
    return F.when(F.length(text) <= 5, text)


def parse_string_2(text: Column) -> Column:
    return F.when(F.length(text) <= 2, text)


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
    "string(32)": parse_string_32,
    "string(5)": parse_string_5,
    "string(2)": parse_string_2,
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
        """`root` is `abfss://CONTAINER@ACCOUNT.dfs.core.windows.net`; without a `load`, `newest_load` is read."""
        if not root:
            raise ValueError("The parameter `lake` is empty; it says where the lake is, as abfss://...")
        self._root = root.rstrip("/")
        # What the first task of the job has chosen for all of them.
        dbutils.widgets.text("newest_load", "")
        self._load = load or dbutils.widgets.get("newest_load")
        self._kept: list[DataFrame] = []
        self._loads: dict[str, tuple[DataFrame, str]] = {}
        # The tables of whose files each record is UTF-8 and not too long.
        self._texts: set[str] = set()
        # How many records a file has, counted by other means than those that read it.
        self._counts: dict[str, int] = {}
        self._started = time.monotonic()
        self._rejected = 0
        self._checks: list[dict[str, str | int]] = []
        # The files of the loads that were read, each with the number of lines that are no rows.
        self._files: dict[str, tuple[str, int]] = {}
        self._warnings: list[str] = []

    def newest_load(self) -> str:
        """The newest load that is complete in all bronze tables.

        Tables that are built from many loads need not have it, unless there are no others.
        """
        tables = [*BRONZE_TABLES, *STORED_TABLES]
        folders = {entry.name.rstrip("/") for entry in dbutils.fs.ls(f"{self._root}/bronze")}
        loads: dict[str, set[str]] = {table: set() for table in tables}
        for table in tables:
            if table.partition(".")[2] in folders:
                loads[table] = {entry.name.rstrip("/") for entry in dbutils.fs.ls(self._loads_folder(table))}
        names = set.union(*loads.values()).intersection(*[loads[table] for table in BRONZE_TABLES])
        for name in sorted(filter(LOAD_FOLDER.fullmatch, names), reverse=True):
            found = [f"{self._loads_folder(table)}/{name}" for table in tables if name in loads[table]]
            if all(LOAD_MARKER in {file.name for file in dbutils.fs.ls(folder)} for folder in found):
                return name.removeprefix("load=")
        raise ValueError(f"No load is complete in all of these tables: {', '.join(tables)}")

    def read(self, table: str) -> DataFrame:
        """The rows of a Delta table."""
        return spark.read.format("delta").load(self._folder(table))

    def read_csv(
        self, table: str, file: str, columns: dict[str, str], distinct: bool = False, at_most: str = ""
    ) -> tuple[DataFrame, DataFrame]:
        """The rows of a bronze CSV file with the columns' types, and for the quarantine the rows that do not fit.

        Columns bind by the names in the header; others are ignored. A type that ends in `?` may be null. `distinct`: of
        rows that are the same in all these columns there is one; all that do not fit are there. `at_most`: how many of
        the rows may be rejected, `5%` or `10 rows`; `check_loads` looks.
        """
        self._files[table] = file, 1
        lines = _lines(self._bronze_file(table, file))
        file_facts = _csv_facts(lines).first()
        quotes = file_facts["quotes"]
        # A file whose records span lines is put together by one task; all others are read in parts.
        records = _joined(lines) if quotes == OVER_LINES else lines
        records = records.select(LINE, _without_return(VALUE).alias("value")).filter(VALUE != "")
        first = file_facts
        if file_facts["is_open"]:
            records = self.keep(records)
            first = _with_names(records.filter(_column(LINE) == file_facts["line"])).first()
        header = [name or "" for name in first["names"] or []]
        positions = _positions(header, columns, f"{table}: {file}", first["value"] or "")
        # Lines that are not too long may be too long together.
        if file_facts["is_text"] and quotes < OVER_LINES:
            self._texts.add(table)
        records = records.filter(_column(LINE) != file_facts["line"])
        fields = {name: F.lit(at) for name, at in zip(columns, positions, strict=True)}
        rows = _csv_rows(records, quotes, table in self._texts, F.lit(len(header)), fields)
        return self._typed(table, rows, columns, distinct, at_most)

    def read_json(
        self, table: str, file: str, columns: dict[str, str], distinct: bool = False, at_most: str = ""
    ) -> tuple[DataFrame, DataFrame]:
        """As `read_csv`, of a file that has a JSON object in each line, or is one array of objects in any layout."""
        self._files[table] = file, 0
        path = self._bronze_file(table, file)
        lines = _lines(path).filter(_is_not_blank(VALUE))
        found = _json_facts(lines).first()
        if _is_json_array(found["start"], f"{table}: {file}"):
            rows = self._json_array(table, file, path, columns)
        else:
            # Spark takes as an object what only begins with one; where a line may, all are read one by one.
            is_regular = found["lines"] == found["objects"]
            if is_regular:
                self._texts.add(table)
            rows = _json_rows(path, columns) if is_regular else _json_line_rows(lines, columns)
            self._counts[table] = found["lines"]
        if found["wraps"]:
            texts = {name: _unwrapped_text(_column(name), declared) for name, declared in columns.items()}
            rows = rows.withColumns(texts)
        return self._typed(table, rows, columns, distinct, at_most)

    def check_loads(self, table: str) -> None:
        """Stops the run where more rows of a load were rejected than may be, and puts these into the quarantine.

        All rows of a load are too many, unless its limit is `100%`. Stops it as well where not all records were read.
        """
        problems, excess = [], []
        for name, (rows, at_most) in self._loads.items():
            total = F.coalesce(F.sum(_column(REPEATS)), F.lit(0)) if REPEATS in rows.columns else F.count("*")
            rejected, total = rows.agg(F.count(_column(REASON)), total).first()
            self._rejected += rejected
            for count in (self._counts.get(name), RECORDS.get(name)):
                if count not in (None, total):
                    raise ValueError(f"{name}: {total} of {count} records were read")
            if total == 0 and self._had_rows(name):
                self._add_warning(f"{name} has no rows in this load; the load before had some")
            if _exceeds(at_most, rejected, total):
                aside = _split(name, rows)[1]
                share = f"{rejected} of {total} rows were rejected{_more_than(at_most)}"
                problems.append(f"{name}: {share}: {_most_frequent(aside)}")
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
        self._check_expectations(table, marked, list(expectations), at_most or {})
        return valid, rejected

    def require(self, table: str, rows: DataFrame, name: str, condition: Column) -> None:
        """Stops the run before anything is written where the condition is not true for every row."""
        failing = _count(rows, _fails(condition))
        if failing > 0:
            raise ValueError(f"{table}: {failing} rows fail the expectation: {name}")
        self._add_check(name, "fail")

    def require_key(self, table: str, rows: DataFrame, *columns: str) -> None:
        """Stops the run before anything is written where two rows have the same values in these columns."""
        groups = rows.groupBy(*map(_column, columns)).agg(F.count("*").alias(f"{INNER}rows"))
        repeated = _count(groups, _column(f"{INNER}rows") > 1)
        if repeated > 0:
            raise ValueError(f"{table}: {repeated} keys have several rows: {', '.join(columns)}")
        self._add_check(f"{table} key ({', '.join(columns)})", "fail")

    def warn(self, table: str, rows: DataFrame, name: str, condition: Column) -> None:
        """Says how many rows there are for which the condition is not true."""
        failing = _count(rows, _fails(condition))
        print(f"{table}: {failing} rows fail the expectation: {name}")
        self._add_check(name, "warn", failing)

    def write_quarantine(self, table: str, *rejected: DataFrame) -> None:
        """Writes the rejected and quarantined rows of a table, in place of those of the previous run."""
        rows = rejected[0]
        for more in rejected[1:]:
            rows = rows.unionByName(more)
        self._overwrite(f"{self._root}/quarantine/{table.replace('.', '/', 1)}", rows, QUARANTINE)

    def write(self, table: str, rows: DataFrame, schema: T.StructType) -> None:
        """Writes a table as a whole new version, and checks that a column that is not nullable holds no null."""
        self._overwrite(self._folder(table), rows, schema)

    def release(self) -> None:
        """Gives back the memory of the rows that were kept."""
        for rows in self._kept:
            rows.unpersist()

    def result(self, table: str) -> str:
        """What became of a table that was written, as JSON; the last task of the job reads it as a task value."""
        rows, size, before = self._written(table)
        if rows == 0 and before:
            had = "1 row" if before == 1 else f"{before} rows"
            self._add_warning(f"{table} has no rows now; the version before had {had}")
        text = json.dumps(
            {
                "relation": table,
                "state": "ok",
                "rows": rows,
                "rejected": self._rejected,
                "quarantined": self._failing("quarantine"),
                "warned": self._failing("warn"),
                "bytes": size,
                "seconds": round(time.monotonic() - self._started, 3),
                "checks": self._checks,
                **({"warnings": self._warnings} if self._warnings else {}),
            }
        )
        # The table is written, whether or not there is room for the value: Databricks has 250 in a run, of 48 KiB each.
        with contextlib.suppress(Exception):
            dbutils.jobs.taskValues.set(key=RESULT, value=text)
        return text

    def record_run(self, run: str, started: str, tables: dict[str, list[str]]) -> str:
        """Adds what became of each table to the table of runs, in one commit. Fails where not all tables were built.

        `started`: in milliseconds since 1970. `tables`: for each its task and the state of the task.
        """
        results = [self._result_of(table, task, state) for table, (task, state) in tables.items()]
        for text in [text for each in results for text in each.get("warnings", [])]:
            print(f"Warning: {text}")
        start = datetime.fromtimestamp(int(started) / 1000).astimezone()
        rows = [(run, start, *[each.get(name) for name in RUNS_SCHEMA.names[2:]]) for each in results]
        folder = f"{self._root}/{RUNS}"
        if not DeltaTable.isDeltaTable(spark, folder):
            self._create(folder, RUNS_SCHEMA, exists=False)
        recorded = spark.createDataFrame(rows, RUNS_SCHEMA).coalesce(1)
        recorded.write.format("delta").mode("append").save(folder)
        # A job has succeeded if its last task has: without this nobody would be notified.
        not_built = [each for each in results if each["state"] != "ok"]
        if not_built:
            names = {state: [each["relation"] for each in not_built if each["state"] == state] for state in PROBLEMS}
            listed = "; ".join(f"{state}: {', '.join(found)}" for state, found in names.items() if found)
            raise ValueError(f"{len(not_built)} of {len(results)} tables were not built; {listed}")
        return json.dumps({"run": run, "tables": len(results)})

    def _result_of(self, table: str, task: str, state: str) -> dict[str, str | int | float | None]:
        if state.lower() != "success":
            counts = {"rejected": 0, "quarantined": 0, "warned": 0, "bytes": 0, "seconds": 0.0, "checks": "[]"}
            return {"relation": table, "state": PROBLEMS[state.lower() not in FAILED_STATES], **counts}
        text = dbutils.jobs.taskValues.get(taskKey=task, key=RESULT, default="", debugValue="")
        found = json.loads(text or "{}")
        checks = json.dumps(found["checks"]) if "checks" in found else None
        return {**found, "relation": table, "state": "ok", "checks": checks}

    def _written(self, table: str) -> list[int | None]:
        """The rows and bytes of the newest version that was written, and the rows before; None where not recorded."""
        found = self._history(table).filter(F.col("operation") == "WRITE").select("operationMetrics").take(2)
        newest, before, *_ = [*[commit["operationMetrics"] for commit in found], {}, {}]
        wanted = (newest, "numOutputRows"), (newest, "numOutputBytes"), (before, "numOutputRows")
        return [int(metrics[name]) if name in metrics else None for metrics, name in wanted]

    def _add_warning(self, text: str) -> None:
        # `medalc run` reports these problems itself.
        if not LOADS:
            self._warnings.append(text)
            print(f"Warning: {text}")

    def _had_rows(self, table: str) -> bool:
        """Whether the complete load before the one that was read has rows."""
        if LOADS or table not in self._files:
            return False
        file, header = self._files[table]
        folder = self._loads_folder(table)
        names = [entry.name.rstrip("/") for entry in dbutils.fs.ls(folder)]
        for name in sorted(filter(LOAD_FOLDER.fullmatch, names), reverse=True):
            if name >= f"load={self._load}":
                continue
            if {LOAD_MARKER, file} <= {entry.name for entry in dbutils.fs.ls(f"{folder}/{name}")}:
                lines = _lines(_no_pattern(f"{folder}/{name}/{file}"))
                # Every row of JSON has a brace.
                rows = lines.filter(_is_not_blank(VALUE) if header else VALUE.contains("{"))
                return len(rows.take(header + 1)) > header
        return False

    def _history(self, table: str) -> DataFrame:
        return DeltaTable.forPath(spark, self._folder(table)).history(COMMITS_SEARCHED)

    def _add_check(self, name: str, action: str, rows: int = 0) -> None:
        self._checks.append({"name": name, "action": action, "rows": rows})

    def _failing(self, action: str) -> int:
        return sum(check["rows"] for check in self._checks if check["action"] == action)

    def _create(self, folder: str, schema: T.StructType, exists: bool) -> None:
        # `createOrReplace` looks for a table of a catalog, and refuses another schema where it finds none.
        builder = DeltaTable.replace(spark) if exists else DeltaTable.create(spark)
        table = builder.location(folder).addColumns(schema)
        for name, value in TABLE_PROPERTIES.items():
            table = table.property(name, value)
        table.execute()

    def _check_expectations(self, table: str, marked: DataFrame, names: list[str], at_most: dict[str, str]) -> None:
        counts = marked.agg(F.count("*"), *[F.count_if(_column(REASON) == name) for name in names]).first()
        left, problems = counts[0], {}
        for at, name in enumerate(names, start=1):
            failed, limit = counts[at], at_most.get(name, "")
            self._add_check(name, "quarantine", failed)
            if _exceeds(limit, failed, left):
                problems[name] = f"{table}: {failed} of {left} rows{_more_than(limit)} are quarantined by: {name}"
            left -= failed
        if problems:
            excess = marked.filter(_column(REASON).isin(list(problems)))
            self.write_quarantine(table, _split(table, excess)[1])
            raise ValueError("\n".join(problems.values()))

    def _folder(self, table: str) -> str:
        """The folder of a Delta table."""
        layer, _, name = table.partition(".")
        # The folder `bronze` has the loads.
        return f"{self._root}/{'parsed' if layer == 'bronze' else layer}/{name}"

    def _loads_folder(self, table: str) -> str:
        return f"{self._root}/{table.replace('.', '/', 1)}"

    def _bronze_file(self, table: str, file: str) -> str:
        load = LOADS.get(table)
        if not load:
            load = self._load = self._load or self.newest_load()
        return _no_pattern(f"{self._loads_folder(table)}/load={load}/{file}")

    def _json_array(self, table: str, file: str, path: str, columns: dict[str, str]) -> DataFrame:
        """The objects of an array. Stops the run where the file is anything else."""
        found = spark.read.text(path, wholetext=True).select(*_json_array_facts()).first()
        rows = self.keep(_json_rows(path, columns, multiLine=True))
        read, malformed = rows.agg(F.count("*"), F.count(_column(MALFORMED))).first()
        _check_json_array(tuple(found), read, malformed, f"{table}: {file}")
        self._counts[table] = read
        self._texts.add(table)
        return rows

    def _typed(
        self, table: str, rows: DataFrame, columns: dict[str, str], distinct: bool, at_most: str
    ) -> tuple[DataFrame, DataFrame]:
        marked = self._marked(table, rows, columns)
        if distinct:
            # What does not fit is told apart by a number, so that none of it gets lost.
            number = F.when(_column(REASON).isNotNull(), F.monotonically_increasing_id())
            marked = marked.withColumn(f"{INNER}number", number)
            marked = marked.groupBy(*map(_column, marked.columns)).agg(F.count("*").alias(REPEATS))
            marked = marked.drop(f"{INNER}number")
        self._loads[table] = self.keep(marked), at_most
        return _split(table, self._loads[table][0])

    def _marked(self, table: str, rows: DataFrame, columns: dict[str, str], *carried: Column) -> DataFrame:
        """The values of all records, with the reason and the record of those that do not fit.

        `carried` are further columns; they may refer to the value of a column by the name `_value_of` gives it.
        """
        malformed = _column(MALFORMED)
        fits, parsed, values, problems = malformed.isNull(), {}, [], []
        for name, declared in columns.items():
            optional = declared not in PARSERS and declared != "string"
            type_name = declared.removesuffix("?") if optional else declared
            text = value = _column(name)
            problem = None if optional else F.lit(f"{name} is missing")
            if type_name != "string":
                # A column of its own: what several expressions ask for is computed once.
                parsed[_value_of(name)] = PARSERS[type_name](text)
                value = _column(_value_of(name))
                is_text = type_name.startswith("string(")
                is_missing = text.isNull() if is_text else _is_blank(text)
                problem = F.when(is_missing, problem).otherwise(F.lit(f"{name} is not {type_name}"))
            values.append(value.alias(name))
            if problem is not None:
                # Most rows have a value everywhere: of the others only is it asked what is wrong.
                fits = fits & value.isNotNull()
                problems.append(F.when(value.isNull(), problem))
        found = F.nullif(F.concat_ws("; ", *problems), F.lit(""))
        why, kept = _why_malformed(malformed), _kept_of(malformed)
        if table in self._texts:
            why, kept = F.lit(MALFORMED_RECORD), malformed
        reason = F.when(~fits, F.when(malformed.isNotNull(), why).otherwise(found))
        record = F.coalesce(kept, _json([_column(name) for name in columns]))
        typed = rows.withColumns(parsed).withColumn(REASON, reason)
        return typed.select(*values, *carried, _column(REASON), _record(record))

    def _overwrite(self, folder: str, rows: DataFrame, schema: T.StructType) -> None:
        exists = DeltaTable.isDeltaTable(spark, folder)
        if not exists or _shape(DeltaTable.forPath(spark, folder).toDF().schema) != _shape(schema):
            # A new schema is a commit of its own, which empties the table: all that can fail comes before it.
            rows = self.keep(rows)
            rows.write.format("noop").mode("overwrite").save()
            self._create(folder, schema, exists)
        rows.write.format("delta").mode("overwrite").save(folder)


# COMMAND ----------


def _column(name: str) -> Column:
    return F.col("`" + name.replace("`", "``") + "`")


def _value_of(name: str) -> str:
    return f"{INNER}value {name}"


def _is_blank(text: Column) -> Column:
    return text.isNull() | (F.btrim(text, F.lit(" \t\n\r\v\f")) == "")


def _no_pattern(path: str) -> str:
    """The path for Spark, which reads nothing in it as a pattern."""
    return re.sub(r"[\\*?\[\]{}]", r"\\\g<0>", path)


def _text_schema(names: list[str]) -> T.StructType:
    return T.StructType([T.StructField(name, T.StringType()) for name in [*names, MALFORMED]])


def _shape(schema: T.StructType) -> list[tuple[str, T.DataType, bool]]:
    return [(field.name, field.dataType, field.nullable) for field in schema.fields]


def _fails(condition: Column) -> Column:
    return ~F.coalesce(condition, F.lit(False))


def _lines(path: str) -> DataFrame:
    """The lines of a file, each with its carriage return, and numbers in their order."""
    return spark.read.text(path, lineSep="\n").withColumn(LINE, F.monotonically_increasing_id())


def _without_return(line: Column) -> Column:
    return F.when(line.endswith("\r"), F.substring(line, F.lit(1), F.length(line) - 1)).otherwise(line)


def _is_text(record: Column) -> Column:
    """Whether it is UTF-8, and not too long."""
    return F.is_valid_utf8(record) & (F.octet_length(record) <= LONGEST_RECORD)


def _why_malformed(record: Column) -> Column:
    is_longer = F.octet_length(record) > LONGEST_RECORD
    return F.when(is_longer, F.lit("record is longer than 128 MiB")).otherwise(F.lit(MALFORMED_RECORD))


def _kept_of(record: Column) -> Column:
    start = F.substring(record.cast("binary"), 1, KEPT_OF_LONGER).cast("string")
    return F.make_valid_utf8(F.when(F.octet_length(record) > LONGEST_RECORD, start).otherwise(record))


# COMMAND ----------

# CSV: a record is a line, or several where a text in quotes goes over the end of a line.


def _csv_facts(lines: DataFrame, *by: str) -> DataFrame:
    """What it takes to read a file, found in one scan; `by` has the file of each of the lines.

    Of the first line that is not empty: `line`, `value`, `names`, and whether a text goes over its end, `is_open`.
    Of all lines: `quotes`, and whether each is UTF-8 and not too long, `is_text`.
    """
    records = lines.select("*", _without_return(VALUE).alias("record"))
    record = F.col("record")
    number = F.when(record != "", _column(LINE))
    quotes = (
        F.when(~record.contains('"'), NO_QUOTES)
        .when(_is_simple(record), AROUND_FIELDS)
        .when(_opens_text(record), OVER_LINES)
        .otherwise(IN_FIELDS)
    )
    facts = records.groupBy(*by).agg(
        F.min(number).alias("line"),
        F.min_by(record, number).alias("value"),
        F.max(quotes).alias("quotes"),
        F.every(_is_text(VALUE)).alias("is_text"),
    )
    return _with_names(facts).withColumn("is_open", _opens_text(VALUE))


def _with_names(headers: DataFrame) -> DataFrame:
    texts = F.transform("fields", lambda field: _csv_text(field, IN_FIELDS))
    return _with_fields(headers, IN_FIELDS).withColumn("names", texts)


def _positions(header: list[str], columns: dict[str, str], place: str, line: str) -> list[int]:
    """Where the columns are in the records of a file. Stops the run where its header has not each of them once."""
    wrong = [name for name in columns if header.count(name) != 1]
    if wrong:
        found = _found(line, columns)
        raise ValueError(f"{place} does not have each of these columns once: {', '.join(wrong)}{found}")
    return [header.index(name) for name in columns]


def _csv_rows(
    records: DataFrame, quotes: int, is_text: bool, size: Column, positions: dict[str, Column], *carried: str
) -> DataFrame:
    """The texts of the fields at these positions, and `carried` columns. A whole record has `size` fields."""
    is_whole = F.size("fields") == size
    if quotes >= IN_FIELDS:
        is_whole = is_whole & (F.col("is_simple") | _is_csv_record(VALUE))
    if not is_text:
        is_whole = is_whole & _is_text(VALUE)
    return _with_fields(records, quotes).select(
        *[_csv_text(F.get("fields", at), quotes).alias(name) for name, at in positions.items()],
        F.when(~is_whole, VALUE).alias(MALFORMED),
        *carried,
    )


def _opens_text(line: Column) -> Column:
    """Whether a record that begins with the line goes on in the next one."""
    return line.contains('"') & line.rlike(rf"\A{ENDS_OPEN}")


def _stays_open(line: Column) -> Column:
    """Whether a text that was open before the line, or another one, is open behind it."""
    return ~line.contains('"') | line.rlike(rf'\A[^"]*+(?:""[^"]*+)*+(?:"[^,]*+,{ENDS_OPEN}|\z)')


def _joined(lines: DataFrame, *by: str) -> DataFrame:
    """The records: lines joined where a text in quotes goes over their ends; `by` has the file of each of the lines."""
    order = Window.partitionBy(*by).orderBy(LINE)
    until_here = order.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    opens, stays = F.col("opens"), F.col("stays")
    # Most lines leave a text as it was before them, open or not; some turn that round; behind the rest it is known.
    marked = lines.withColumns({"opens": _opens_text(VALUE).cast("int"), "stays": _stays_open(VALUE).cast("int")})
    turned = marked.withColumn("turns", F.sum(F.when(opens > stays, 1).otherwise(0)).over(until_here))
    known = F.last(F.when(opens == stays, opens - F.col("turns")), ignorenulls=True).over(until_here)
    open_after = F.pmod(F.coalesce(known, F.lit(0)) + F.col("turns"), F.lit(2))
    states = turned.withColumn("open", open_after)
    starts = states.withColumn("starts", 1 - F.lag("open", 1, 0).over(order))
    numbered = starts.withColumn("record", F.sum("starts").over(until_here))
    parts = F.array_sort(F.collect_list(F.struct(LINE, "value")))
    joined = F.array_join(F.transform(parts, lambda part: part["value"]), "\n")
    return numbered.groupBy(*by, "record").agg(F.min(LINE).alias(LINE), joined.alias("value"))


def _with_fields(records: DataFrame, quotes: int) -> DataFrame:
    """The fields as they stand in each record."""
    parts = F.split(VALUE, ",")
    if quotes < IN_FIELDS:
        return records.withColumn("fields", parts)
    any_fields = F.regexp_extract_all(F.concat(F.lit(","), VALUE), F.lit(f",({ANY_FIELD})"), F.lit(1))
    fields = F.when(F.col("is_simple"), parts).otherwise(any_fields)
    return records.withColumn("is_simple", _is_simple(VALUE)).withColumn("fields", fields)


def _csv_text(field: Column, quotes: int) -> Column:
    """The text of a field; null where there is nothing, not even quotes."""
    plain = F.when(field != "", field)
    if quotes == NO_QUOTES:
        return plain
    text = F.substring(field, F.lit(2), F.length(field) - 2)
    if quotes >= IN_FIELDS:
        text = F.replace(text, F.lit('""'), F.lit('"'))
    return F.when(field.startswith('"'), text).otherwise(plain)


def _is_simple(record: Column) -> Column:
    """Whether quotes are only around fields that have no commas and no quotes in them."""
    return ~record.contains('"') | record.rlike(rf"\A{SIMPLE_FIELD}(?:,{SIMPLE_FIELD})*+\z")


def _is_csv_record(record: Column) -> Column:
    """Whether every text in quotes ends, and with its field."""
    return record.rlike(rf"\A{WHOLE_FIELD}(?:,{WHOLE_FIELD})*+\z")


# COMMAND ----------

# JSON: a line is an object, or the file is an array of them.


def _is_not_blank(line: Column) -> Column:
    return line.startswith("{") | (F.btrim(line, F.lit(JSON_SPACE)) != "")


def _json_facts(lines: DataFrame, *by: str) -> DataFrame:
    """What it takes to read a file, from its lines that are not blank; `by` has the file of each of them."""
    start = F.substring("value", 1, KEPT_OF_LONGER)
    return lines.groupBy(*by).agg(
        F.min_by(start, LINE).alias("start"),
        F.count("*").alias("lines"),
        F.count_if(_is_json_object(VALUE)).alias("objects"),
        F.max(VALUE.contains('"$') | VALUE.contains("\\u00")).alias("wraps"),
    )


def _is_json_array(start: str | None, place: str) -> bool:
    """Whether a file is an array, by its first line. Stops the run where this is no whole object."""
    start = (start or "").strip(JSON_SPACE)
    if re.fullmatch(r"\{(.*[,:\[{])?", start, re.DOTALL):
        raise ValueError(f"{place} cannot be read as JSON: its first line is not a complete object")
    return start.startswith("[")


def _json_array_facts() -> list[Column]:
    """What shows whether the text of a file is one array: its length, that of lists around it, and its encoding."""
    text = F.regexp_replace("value", r"\A\ufeff", "")
    # Spark stops reading where a value ends. In a list, and with an element behind it, what follows it shows.
    lists = [F.concat(F.lit("["), text, F.lit(end)) for end in ("]", ",0]")]
    return [F.json_array_length(text), *map(F.json_array_length, lists), _is_text(VALUE) & ~_has_half_character(text)]


def _check_json_array(facts: tuple[int | bool | None, ...], read: int, malformed: int, place: str) -> None:
    if facts != (read, 1, 2, True) or malformed > 0:
        raise ValueError(f"{place} cannot be read as JSON: it is not one array of objects")


def _is_json_object(line: Column) -> Column:
    """Whether Spark reads the line as what it is: an object, well-formed or not, with nothing behind it."""
    object_alone = _without_return(line)
    is_flat = F.octet_length(F.substring_index(object_alone, "}", 1)) == F.octet_length(object_alone) - 1
    is_object = line.startswith("{") & is_flat | line.rlike(rf"(?s)\A[ \t]*+{JSON_OBJECT}[ \t\r]*+\z")
    return is_object & _is_text(line) & ~_has_half_character(line)


def _has_half_character(text: Column) -> Column:
    """Whether a JSON text has an escape for half of a surrogate pair."""
    pair = r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    without_pairs = F.regexp_replace(F.regexp_replace(text, r"\\\\", " "), pair, " ")
    return (text.contains("\\ud") | text.contains("\\uD")) & without_pairs.rlike(r"\\u[dD][89a-fA-F]")


def _unwrapped_text(text: Column, declared: str) -> Column:
    """The text that an object of Extended JSON holds; any other text unchanged."""
    wrapped_text, wrapped_milliseconds = (
        pattern.replace(" ", f"[{JSON_SPACE}]*") for pattern in (WRAPPED_TEXT, WRAPPED_MILLISECONDS)
    )
    milliseconds = F.regexp_replace(text, wrapped_milliseconds, "$1$2").try_cast("bigint")
    instant = F.date_format(F.timestamp_millis(milliseconds), "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
    held = F.when(milliseconds.between(*INSTANTS), instant).otherwise(F.regexp_replace(text, wrapped_text, "$1"))
    if declared.removesuffix("?") == "date":
        held = F.regexp_replace(held, MIDNIGHT, "$1")
    return F.when(text.startswith("{"), held).otherwise(text)


def _json_rows(path: str, columns: dict[str, str], **options: bool) -> DataFrame:
    reader = spark.read.schema(_text_schema(columns)).options(**JSON_OPTIONS, **options)
    rows = reader.options(columnNameOfCorruptRecord=MALFORMED).json(path)
    return rows.withColumn(MALFORMED, _without_return(_column(MALFORMED)))


def _json_line_rows(lines: DataFrame, columns: dict[str, str], *carried: str) -> DataFrame:
    """As `_json_rows`, line by line, of any lines: many times slower."""
    texts = F.udf(_json_texts(list(columns)), T.ArrayType(T.StringType()))
    records = lines.select(_without_return(VALUE).alias("value"), *carried)
    read = records.withColumn("texts", F.when(_is_text(VALUE), texts(VALUE.cast("binary"))))
    return read.select(
        *[F.get("texts", F.lit(at)).alias(name) for at, name in enumerate(columns)],
        F.when(F.col("texts").isNull(), VALUE).alias(MALFORMED),
        *carried,
    )


def _json_texts(names: list[str]) -> Callable[[bytes], list[str | None] | None]:
    """A function that gives the texts of these members of an object; none where a line is no object."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    def members(text: str) -> Iterator[tuple[str, str | None]]:
        values = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=refuse)
        space = re.compile(f"[{JSON_SPACE}]*")

        def after(mark: str, at: int) -> int:
            if text[at : at + 1] != mark:
                raise ValueError(f"no {mark} at {at}")
            return space.match(text, at + 1).end()

        at = after("{", space.match(text).end())
        while text[at : at + 1] != "}":
            name, end = values.raw_decode(text, at)
            if text[at] != '"':
                raise ValueError(f"no name at {at}")
            at = after(":", space.match(text, end).end())
            value, end = values.raw_decode(text, at)
            is_string = text[at] == '"'
            yield name, value if is_string or value is None else text[at:end]
            at = space.match(text, end).end()
            if text[at : at + 1] != "}":
                at = after(",", at)
                if text[at : at + 1] == "}":
                    raise ValueError(f"no name at {at}")
        if after("}", at) < len(text):
            raise ValueError(f"something is behind the object at {at}")

    def texts(line: bytes) -> list[str | None] | None:
        try:
            text = line.decode("utf-8")
            found = dict(members(text))
        except ValueError:
            return None
        pair = r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
        if re.search(r"\\u[dD][89a-fA-F]", re.sub(pair, " ", text.replace("\\\\", " "))):
            return None
        return [found.get(name) for name in names]

    return texts


# COMMAND ----------

# Rows and conditions.


def _count(rows: DataFrame, condition: Column) -> int:
    return rows.agg(F.count_if(condition)).first()[0]


def _most_frequent(rejected: DataFrame) -> str:
    """The most frequent reasons: `price is missing (12)`."""
    reasons = rejected.groupBy("reason").agg(F.count("*").alias("rows"))
    most = reasons.orderBy(F.desc("rows"), "reason").take(REASONS_SHOWN)
    return ", ".join(f"{reason} ({count})" for reason, count in most)


def _found(line: str, columns: dict[str, str]) -> str:
    """What came in place of a header, as far as it may be shown: a line without a known name may be a record."""
    if line.startswith(("{", "[")) or not any(name.lower() in line.lower() for name in columns):
        return "; the file has no header with any of its columns" if line else "; the file is empty"
    other = next((mark for mark in ";\t|" if any(name in line.split(mark) for name in columns)), "")
    cause = f", separated by {other!r} in place of commas" if other else ""
    return f"; its header is {line!r}{cause}"


def _exceeds(at_most: str, rejected: int, total: int) -> bool:
    """Whether rejected or quarantined rows are more than `5%` or `10 rows`, or all rows."""
    if at_most.endswith("%"):
        return rejected * 100 > Decimal(at_most[:-1]) * total
    return rejected > 0 and (rejected == total or (at_most != "" and rejected > int(at_most.partition(" ")[0])))


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
