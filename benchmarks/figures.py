"""Whether burnbook's answers are the ones that are true of an input."""

import json
from math import isclose
from pathlib import Path
from typing import Any

Facts = dict[str, Any]


def truth_of(lines: Path) -> Facts:
    """What `generate_telemetry.py` wrote beside an input."""
    truth: Facts = json.loads(lines.with_name(f"{lines.name}.truth.json").read_text())
    return truth


def ingested(out: Path) -> Facts:
    """The counts in the answer of `ingest --format json`."""
    told = json.loads(out.read_text())
    return {
        "requests": told["accepted"],
        "duplicates": told["duplicates"],
        "malformed": told["rejected"],
    }


def previewed(out: Path) -> Facts:
    """The figures in the answer of `preview --format json`; routed is the lane glm."""
    told = json.loads(out.read_text())["subagent_proxy"]
    lanes = {"glm": told["sides"]["routed"], "baseline": told["sides"]["baseline"]}
    return {
        "requests": told["requests"],
        "lanes": {
            name: {k: side[k] for k in ("requests", "errors")} | side["latency_ms"]
            for name, side in lanes.items()
        },
        "models": {name: list(sums.values()) for name, sums in told["models"].items()},
    }


def figured(out: Path) -> Facts:
    """Figures that are as the generator tells them."""
    told: Facts = json.loads(out.read_text())
    return told


def differences(told: Facts, truth: Facts, where: str = "") -> list[str]:
    """Each figure that was told and is not the true one."""
    found = []
    for name in told.keys() | (truth.keys() if where else set()):
        ours, true, place = told.get(name), truth.get(name), f"{where}{name}"
        if isinstance(ours, dict) and isinstance(true, dict):
            found += differences(ours, true, f"{place}.")
        elif isinstance(ours, float) and isinstance(true, float):
            # An interpolation's last bit may depend on how it is written.
            found += [] if isclose(ours, true, rel_tol=1e-12) else [f"{place} {ours}, not {true}"]
        elif ours != true:
            found.append(f"{place} {ours}, not {true}")
    return sorted(found)
