"""What tests ask of Spark: notebooks to run, tables to read, expressions to evaluate."""

from types import SimpleNamespace
from typing import Any

from batch import build
from driver import Files, NotebookControl, Utilities, Widgets, run_cells, serve
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from readers import read_files
from values import evaluate, readable, settled, sheets, text


def _sql(spark: SparkSession, request: dict[str, Any]) -> None:
    settled(spark).sql(request["text"])


def _rows(spark: SparkSession, request: dict[str, Any]) -> list[str]:
    """The rows of a Delta table as JSON objects; decimals and instants as text, so that no digit is lost."""
    table = settled(spark).read.format("delta").load(request["path"])
    columns = [readable(field).alias(field.name) for field in table.schema.fields]
    objects = table.select(F.to_json(F.struct(*columns), {"ignoreNullFields": "false"}).alias("json"))
    return [row["json"] for row in objects.collect()]


def _texts(spark: SparkSession, request: dict[str, Any]) -> list[str]:
    """The rows of a Delta table as JSON objects, every value as text."""
    table = settled(spark).read.format("delta").load(request["path"])
    columns = [text(field) for field in table.schema.fields]
    return [row[0] for row in table.select(F.to_json(F.struct(*columns), {"ignoreNullFields": "false"})).collect()]


def _newest_load(spark: SparkSession, request: dict[str, Any]) -> str:
    """The load that the first task of a job gives to the others."""
    values: dict[str, str] = {}
    dbutils = Utilities(Widgets(request["parameters"]), Files(spark), NotebookControl())
    dbutils.jobs = SimpleNamespace(taskValues=SimpleNamespace(set=lambda key, value: values.update({key: value})))
    run_cells(request["path"], {"__name__": "__main__", "spark": spark.newSession(), "dbutils": dbutils})
    return values["load"]


serve(
    {
        "newestLoad": _newest_load,
        "sql": _sql,
        "rows": _rows,
        "texts": _texts,
        "evaluate": evaluate,
        "sheets": sheets,
        "build": build,
        "readFiles": read_files,
    }
)
