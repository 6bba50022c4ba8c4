"""A new member of each plugin family, one file each, to add to a scratch clone."""

MEMBERS = {
    "lib/burnbook/panes/abc.py": '''"""A provider that shows `abc: 12%`."""

import re
from datetime import datetime

from burnbook.panes._pane import Pane, Reading
from burnbook.panes._text import pane_lines


def parse(text: str, captured_at: datetime) -> Pane:
    """One meter."""
    shown = re.search(r"abc: (\\d{1,2})%", " ".join(pane_lines(text)), re.ASCII)
    if shown is None:
        return Pane(errors=("no-meters",))
    return Pane(meters=(Reading("5h", float(shown[1]), 300),))
''',
    "lib/burnbook/preview/blocks/abc.py": '''"""How many meters the window has."""

from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.view.parts import Line, Part


def values(scene: Scene) -> Values:
    """`abc`: the number of pairs of snapshots."""
    return {"abc": len(scene.pairs)}


def show(values: Values, scene: Scene) -> list[Part]:
    """One line."""
    return [Line(f"abc: {values['abc']}")]
''',
    "lib/burnbook/snapshots/capture_kinds/abc.py": '''"""A capture of one constant pane."""

from burnbook.config.agents import Agent
from burnbook.snapshots.capture import Stopped


def capture_pane(agent: Agent, stopped: Stopped) -> bytes:
    """Return the pane."""
    return b"abc: 12%"
''',
    "lib/burnbook/report/datasets/abc.py": '''"""One row."""

from burnbook.report.datasets import Rows
from burnbook.report.scene import Scene


def rows(scene: Scene) -> Rows:
    """The time zone of the report."""
    return [{"zone": scene.ctx.config.windows.timezone, "count": 1}]
''',
    "lib/burnbook/live/tabs/abc.py": '''"""One line."""

from typing import Any

from burnbook.live.picture import Room, Shown
from burnbook.live.scene import LiveScene
from burnbook.view.parts import Line

TITLE = "Abc"


def values(scene: LiveScene) -> dict[str, Any]:
    """`abc`: the window."""
    return {"abc": scene.window}


def show(values: dict[str, Any], scene: LiveScene, room: Room) -> Shown:
    """One line."""
    return [Line(f"abc: {values['abc']}")]
''',
    "config/charts/abc.vl.json": """{
  "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
  "usermeta": {"burnbook": {"title": "Abc", "summary": "Zones.", "columns": {"zone": "zone"}}},
  "data": {"name": "abc"},
  "mark": "bar",
  "encoding": {"x": {"field": "zone", "type": "nominal"}, "y": {"field": "count"}}
}
""",
    "lib/burnbook/schedule/formats/abc.py": '''"""One line for each job."""

from burnbook.schedule.formats import File, Plan, Rendered

COMMENT = "# {}"


def render(plan: Plan) -> Rendered:
    """Return one file with the names of the jobs."""
    return Rendered([File("abc", "".join(f"{task.name}\\n" for task in plan.tasks))])
''',
    "lib/burnbook/exporters/abc.py": '''"""The name of the book's agent.

Prints one line.
"""

from typing import Any

from burnbook.context import Context, Result
from burnbook.view.parts import Line


def flags(group: Any) -> None:
    """Adds --abc-word."""
    group.add_argument("--abc-word", metavar="W", default="abc", help="the first word")


def run(ctx: Context, args: Any) -> Result:
    """One line."""
    return Result([Line(f"{args.abc_word}: {ctx.agent} {args.target}")], {"agent": ctx.agent})
''',
    "config/feeds/abc.toml": """# A proxy that logs one JSON object per request.

required = ["ts", "rid"]

[fields]
ts            = "time"
rid           = "id"
model         = "model"
input_tokens  = "tokens.in"
output_tokens = "tokens.out"
""",
}
GOLDEN = {
    "tests/fixtures/abc/plain.txt": "abc: 12%\n",
    "tests/fixtures/abc/plain.json": """{
  "account": null,
  "context_limit": null,
  "context_used": null,
  "errors": [],
  "meters": [
    {
      "name": "5h",
      "resets": null,
      "resets_text": null,
      "used_percent": 12.0,
      "window_minutes": 300
    }
  ],
  "plan": null,
  "requests": null
}
""",
}
