"""Lines of a proxy's log, from a table of requests.

A column is a field; a field without a column is that of a plain request. A cell is JSON if it
can be parsed, else text; an empty cell is a field that the line does not have. `ts` may be a
time such as `09:00` on the scenarios' day.
"""

import json
import re
from typing import Any

from behave.model import Table
from scratch import moment

_PLAIN: dict[str, Any] = {
    "ts": "2026-11-22T09:00:00Z",
    "rid": "login-form",
    "lane": "glm",
    "model": "glm-4.6",
    "status": 200,
    "input_tokens": 1000,
    "output_tokens": 100,
    "reason": "policy:default",
    "latency_ms": 1000,
}
_TIME = re.compile(r"(?:\d{4}-\d\d-\d\d )?\d\d:\d\d(?::\d\d)?")


def lines(table: Table) -> str:
    """A line for each row of the table."""
    result = []
    for row in table:
        fields = {head: _value(row[head]) for head in table.headings}
        line = {key: value for key, value in (_PLAIN | fields).items() if value is not None}
        result.append(json.dumps(line, separators=(",", ":"), ensure_ascii=False))
    return "\n".join(result) + "\n"


def _value(cell: str) -> Any:
    if not cell:
        return None
    if _TIME.fullmatch(cell):
        return moment(cell)
    try:
        return json.loads(cell)
    except ValueError:
        return cell
