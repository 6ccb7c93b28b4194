"""Reads bronze files with the notebooks' own library, without tables."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from batch import Utilities
from driver import run_cells
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

# Files wait for Spark most of the time.
TOGETHER = 4

# Compiling code takes nearly all the time of a file with a handful of rows: of so many files one is read with it.
COMPILED = 5
INTERPRETED = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
}


def read_files(spark: SparkSession, request: dict[str, Any]) -> list[dict[str, Any]]:
    """For each file its rows and what the quarantine gets, every value as text, or why it cannot be read."""
    libraries = [_library(spark, request["library"], settings) for settings in ({}, INTERPRETED)]

    def read(at: int) -> dict[str, Any]:
        given, names = request["files"][at], libraries[min(at % COMPILED, 1)]
        table = given["table"]
        names["RECORDS"][table] = given["records"]
        lake = names["Lake"](root=request["lake"], load=request["load"])
        reader = lake.read_csv if given["kind"] == "csv" else lake.read_json
        try:
            rows, rejected = reader(table, given["file"], given["columns"], given["distinct"], "100%")
            lake.check_loads(table)
            texts = rows.select(*[F.col(f"`{name}`").cast("string") for name in given["columns"]])
            return {
                "rows": [list(row) for row in texts.collect()],
                "rejected": [list(row) for row in rejected.collect()],
            }
        except ValueError as error:
            return {"error": str(error)}
        finally:
            lake.release()

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(read, range(len(request["files"]))))


def _library(spark: SparkSession, path: str, settings: dict[str, str]) -> dict[str, Any]:
    """The library's names in a session of its own."""
    session = spark.newSession()
    for name, value in settings.items():
        session.conf.set(name, value)
    names = {"__name__": "__main__", "spark": session, "dbutils": Utilities()}
    run_cells(path, names)
    return names
