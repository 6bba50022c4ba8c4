"""Shows the decision about a window: GO, SOFT GO or NO-GO, and the reasons."""

from typing import Any

from burnbook.base.errors import NO
from burnbook.context import Context, Result, note_damage
from burnbook.review.decision import decide_window
from burnbook.review.decision_page import parts
from burnbook.windows.current import wanted


def run(ctx: Context, args: Any) -> Result:
    """Decides about one window. With `--exit-code`, NO-GO exits with 1, SOFT GO with 0."""
    decision = decide_window(ctx, wanted(ctx, args.window))
    note_damage(ctx)
    code = NO if args.exit_code and decision.verdict == "NO-GO" else 0
    return Result(parts(decision), decision, code)
