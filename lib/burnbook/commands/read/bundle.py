"""Writes the review bundle of a window."""

from typing import Any

from burnbook.base.text import plural
from burnbook.context import Context, Result
from burnbook.review import bundle
from burnbook.review.bundle_folder import MANIFEST
from burnbook.review.decision_page import LEVELS
from burnbook.view.parts import Line
from burnbook.windows.current import wanted


def run(ctx: Context, args: Any) -> Result:
    """Writes the folder; a bundle with the same bytes is left as it is."""
    window = wanted(ctx, args.window)
    path, manifest, is_new, decision = bundle.write(ctx, window)
    files = plural(len(manifest.files), "file")
    prefix = "bundled" if is_new else "already bundled"
    line = f"{prefix}: {window}, {decision.verdict}, {files} and {MANIFEST} in {path}"
    listed = [Line(f"  {f.sha256[:12]}  {f.bytes:>9,}  {f.path}") for f in manifest.files]
    data = {
        "window": window,
        "folder": path,
        "new": is_new,
        "verdict": decision.verdict,
        "reasons": decision.reasons,
        "files": manifest.files,
    }
    reasons = [Line(f"  {reason}") for reason in decision.reasons]
    return Result(
        [Line(line, strong=True, level=LEVELS[decision.verdict]), *reasons, *listed], data
    )
