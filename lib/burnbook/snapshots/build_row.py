"""Builds the row of a snapshot from a pane, for `snapshot` and `reset`, and keeps the pane."""

from typing import Any

from burnbook.base.errors import IOFault, UsageError, os_sentence
from burnbook.book import codec, salt
from burnbook.book.book import Booked
from burnbook.context import Context
from burnbook.panes import Pane
from burnbook.rows.meters import Row, Snapshot
from burnbook.rows.work import Prompts
from burnbook.snapshots.pane_input import PaneInput
from burnbook.view import amounts
from burnbook.view.parts import Line
from burnbook.windows.resets import Turn
from burnbook.windows.snapshot_index import own_index, read_snapshots

FORCED_LAG = "[forced inside the lag buffer]"


def snapshot(ctx: Context, pane: PaneInput, *, window: str, **fields: Any) -> Snapshot:
    """Builds the row of a pane. `fields` are further fields, which override those of the pane."""
    values = fields_of(pane) | fields
    if "account" not in values:
        values["account"] = account_of(ctx, pane.pane.account)
    voided = {entry.id for entry in own_index(ctx).entries(window) if entry.voided}
    for generation in range(1000):
        row = codec.make(Snapshot, generation=generation, window=window, **values)
        # A voided row may be booked again, with another id.
        if row.id not in voided:
            return row
    raise UsageError("this snapshot was voided a thousand times; it is not booked again")


def fields_of(pane: PaneInput) -> dict[str, Any]:
    """Returns the fields of a Snapshot that come from the pane, without the account."""
    return {
        "source": pane.source,
        "captured_at": pane.captured_at,
        "meters": pane.meters,
        "context": pane.context,
        "plan": pane.pane.plan,
        "errors": pane.errors,
        "requests": pane.pane.requests,
        "home": pane.home,
        "amounts": pane.pane.amounts or None,
    }


def with_count(ctx: Context, row: Snapshot) -> list[tuple[str, Row]]:
    """The row for its journal, and one for the count of requests if the pane shows it."""
    rows: list[tuple[str, Row]] = [("snapshots", row)]
    if row.requests is not None:
        rows.append(("prompts", _count(ctx, row, row.requests)))
    return rows


def after_of(ctx: Context, turn: Turn, shown: Snapshot) -> list[tuple[str, Row]]:
    """AFTER of a turn's window from `shown`, the BEFORE of the next one, and its requests."""
    pane = Pane(plan=shown.plan, requests=shown.requests, amounts=shown.amounts or ())
    taken = PaneInput(
        *(shown.captured_at, "auto-after", None, pane, shown.meters, shown.context, shown.errors)
    )
    row = snapshot(
        *(ctx, taken),
        window=turn.window,
        agent=turn.agent,
        provider=turn.provider,
        phase="after",
        boundary=turn.boundary,
        account=shown.account,
        commits=shown.commits,
        errors=tuple(word for word in shown.errors if word != "lag-buffer"),
        notes=f"[the pane of BEFORE {shown.window}]",
    )
    return with_count(ctx, row)


def account_of(ctx: Context, account: str | None) -> str | None:
    """A short hash with the salt of the book, which distinguishes accounts without naming them."""
    if not account:
        return None
    return salt.hashed(ctx.book.root, account.strip().lower().encode(), 4)


def _count(ctx: Context, row: Snapshot, total: int) -> Prompts:
    baseline = total if row.phase == "before" else _baseline(ctx, row)
    return codec.make(
        Prompts,
        agent=row.agent,
        window=row.window,
        source=row.source,
        provider=row.provider,
        captured_at=row.captured_at,
        snapshot=row.id,
        baseline=baseline,
        total=total,
        delta=None if baseline is None or row.phase == "before" else total - baseline,
    )


def _baseline(ctx: Context, row: Snapshot) -> int | None:
    pair = own_index(ctx).pair(row.window or "", row.agent or "", row.provider)
    rows = read_snapshots(ctx.book, [pair.before]) if pair.before else []
    return rows[0].requests if rows else None


def line(entry: Booked) -> Line:
    """A line about a booked snapshot."""
    row = entry.row
    assert isinstance(row, Snapshot)
    shown = amounts.with_meters(row.meters, row.amounts or ())
    if row.requests is not None:
        shown.append(f"{row.requests} requests")
    if row.context and row.context.used_tokens is not None:
        shown.append(f"context {row.context.used_tokens:,}")
    errors = f" [{' '.join(row.errors)}]" if row.errors else ""
    when = "" if entry.is_new else "already booked: "
    what = f"{row.phase.upper()} {row.window} {row.agent} {row.provider}"
    text = f"{when}{what}: {', '.join(shown)}{errors} ({row.id})"
    return Line(text, strong=True, level="warn" if errors else "")


def save_raw(ctx: Context, row_id: str, text: str) -> None:
    """Saves the redacted text of the pane, if the config enables it."""
    if ctx.config.windows.raw_panes == "none":
        return
    from burnbook.base.redact import redact_pane, strip_ansi

    path = ctx.book.raw_path(row_id)
    if path.status() is None:
        try:
            path.replace(redact_pane(strip_ansi(text)).encode("utf-8", "replace"))
        except OSError as error:
            raise IOFault(os_sentence("the rows are booked, but not the pane", error)) from None
