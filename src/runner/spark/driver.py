"""Runs notebooks in Databricks' source format, unchanged, on any Apache Spark with Delta Lake.

What they take for granted is here: `spark`, `dbutils` and `%run`. `medalc run --engine spark` starts this program and
talks to it in lines of JSON. The first line has the master and the settings of the session; it is answered by what is
ready or by what is missing. Each further line is a request with a number and is answered by a line with that number, as
soon as it is done: several may be under way. The program ends with its input, and Spark with it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from glob import glob
from importlib import metadata
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HEADER = "# Databricks notebook source"
SEPARATOR = "# COMMAND ----------"
MAGIC = "# MAGIC "

OLDEST_PYTHON = (3, 9)
OLDEST_JAVA = 17
# What the notebooks call came with this version.
OLDEST_SPARK = (4, 0)

# Notebooks wait for Spark most of the time; how many run at once is for those to say who send the requests.
MOST_REQUESTS = 32

# Within which Java is gone when it no longer answers.
SECONDS_TO_END = 5


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


class NotebookControl:
    def exit(self, value: str) -> None:
        raise NotebookExit(value)


class TaskValues:
    """What a task of a job leaves for others; outside of a job, as here, nothing."""

    def set(self, key: str, value: str) -> None:
        pass


class Jobs:
    taskValues = TaskValues()  # noqa: N815


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

    def head(self, file: str, maxBytes: int = 65536) -> str:
        path = self._spark._jvm.org.apache.hadoop.fs.Path(file)
        stream = path.getFileSystem(self._spark._jsc.hadoopConfiguration()).open(path)
        try:
            return bytes(self._spark._jvm.org.apache.commons.io.IOUtils.toByteArray(stream))[:maxBytes].decode()
        finally:
            stream.close()


@dataclass
class Utilities:
    """The part of `dbutils` that notebooks of tables use. It has no secrets: bronze has been landed before."""

    widgets: Widgets
    fs: Files
    notebook: NotebookControl
    jobs: Jobs


def run_notebook(
    spark: SparkSession, path: str, parameters: dict[str, str], settings: dict[str, str], memory: dict[str, Any]
) -> str:
    """Runs a notebook in a session of its own, with these widgets' values and settings; whatever it raises, this raises.

    Returns what it printed. The `memory` stays with what it commits, together with what it had printed by then.
    """
    own = spark.newSession()
    for name, value in settings.items():
        own.conf.set(name, value)
    # A table that is empty and stays so is a version too, else it would keep what was remembered of another run.
    own.conf.set("spark.databricks.delta.skipRecordingEmptyCommits", "false")
    printed = io.StringIO()

    def remember() -> None:
        text = json.dumps({**memory, "printed": printed.getvalue()})
        own.conf.set("spark.databricks.delta.commitInfo.userMetadata", text)

    def note(*values: object, **options: Any) -> None:
        print(*values, **{"file": printed, **options})
        remember()

    remember()
    dbutils = Utilities(Widgets(parameters), Files(own), NotebookControl(), Jobs())
    names = {"__name__": "__main__", "spark": own, "dbutils": dbutils, "print": note}
    with contextlib.suppress(NotebookExit):
        run_cells(path, names)
    return printed.getvalue()


def run_cells(path: str, names: dict[str, Any]) -> None:
    """Runs the cells of a notebook, and those of the notebooks that it takes in, over these names."""
    for line, cell in _cells(path):
        magics = [text[len(MAGIC) :] for text in cell if text.startswith(MAGIC.rstrip())]
        command, _, argument = (magics[0] if magics else "").strip().partition(" ")
        if command == "":
            # The empty lines in front give errors the lines of the file.
            exec(compile("\n" * line + "\n".join(cell), path, "exec"), names)
        elif command == "%run":
            run_cells(os.path.normpath(f"{os.path.dirname(path)}/{argument.strip()}.py"), names)
        elif command != "%md":
            raise ValueError(f"{path} has a cell of a kind that is not known here: {command}")


def _cells(path: str) -> list[tuple[int, list[str]]]:
    """The cells, each with the number of lines in front of it."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    if lines[0] != HEADER:
        raise ValueError(f"{path} is no notebook")
    starts = [0, *(at for at, line in enumerate(lines) if line == SEPARATOR), len(lines)]
    return [(start + 1, lines[start + 1 : end]) for start, end in zip(starts, starts[1:])]


def find_problem() -> dict[str, str] | None:
    """What Spark needs and this machine does not have, or has too old."""
    if sys.version_info < OLDEST_PYTHON:
        return _too_old("Python", sys.version.split()[0], OLDEST_PYTHON)
    home = os.environ.get("SPARK_HOME")
    if home:
        # As Spark's own commands do it: the Python part that belongs to this Spark, before any other.
        sys.path[:0] = [f"{home}/python", *glob(f"{home}/python/lib/py4j-*.zip")]
    versions = {}
    for package, module in {"pyspark": "pyspark", "delta-spark": "delta"}.items():
        try:
            __import__(module)
        except ImportError:
            return {"problem": "package", "package": package}
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[package] = metadata.version(package)
    spark = versions["pyspark"] = sys.modules["pyspark"].__version__
    if _numbers(spark) < OLDEST_SPARK:
        return _too_old("pyspark", spark, OLDEST_SPARK)
    delta = versions.get("delta-spark", spark)
    if _numbers(delta) != _numbers(spark):
        return {"problem": "delta", "spark": spark, "delta": delta}
    return _java_problem()


def _numbers(version: str) -> tuple[int, ...]:
    """The first two."""
    return tuple(map(int, re.findall(r"\d+", version)[:2]))


def _too_old(what: str, found: str, oldest: tuple[int, ...]) -> dict[str, str]:
    return {"problem": "version", "what": what, "found": found, "oldest": ".".join(map(str, oldest))}


def _java_problem() -> dict[str, str] | None:
    home = os.environ.get("JAVA_HOME")
    try:
        command = [f"{home}/bin/java" if home else "java", "-version"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError):
        return {"problem": "java"}
    found = re.search(r'version "(?:1\.)?(\d+)[^"]*"', said)
    if found and int(found.group(1)) < OLDEST_JAVA:
        return _too_old("Java", found.group(1), (OLDEST_JAVA,))
    return None


def create_session(master: str, settings: dict[str, str]) -> SparkSession:
    """A session with Delta Lake, whose jars lie beside Spark's, are named by the settings or else come from Maven."""
    import delta
    from pyspark.find_spark_home import _find_spark_home
    from pyspark.sql import SparkSession

    if master.startswith("local"):
        # What notebooks have Spark ask Python is asked the same Python.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("medalc")
    settings = {
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.ui.showConsoleProgress": "false",
        **settings,
    }
    packages = settings.get("spark.jars.packages", "")
    named = f"{packages} {settings.get('spark.jars', '')}"
    if "delta-spark" not in named and not glob(f"{_find_spark_home()}/jars/delta-spark_*.jar"):
        builder = delta.configure_spark_with_delta_pip(builder, [each for each in packages.split(",") if each])
        settings.pop("spark.jars.packages", None)
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def problem_of(error: BaseException) -> dict[str, Any]:
    """What went wrong: Spark's name for it where it has one, the message, and where."""
    condition = getattr(error, "getCondition", lambda: None)()
    return {
        "condition": condition,
        "message": str(error),
        "trace": "".join(traceback.format_exception(type(error), error, error.__traceback__)),
    }


Answer = Callable[["dict[str, Any]"], None]
Handler = Callable[["SparkSession", "dict[str, Any]"], Any]


def _run(spark: SparkSession, request: dict[str, Any]) -> str:
    return run_notebook(spark, request["path"], request["parameters"], request["settings"], request["memory"])


def serve(more_handlers: dict[str, Handler]) -> None:
    """Answers requests until the input ends or asks to stop."""
    # Whatever else writes to the output, Java included, goes where errors go.
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    writing = threading.Lock()

    def answer(content: dict[str, Any]) -> None:
        with writing:
            print(json.dumps(content), file=output, flush=True)

    spark = _start(json.loads(sys.stdin.buffer.readline()), answer)
    if spark is not None:
        _answer_requests(spark, {"run": _run, **more_handlers}, answer)


def _start(wanted: dict[str, Any], answer: Answer) -> SparkSession | None:
    problem = find_problem()
    if problem:
        answer(problem)
        return None
    try:
        spark = create_session(wanted["master"], wanted["settings"])
    except Exception as error:
        traceback.print_exc()
        answer({"problem": "start", "message": str(error)})
        return None
    answer({"ready": spark.version})
    return spark


def _answer_requests(spark: SparkSession, handlers: dict[str, Handler], answer: Answer) -> None:
    java = spark.sparkContext._gateway.proc

    def handle(request: dict[str, Any]) -> None:
        try:
            answer({"id": request["id"], "result": handlers[request["do"]](spark, request)})
        except Exception as error:
            found = problem_of(error)
            print(found["trace"], file=sys.stderr)
            with contextlib.suppress(subprocess.TimeoutExpired):
                # Java may just be on its way out: then no table is to blame, and nothing more can be done here.
                java.wait(SECONDS_TO_END if type(error).__name__ == "Py4JNetworkError" else 0)
                os._exit(1)
            answer({"id": request["id"], "error": found})

    requests = ThreadPoolExecutor(MOST_REQUESTS)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if request["do"] == "stop":
            spark.stop()
            break
        requests.submit(handle, request)
    else:
        # Who asked is gone, and with it the lock of the lake: nothing may be written any more.
        java.kill()
    java.stdin.close()
    java.wait()
    os._exit(0)


if __name__ == "__main__":
    serve({})
