"""Runs notebooks in Databricks' source format, unchanged, on any Spark with Delta Lake.

What they take for granted is here: `spark`, `dbutils` and `%run`. Started as a program it reads requests, a line of JSON
each, from its standard input, and answers each with a line of JSON; the Spark session lives as long as it does.
"""

import argparse
import contextlib
import io
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

HEADER = "# Databricks notebook source"
SEPARATOR = "# COMMAND ----------"
MAGIC = "# MAGIC "


class NotebookExit(Exception):
    """What `dbutils.notebook.exit` raises: the notebook is done, and well."""


class Widgets:
    """Parameters: what the job was given, or else the notebook's own default."""

    def __init__(self, given: dict[str, str]) -> None:
        self._given = given
        self._defaults: dict[str, str] = {}

    def text(self, name: str, defaultValue: str = "", label: str | None = None) -> None:
        self._defaults[name] = defaultValue

    def get(self, name: str) -> str:
        return self._given[name] if name in self._given else self._defaults[name]


class Secrets:
    """The values of secrets, from the environment: `MEDAL_SECRET_` and the key in capitals."""

    def get(self, scope: str, key: str) -> str:
        return os.environ["MEDAL_SECRET_" + key.upper().replace("-", "_")]


class NotebookControl:
    def exit(self, value: str) -> None:
        raise NotebookExit(value)


@dataclass
class FileInfo:
    """As Databricks has it: the name of a folder ends in a slash."""

    path: str
    name: str
    size: int


class Files:
    """Any file system that Spark knows."""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark

    def ls(self, folder: str) -> list[FileInfo]:
        path = self._spark._jvm.org.apache.hadoop.fs.Path(folder)
        system = path.getFileSystem(self._spark._jsc.hadoopConfiguration())
        return [
            FileInfo(
                path=entry.getPath().toString(),
                name=entry.getPath().getName() + ("/" if entry.isDirectory() else ""),
                size=entry.getLen(),
            )
            for entry in system.listStatus(path)
        ]


@dataclass
class Utilities:
    """The part of `dbutils` that notebooks of tables use."""

    widgets: Widgets
    fs: Files
    secrets: Secrets = field(default_factory=Secrets)
    notebook: NotebookControl = field(default_factory=NotebookControl)


def run_notebook(spark: SparkSession, path: str, parameters: dict[str, str]) -> None:
    """Runs the notebook with these widgets' values; whatever it raises, this raises."""
    dbutils = Utilities(Widgets(parameters), Files(spark))
    names = {"__name__": "__main__", "spark": spark, "dbutils": dbutils}
    with contextlib.suppress(NotebookExit):
        _run_cells(path, names)


def _run_cells(path: str, names: dict[str, Any]) -> None:
    for line, cell in _cells(path):
        magics = [text.removeprefix(MAGIC) for text in cell if text.startswith(MAGIC.rstrip())]
        command, _, argument = (magics[0] if magics else "").strip().partition(" ")
        if command == "":
            # The empty lines in front give errors the lines of the file.
            exec(compile("\n" * line + "\n".join(cell), path, "exec"), names)
        elif command == "%run":
            _run_cells(os.path.normpath(f"{os.path.dirname(path)}/{argument.strip()}.py"), names)
        elif command != "%md":
            raise ValueError(f"{path} has a cell of a kind that is not known here: {command}")


def _cells(path: str) -> list[tuple[int, list[str]]]:
    """The cells, each with the number of lines in front of it."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    if not lines or lines[0] != HEADER:
        raise ValueError(f"{path} is no notebook")
    starts = [0, *(at for at, line in enumerate(lines) if line == SEPARATOR)]
    return [
        (start + 1, lines[start + 1 : end])
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)
    ]


def create_session(master: str, settings: dict[str, str]) -> SparkSession:
    """A session with Delta Lake; its jars lie beside Spark's or are named by the settings."""
    builder = SparkSession.builder.master(master).appName("medalc")
    defaults = {
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    for name, value in (defaults | settings).items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    return spark


Handler = Callable[[SparkSession, dict[str, Any]], Any]


def _run(spark: SparkSession, request: dict[str, Any]) -> None:
    run_notebook(spark, request["path"], request["parameters"])


def problem_of(error: BaseException) -> dict[str, Any]:
    """What went wrong: Spark's name for it where it has one, the message, and where."""
    condition = error.getCondition() if isinstance(error, PySparkException) else None
    return {
        "condition": condition,
        "message": str(error),
        "trace": "".join(traceback.format_exception(error)),
    }


def serve(handlers: dict[str, Handler]) -> None:
    """Answers requests until the input ends. What a request prints is part of its answer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--conf", action="append", default=[], metavar="NAME=VALUE")
    arguments = parser.parse_args()
    spark = create_session(arguments.master, dict(setting.split("=", 1) for setting in arguments.conf))
    answers = sys.stdout
    for line in sys.stdin:
        request = json.loads(line)
        started = time.monotonic()
        printed = io.StringIO()
        answer: dict[str, Any] = {}
        with contextlib.redirect_stdout(printed):
            try:
                answer["result"] = handlers[request["do"]](spark, request)
            except Exception as error:
                answer["error"] = problem_of(error)
        answer |= {"printed": printed.getvalue(), "seconds": round(time.monotonic() - started, 3)}
        print(json.dumps(answer), file=answers, flush=True)
    spark.stop()


if __name__ == "__main__":
    serve({"run": _run})
