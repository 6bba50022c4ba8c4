"""Whether burnbook's answers are the ones that are true of an input."""

import json
from math import isclose
from pathlib import Path
from typing import Any

Facts = dict[str, Any]


def truth_of(lines: Path) -> Facts:
    """The figures that `generate_telemetry.py` wrote beside an input."""
    truth: Facts = json.loads(lines.with_name(f"{lines.name}.truth.json").read_text())
    return truth


def ingested(out: Path) -> Facts:
    """The counts in the answer of `ingest --format json`."""
    output = json.loads(out.read_text())
    return {
        "requests": output["accepted"],
        "duplicates": output["duplicates"],
        "malformed": output["rejected"],
    }


def previewed(out: Path) -> Facts:
    """The figures in the answer of `preview --format json`; routed is the lane glm."""
    output = json.loads(out.read_text())["subagent_proxy"]
    lanes = {"glm": output["sides"]["routed"], "baseline": output["sides"]["baseline"]}
    return {
        "requests": output["requests"],
        "lanes": {
            name: {k: side[k] for k in ("requests", "errors")} | side["latency_ms"]
            for name, side in lanes.items()
        },
        "models": {name: list(sums.values()) for name, sums in output["models"].items()},
    }


def figured(out: Path) -> Facts:
    """Figures equal to those of the generator."""
    output: Facts = json.loads(out.read_text())
    return output


def differences(reported: Facts, truth: Facts, where: str = "") -> list[str]:
    """Each reported figure that is not the true one."""
    result = []
    for name in reported.keys() | (truth.keys() if where else set()):
        ours, true, path = reported.get(name), truth.get(name), f"{where}{name}"
        if isinstance(ours, dict) and isinstance(true, dict):
            result += differences(ours, true, f"{path}.")
        elif isinstance(ours, float) and isinstance(true, float):
            # An interpolation's last bit may depend on how it is written.
            result += [] if isclose(ours, true, rel_tol=1e-12) else [f"{path} {ours}, not {true}"]
        elif ours != true:
            result.append(f"{path} {ours}, not {true}")
    return sorted(result)
