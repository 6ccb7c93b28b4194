"""Reads Delta tables and prints what is in them as JSON. Argument: a JSON object of names and [folder, version or null]."""

import base64
import datetime
import decimal
import json
import os
import sys

import pyarrow
from deltalake import DeltaTable


def text(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)


def read(folder, version):
    table = DeltaTable(folder, version=version)
    fields = json.loads(table.schema().to_json())["fields"]
    rows = table.to_pyarrow_table()
    columns = [rows.column(field["name"]).to_pylist() for field in fields]
    files = pyarrow.table(table.get_add_actions(flatten=True)).to_pylist() if rows.num_rows > 0 else []
    return {
        "version": table.version(),
        "protocol": [table.protocol().min_reader_version, table.protocol().min_writer_version],
        "description": table.metadata().description,
        "fields": [{key: field[key] for key in ("name", "type", "nullable")} for field in fields],
        "rows": [[text(value) for value in row] for row in zip(*columns)],
        "counted": sum(file["num_records"] for file in files),
    }


print(json.dumps({name: read(*where) for name, where in json.loads(sys.argv[1]).items()}))
# The readers' threads may outlive the interpreter, which aborts then: end before it tidies up.
sys.stdout.flush()
os._exit(0)
