"""Reads a JSON list of T-SQL statements, prints a JSON list of what sqlfluff cannot parse in each, "" for nothing."""

import json
import sys

from sqlfluff.core import FluffConfig, Linter

linter = Linter(FluffConfig(overrides={"dialect": "tsql", "templater": "raw"}))


def fault(statement):
    return "; ".join(violation.desc() for violation in linter.parse_string(statement).violations)


print(json.dumps([fault(statement) for statement in json.load(sys.stdin)]))
