"""What expressions give, as text: many to a query, for a query takes far longer than an expression."""

import re
from ast import literal_eval
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

INSTANT = "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'"
NAMES = {"Decimal": Decimal, "F": F, "T": T}

# What the notebooks make sure of themselves.
LIBRARY = Path(__file__, "../../../../templates/databricks/lake.py.hbs").resolve().read_text(encoding="utf-8")
SETTINGS: dict[str, Any] = literal_eval(re.findall(r"^SETTINGS = (\{.*?^\})", LIBRARY, re.MULTILINE | re.DOTALL)[0])

INTERPRETED = {
    "spark.sql.adaptive.enabled": "false",
    # Rows that come and go keep every instant as it is.
    "spark.sql.datetime.java8API.enabled": "true",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
}

Case = dict[str, Any]
Answer = dict[str, Any]


def evaluate(spark: SparkSession, request: dict[str, Any]) -> list[Answer]:
    """What expressions give. Each has a text, its rows, maybe a condition of theirs, and whether it should fail.

    `compiled`: over a table, in generated code; else over values that the optimizer knows, which it computes by itself.
    Those that should not fail are asked for together, aggregates apart from others; where a query fails, in ever
    smaller ones.
    """
    cases: list[Case] = request["cases"]
    session = settled(spark) if request["compiled"] else _interpreted(spark)
    answers: dict[int, Answer] = {}
    alike: dict[tuple[Any, ...], list[int]] = {}
    for at, case in enumerate(cases):
        shape = (case["fails"], case["aggregate"], len(case["rows"]), case.get("where"))
        alike.setdefault(shape, []).append(at)
    for (fails, *_), batch in alike.items():
        rows = _rows(session, [cases[at] for at in batch], request["compiled"])
        for part in [[at] for at in batch] if fails else [batch]:
            answers |= _answers(rows, cases, part)
    return [answers[at] for at in range(len(cases))]


@cache
def settled(spark: SparkSession) -> SparkSession:
    """A session as the notebooks have it."""
    return _session(spark, SETTINGS)


@cache
def _interpreted(spark: SparkSession) -> SparkSession:
    return _session(spark, SETTINGS | INTERPRETED)


def _session(spark: SparkSession, settings: dict[str, Any]) -> SparkSession:
    session = spark.newSession()
    for name, value in settings.items():
        session.conf.set(name, value)
    return session


def _rows(session: SparkSession, cases: list[Case], compiled: bool) -> DataFrame:
    """The rows of all cases, which have as many each, side by side, each with columns of its own."""
    count = len(cases[0]["rows"])
    columns = [
        _either([eval(row[name], NAMES) for row in case["rows"]]).alias(name)
        for case in cases
        for name in case["rows"][0]
    ]
    if not compiled and count == 1:
        return session.sql("SELECT * FROM VALUES (0) AS one(id)").select("id", *columns)
    rows = session.range(0, count, 1, 1).select("id", *columns)
    return rows.localCheckpoint()


def _either(values: list[Column]) -> Column:
    return values[0] if len(values) == 1 else F.get(F.array(*values), F.col("id").cast("int"))


def _answers(rows: DataFrame, cases: list[Case], batch: list[int]) -> dict[int, Answer]:
    try:
        where = cases[batch[0]].get("where")
        kept = rows if where is None else rows.filter(eval(where, NAMES))
        values = kept.select(*(eval(cases[at]["text"], NAMES).alias(f"value{at}") for at in batch))
        (row,) = values.select(*map(text, values.schema.fields)).collect()
        types = [field.dataType.simpleString() for field in values.schema.fields]
        return {at: {"type": of, "value": value} for at, of, value in zip(batch, types, row, strict=True)}
    except Exception as error:
        if len(batch) == 1:
            return {batch[0]: _problem(error)}
        half = len(batch) // 2
        return _answers(rows, cases, batch[:half]) | _answers(rows, cases, batch[half:])


def sheets(spark: SparkSession, request: dict[str, Any]) -> list[Answer]:
    """What expressions give for each of their rows, or an aggregate for all of them; those of the same rows share them."""
    session = _interpreted(spark)
    known: dict[str, DataFrame] = {}

    def answer(sheet: Case) -> Answer:
        name = repr(sheet["rows"])
        if name not in known:
            known[name] = _table(session, sheet["rows"])
        rows = known[name]
        try:
            where = sheet.get("where")
            kept = rows if where is None else rows.filter(eval(where, NAMES))
            values = kept.select(eval(sheet["text"], NAMES).alias("value"))
            (field,) = values.schema.fields
            found = [row[0] for row in values.select(text(field)).collect()]
            return {"type": field.dataType.simpleString(), "values": found}
        except Exception as error:
            return _problem(error)

    return [answer(sheet) for sheet in request["sheets"]]


def _table(session: SparkSession, rows: list[dict[str, str]]) -> DataFrame:
    """A table that the optimizer knows the values of, so that it computes without a job."""
    one = session.sql("SELECT * FROM VALUES (0) AS one(id)")
    structs = [F.struct(*(eval(value, NAMES).alias(name) for name, value in row.items())) for row in rows]
    found = one.select(F.inline(F.array(*structs))) if rows[0] else one
    jvm = found._jdf
    return DataFrame(session._jsparkSession.createDataFrame(jvm.collectAsList(), jvm.schema()), session)


def _problem(error: Exception) -> Answer:
    """Not a value's, where Spark or Python did not understand the expression."""
    of_value = isinstance(error, PySparkException) and not isinstance(error, AnalysisException)
    condition = error.getCondition() if isinstance(error, PySparkException) else type(error).__name__
    return {"error": f"{condition}: {error}", "analysis": not of_value}


def readable(field: T.StructField) -> Column:
    """A column as JSON can have it without losing a digit."""
    column = F.col("`" + field.name.replace("`", "``") + "`")
    match field.dataType:
        case T.DecimalType():
            return column.cast("string")
        case T.TimestampType():
            return F.date_format(column, INSTANT)
        case _:
            return column


def text(field: T.StructField) -> Column:
    return readable(field).cast("string").alias(field.name)
