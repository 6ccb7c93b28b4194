"""What tests ask of Spark: notebooks to run, tables to read, expressions to evaluate."""

from decimal import Decimal
from typing import Any

from batch import build
from driver import serve
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

INSTANT = "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'"


def _sql(spark: SparkSession, request: dict[str, Any]) -> None:
    spark.sql(request["text"])


def _rows(spark: SparkSession, request: dict[str, Any]) -> list[str]:
    """The rows of a Delta table as JSON objects; decimals and instants as text, so that no digit is lost."""
    table = spark.read.format("delta").load(request["path"])
    columns = [_readable(field).alias(field.name) for field in table.schema.fields]
    objects = table.select(F.to_json(F.struct(*columns), {"ignoreNullFields": "false"}).alias("json"))
    return [row["json"] for row in objects.collect()]


def _texts(spark: SparkSession, request: dict[str, Any]) -> list[str]:
    """The rows of a Delta table as JSON objects, every value as text."""
    table = spark.read.format("delta").load(request["path"])
    columns = [_text(field) for field in table.schema.fields]
    return [row[0] for row in table.select(F.to_json(F.struct(*columns), {"ignoreNullFields": "false"})).collect()]


def _readable(field: T.StructField) -> Column:
    column = F.col("`" + field.name.replace("`", "``") + "`")
    match field.dataType:
        case T.DecimalType():
            return column.cast("string")
        case T.TimestampType():
            return F.date_format(column, INSTANT)
        case _:
            return column


NAMES = {"Decimal": Decimal, "F": F, "T": T}


def _evaluate(spark: SparkSession, request: dict[str, Any]) -> list[dict[str, Any]]:
    """What expressions give. Each has a text, its rows, and whether it should fail; aggregates are of all their rows.

    Those that should not fail are asked for together; where a query fails, in ever smaller ones.
    """
    cases = request["cases"]
    rows = _rows_of(spark, cases)
    answers: dict[int, dict[str, Any]] = {}
    together: dict[int, list[int]] = {}
    for at, case in enumerate(cases):
        count = len(case["rows"])
        if case["fails"]:
            answers |= _answers(rows.filter(F.col("id") < count), cases, [at])
        else:
            together.setdefault(count, []).append(at)
    for count, batch in together.items():
        answers |= _answers(rows.filter(F.col("id") < count), cases, batch)
    return [answers[at] for at in range(len(cases))]


def _rows_of(spark: SparkSession, cases: list[dict[str, Any]]) -> DataFrame:
    """The rows of all cases side by side, each with columns of its own; a table, so that nothing is known of the values."""
    rows = spark.range(0, max(len(case["rows"]) for case in cases), 1, 1)
    columns = [
        F.get(F.array(*(eval(row[name], NAMES) for row in case["rows"])), F.col("id").cast("int")).alias(name)
        for case in cases
        for name in case["rows"][0]
    ]
    return rows.select("id", *columns).localCheckpoint()


def _answers(rows: DataFrame, cases: list[dict[str, Any]], batch: list[int]) -> dict[int, dict[str, Any]]:
    try:
        values = rows.select(*(eval(cases[at]["text"], NAMES).alias(f"value{at}") for at in batch))
        (row,) = values.select(*map(_text, values.schema.fields)).collect()
        types = [field.dataType.simpleString() for field in values.schema.fields]
        return {at: {"type": of, "value": value} for at, of, value in zip(batch, types, row, strict=True)}
    except PySparkException as error:
        if len(batch) == 1:
            problem = error.getCondition() or str(error)
            return {batch[0]: {"error": problem, "analysis": isinstance(error, AnalysisException)}}
        half = len(batch) // 2
        return _answers(rows, cases, batch[:half]) | _answers(rows, cases, batch[half:])


def _text(field: T.StructField) -> Column:
    return _readable(field).cast("string").alias(field.name)


serve({"sql": _sql, "rows": _rows, "texts": _texts, "evaluate": _evaluate, "build": build})
