"""What tests ask of Spark: notebooks to run, tables to read, expressions to evaluate."""

from typing import Any

from harness import run_notebook, serve
from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

INSTANT = "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'"


def _run(spark: SparkSession, request: dict[str, Any]) -> None:
    run_notebook(spark, request["path"], request["parameters"])


def _rows(spark: SparkSession, request: dict[str, Any]) -> list[str]:
    """The rows of a Delta table as JSON objects; decimals and instants as text, so that no digit is lost."""
    table = spark.read.format("delta").load(request["path"])
    columns = [_readable(field).alias(field.name) for field in table.schema.fields]
    objects = table.select(F.to_json(F.struct(*columns), {"ignoreNullFields": "false"}).alias("json"))
    return [row["json"] for row in objects.collect()]


def _readable(field: T.StructField) -> Column:
    column = F.col("`" + field.name.replace("`", "``") + "`")
    match field.dataType:
        case T.DecimalType():
            return column.cast("string")
        case T.TimestampType():
            return F.date_format(column, INSTANT)
        case _:
            return column


serve({"run": _run, "rows": _rows})
