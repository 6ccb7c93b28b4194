"""A lake whose tables stay in memory, for programs that are many and small: Delta's commits take most of their time."""

from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import types as T

# The rows of the tables that were built, by their names.
TABLES: dict[str, DataFrame] = {}


def in_memory(lake_class: type) -> type:
    """The class `Lake` of the notebooks with all that it does, but for where tables come from and go to."""

    class MemoryLake(lake_class):
        def read(self, table: str) -> DataFrame:
            return TABLES[table]

        def write(self, table: str, rows: DataFrame, schema: T.StructType) -> None:
            found, wanted = _types(rows.schema), _types(schema)
            if found != wanted:
                raise TypeError(f"{table} has the columns {found}, not {wanted}")
            TABLES[table] = rows.localCheckpoint()

        def write_quarantine(self, table: str, *rejected: DataFrame) -> None:
            for rows in rejected:
                rows.write.format("noop").mode("overwrite").save()

    return MemoryLake


def _types(schema: T.StructType) -> list[tuple[str, Any]]:
    return [(field.name, field.dataType) for field in schema.fields]
