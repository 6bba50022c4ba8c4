"""The page: one HTML file with its data, charts, style and code, which needs no network.

Its content security policy allows the scripts and the style of the page by their hashes and
nothing else. Texts of the book are in JSON and are shown as text, never as HTML.
"""

import base64
import hashlib
import os
from importlib import import_module
from typing import Any

import msgspec

from burnbook import extras
from burnbook.followed import hosts
from burnbook.report import datasets, palette, runtime, usage_facts
from burnbook.report.cards import cards, headline
from burnbook.report.charts import Chart, charts
from burnbook.report.scene import Scene
from burnbook.times import clock

_ASSETS = os.path.join(os.path.dirname(__file__), "assets")
_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; connect-src {connect}; "
    "script-src {scripts}; style-src {style}"
)


def data(scene: Scene) -> dict[str, Any]:
    """Everything that the page shows, as JSON-ready values."""
    listed = charts(scene.ctx.config)
    names = sorted({chart.data for chart in listed} - set(usage_facts.KINDS))
    rows = {name: datasets.rows(name, scene) for name in names}
    drawn = [chart for chart in listed if rows.get(chart.data, True)]
    figures = cards(scene)
    return {
        "period": scene.period.title,
        "before": None if scene.before is None else scene.before.title,
        "at": clock.iso(scene.now),
        "timezone": scene.ctx.config.windows.timezone,
        "followed": hosts.text(scene.ctx),
        "headline": headline(scene, figures),
        "cards": [card._asdict() for card in figures],
        "usage": usage_facts.as_json(scene.usage),
        "usage_before": None
        if scene.usage_before is None
        else usage_facts.as_json(scene.usage_before),
        "datasets": {name: of_name for name, of_name in rows.items() if of_name},
        "charts": [_chart(chart) for chart in drawn],
        "left_out": [
            f"{chart.about.title}: {chart.about.empty}" for chart in listed if chart not in drawn
        ],
        "days": _days(scene),
        "config": palette.chart_config(
            {name: f"var(--{name})" for name in palette.variables(palette.THEMES["light"])}
        ),
    }


def _days(scene: Scene) -> list[str]:
    """The first and the last day: of the period, or without limits, of its usage."""
    used = [row.day for row in scene.usage.days]
    limits = scene.period.since, scene.period.until
    first, last = (None if day is None else day.isoformat() for day in limits)
    return [first or used[0], last or used[-1]] if used else []


def _chart(chart: Chart) -> dict[str, Any]:
    about = {key: getattr(chart.about, key) for key in chart.about.__struct_fields__}
    return {"name": chart.name, "data": chart.data, "spec": chart.spec, **about}


def html(content: dict[str, Any], *, is_live: bool = False) -> str:
    """The page with this content. `is_live`: it follows the events of its server."""
    extras.use("report", "report")
    jinja2 = import_module("jinja2")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_ASSETS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    scripts = [runtime.javascript(), _asset("figures.js"), _asset("page.js")]
    style = palette.css() + _asset("page.css")
    policy = _POLICY.format(
        connect="'self'" if is_live else "'none'",
        scripts=" ".join(map(_hash, scripts)),
        style=_hash(style),
    )
    text: str = environment.get_template("page.html").render(
        **content, policy=policy, scripts=scripts, style=style, json=json(content), is_live=is_live
    )
    return text


def _asset(name: str) -> str:
    with open(os.path.join(_ASSETS, name), encoding="utf-8") as file:
        return file.read()


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def json(content: dict[str, Any]) -> str:
    """The content as JSON that cannot end the element it is in."""
    text = msgspec.json.encode(content).decode()
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
