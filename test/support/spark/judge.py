"""What tests ask of Spark: notebooks to run, tables to read, expressions to evaluate."""

from types import SimpleNamespace
from typing import Any

from batch import build
from catalog import read_quoted, run_with_catalog
from driver import Files, NotebookControl, NotebookExit, Utilities, Widgets, run_cells, serve
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


class TaskValues:
    """Those of a job run, as a task sees them: it sets its own and reads those of others."""

    def __init__(self, values: dict[str, dict[str, str]]) -> None:
        self.own: dict[str, str] = {}
        self._others = values

    def set(self, key: str, value: str) -> None:
        self.own[key] = value

    def get(self, taskKey: str, key: str, default: str | None = None, debugValue: str | None = None) -> str:
        if taskKey not in self._others:
            raise ValueError(f"No task {taskKey}")
        found = self._others[taskKey].get(key, default)
        if found is None:
            raise ValueError(f"No value {key} of {taskKey}")
        return found


def _task(spark: SparkSession, request: dict[str, Any]) -> dict[str, Any]:
    """Runs a notebook as a task of a job: the values that it sets, and what it ends with, or why it fails."""
    values = TaskValues(request["values"])
    control, jobs = NotebookControl(), SimpleNamespace(taskValues=values)
    dbutils = Utilities(Widgets(request["parameters"]), Files(spark), control, jobs)
    names = {"__name__": "__main__", "spark": spark.newSession(), "dbutils": dbutils}
    names["spark"].conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    names["spark"].conf.set("spark.sql.codegen.wholeStage", "false")
    try:
        run_cells(request["path"], names)
    except NotebookExit as ended:
        return {"values": values.own, "exit": str(ended)}
    except Exception as error:
        return {"values": values.own, "error": str(error)}
    return {"values": values.own}


serve(
    {
        "task": _task,
        "sql": _sql,
        "runWithCatalog": run_with_catalog,
        "readQuoted": read_quoted,
        "rows": _rows,
        "texts": _texts,
        "evaluate": evaluate,
        "sheets": sheets,
        "build": build,
        "readFiles": read_files,
    }
)
