"""Builds the tables of many small programs: their notebooks as they are, over a lake in memory.

Delta's commits, Spark's generated code and its shuffles take nearly all the time of a table with a handful of rows; what
comes out does not depend on them. So most programs run without, and some with all of it but the commits.
"""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, reduce
from typing import Any

from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T
from values import readable

SEPARATOR = "\n# COMMAND ----------\n"

# Programs wait for Spark most of the time.
TOGETHER = 3

# How a program's tables are computed: nothing may depend on it.
WAYS: dict[str, dict[str, str]] = {
    "plain": {
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.shuffle.partitions": "1",
    },
    "scattered": {
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.autoBroadcastJoinThreshold": "-1",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.shuffle.partitions": "3",
    },
    "compiled": {"spark.sql.shuffle.partitions": "2"},
}


@dataclass
class Program:
    """A program that is being built: what it has been given and what has become of it."""

    spark: SparkSession
    way: str
    # By relation, a list of texts for each row.
    bronze: dict[str, list[list[str | None]]]
    # Tables that others read.
    read: set[str]
    tables: dict[str, DataFrame] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)


class Unread(Exception):
    """A table that could not be built is read."""


class Printed(threading.local):
    """What notebooks print, each thread for itself."""

    lines: list[str] = []

    def note(self, line: str) -> None:
        self.lines = [*self.lines, line]


PRINTED = Printed()


def build(spark: SparkSession, request: dict[str, Any]) -> list[dict[str, Any]]:
    """Builds programs; for each the answers by table: its rows as texts and the rejected rows, or why it failed."""

    def build_one(given: dict[str, Any]) -> dict[str, Any]:
        names = dict(_library(spark, given["way"], given["library"]))
        program = Program(names["spark"], given["way"], given["bronze"], set(given["read"]))
        names["Lake"] = _in_memory(names["Lake"], program)
        for table, notebook in given["notebooks"].items():
            PRINTED.lines = []
            program.answers[table] = {}
            try:
                _run_cells(notebook, dict(names))
            except Unread:
                del program.answers[table]
            except Exception as error:
                program.answers[table] = _problem(error)
            else:
                program.answers[table]["printed"] = PRINTED.lines
        return program.answers

    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = list(pool.map(build_one, request["programs"]))
    spark.catalog.clearCache()
    return answers


@cache
def _library(spark: SparkSession, way: str, text: str) -> dict[str, Any]:
    """What the notebooks take in: there are few that differ, in the types that they parse. Each has its own session."""
    session = spark.newSession()
    for name, value in WAYS[way].items():
        session.conf.set(name, value)
    names = {"__name__": "__main__", "spark": session, "print": PRINTED.note, "dbutils": Utilities()}
    _run_cells(text, names)
    return names


def _run_cells(text: str, names: dict[str, Any]) -> None:
    """All cells but the magic ones: there are titles, and a `%run` of the library, which has been run."""
    for cell in text.split(SEPARATOR):
        if "\n# MAGIC " not in cell:
            exec(cell, names)


def _problem(error: Exception) -> dict[str, Any]:
    known = isinstance(error, PySparkException)
    return {
        "error": str(error) if known else f"{type(error).__name__}: {error}",
        "condition": error.getCondition() if known and not isinstance(error, AnalysisException) else None,
    }


class Utilities:
    """`dbutils` for a lake that has no place."""

    class widgets:
        @staticmethod
        def text(name: str, value: str) -> None:
            pass

        @staticmethod
        def get(name: str) -> str:
            return "memory"

    class notebook:
        @staticmethod
        def exit(value: str) -> None:
            pass

    class fs:
        @staticmethod
        def ls(folder: str) -> list[Any]:
            return []


def _in_memory(lake_class: type, program: Program) -> type:
    """The class `Lake` of the notebooks with all that it does, but for where rows come from and go to."""

    class MemoryLake(lake_class):
        def read(self, table: str) -> DataFrame:
            if table not in program.tables:
                raise Unread(table)
            return program.tables[table]

        def read_json(
            self, table: str, file: str, columns: dict[str, str], distinct: bool = False, at_most: str = ""
        ) -> tuple[DataFrame, DataFrame | None]:
            texts = _texts(program, program.bronze[table], list(columns))
            if program.way == "compiled":
                return self._typed(table, texts, columns, distinct, at_most)
            if table not in program.tables:
                # All rows fit, and what reads text takes long to plan.
                values = [F.col(f"`{name}`").cast(_sql_type(of)).alias(name) for name, of in columns.items()]
                program.tables[table] = texts.select(*values).localCheckpoint()
            rows = program.tables[table]
            return rows.distinct() if distinct else rows, None

        def keep(self, rows: DataFrame) -> DataFrame:
            return super().keep(rows) if program.way == "compiled" else rows.localCheckpoint()

        def write_quarantine(self, table: str, *rejected: DataFrame | None) -> None:
            found = [rows.select("source", "reason") for rows in rejected if rows is not None]
            rejected = reduce(DataFrame.union, found).collect() if found else []
            program.answers[table]["rejected"] = [list(row) for row in rejected]

        def result(self, table: str) -> str:
            return ""

        def write(self, table: str, rows: DataFrame, schema: T.StructType) -> None:
            found, wanted = _types(rows.schema), _types(schema)
            if found != wanted:
                raise TypeError(f"{table} has the columns {found}, not {wanted}")
            if table in program.read:
                rows = program.tables[table] = rows.localCheckpoint()
            values = [list(row) for row in rows.select(*map(readable, schema.fields)).collect()]
            for at, column in enumerate(schema.fields):
                if not column.nullable and any(row[at] is None for row in values):
                    raise TypeError(f"{table}.{column.name} is null somewhere")
            program.answers[table]["rows"] = [[_text(value) for value in row] for row in values]

    return MemoryLake


def _texts(program: Program, rows: list[list[str | None]], columns: list[str]) -> DataFrame:
    """The rows as a reader of files gives them."""
    schema = T.StructType([T.StructField(name, T.StringType()) for name in [*columns, "\nmalformed"]])
    objects = json.dumps([dict(zip(columns, row)) for row in rows])
    found = program.spark.range(0, 1, 1, 1).select(F.inline(F.from_json(F.lit(objects), T.ArrayType(schema))))
    return found.repartition(3) if program.way == "scattered" else found


def _sql_type(declared: str) -> str:
    """Of a type as programs write it; an enum is its texts."""
    name = declared.removesuffix("?")
    known = name.startswith("decimal") or name in {"int", "double", "date", "timestamp"}
    return name if known else {"bool": "boolean", "long": "bigint"}.get(name, "string")


def _types(schema: T.StructType) -> list[tuple[str, Any]]:
    return [(field.name, field.dataType) for field in schema.fields]


def _text(value: Any) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case date():
            return value.isoformat()
        case _:
            return str(value)
