"""Reads bronze files with the notebooks' own library, without tables."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from driver import run_cells
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

# Files wait for Spark most of the time.
TOGETHER = 4


def read_files(spark: SparkSession, request: dict[str, Any]) -> list[dict[str, Any]]:
    """For each file its rows and what the quarantine gets, every value as text, or why it cannot be read."""
    names = {"__name__": "__main__", "spark": spark.newSession()}
    run_cells(request["library"], names)

    def read(given: dict[str, Any]) -> dict[str, Any]:
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
                "aside": [list(row) for row in rejected.collect()],
            }
        except ValueError as error:
            return {"error": str(error)}
        finally:
            lake.release()

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(read, request["files"]))
