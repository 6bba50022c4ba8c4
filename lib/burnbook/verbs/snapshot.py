"""Books BEFORE, AFTER, or AFTER and the next window's BEFORE, from one pane."""

from hashlib import blake2b
from os import path, urandom
from typing import Any

from burnbook import files, names, records
from burnbook.blocks import Line, Part, percent
from burnbook.book import Booked
from burnbook.derive import windows
from burnbook.errors import Missing, Usage
from burnbook.rows import Phase, Prompts, Row, Snapshot
from burnbook.verbs import Context, Result
from burnbook.verbs._pane import Taken, check_provider, save_raw, take
from burnbook.verbs._repos import stand

Step = tuple[Phase, str]


def run(ctx: Context, args: Any) -> Result:
    """`start`, `end` or `cross` of one provider; says what it booked, or that it was there."""
    provider = check_provider(args.provider)
    window = names.check("window", args.window) if args.window is not None else None
    taken = take(ctx, args, provider)
    if taken is None:
        return Result([], None)  # the recipe's second pass books and tells

    _steps(ctx, args.action, provider, window)  # what cannot be booked makes no book
    commits = stand(ctx).heads or None

    def build() -> list[tuple[str, Row]]:
        rows: list[tuple[str, Row]] = []
        for phase, place in _steps(ctx, args.action, provider, window):
            snapshot = _snapshot(ctx, args, provider, taken, phase, place, commits)
            rows.append(("snapshots", snapshot))
            if taken.pane.prompts is not None:
                rows.append(("prompts", _prompts(ctx, snapshot, taken.pane.prompts)))
        return rows

    booked = ctx.book.commit(build)
    snapshots = [entry for entry in booked if isinstance(entry.row, Snapshot)]
    for entry in snapshots:
        assert isinstance(entry.row, Snapshot)
        _tell(ctx, entry.row)
        if taken.text is not None:
            save_raw(ctx, entry.row.id, taken.text)
    data = {"booked": [{"new": entry.is_new, "row": entry.row} for entry in booked]}
    return Result([_line(entry) for entry in snapshots], data)


def _steps(ctx: Context, action: str, provider: str, window: str | None) -> list[Step]:
    if action == "start":
        return [("before", window or _to_start(ctx, provider))]
    place = window or _open(ctx, provider)
    if ctx.book.index.pair(place, ctx.agent, provider).before is None:
        raise Missing(
            f"no BEFORE of {provider} for {ctx.agent} in {place}; nothing booked "
            f"(snapshot start {provider} --window {place} books one)"
        )
    if action == "end":
        return [("after", place)]
    following = windows.following(ctx.config, place)
    if following is None:
        raise Usage(_no_next(place) + "; nothing booked")
    return [("after", place), ("before", following)]


def _to_start(ctx: Context, provider: str) -> str:
    """The window that is open; after an AFTER the one that follows; at first the first declared."""
    state = ctx.book.state(ctx.agent, provider)
    if state is None:
        for name in ctx.config.windows.windows:
            return name
        raise Usage("no window is declared in windows.toml; name one with --window")
    if state.phase == "before":
        return state.window
    following = windows.following(ctx.config, state.window)
    if following is None:
        raise Usage(f"{_no_next(state.window)}, or name the window with --window")
    return following


def _open(ctx: Context, provider: str) -> str:
    state = ctx.book.state(ctx.agent, provider)
    if state is None:
        raise Missing(
            f"no BEFORE of {provider} for {ctx.agent} in this book; nothing booked "
            f"(snapshot start {provider} books one)"
        )
    return state.window


def _no_next(window: str) -> str:
    return f"nothing follows {window}: it has no number at its end; declare its `next`"


def _snapshot(
    ctx: Context,
    args: Any,
    provider: str,
    taken: Taken,
    phase: Phase,
    window: str,
    commits: dict[str, str] | None,
) -> Snapshot:
    errors, notes = taken.errors, args.notes
    if phase == "before" and _lags(ctx, provider, taken, window):
        if args.force:
            notes = " ".join(filter(None, (notes, "[forced inside the lag buffer]")))
        else:
            errors = (*errors, "lag-buffer")
            ctx.notes.append(
                f"this BEFORE of {window} is inside the lag buffer ({ctx.config.windows.lag_buffer}"
                " after the reset), when panes may still show the old window; take it again later, "
                "or say --force if it is right"
            )
    for generation in range(1000):
        row = records.make(
            Snapshot,
            generation=generation,
            agent=ctx.agent,
            window=window,
            source=taken.source,
            notes=notes,
            provider=provider,
            phase=phase,
            captured_at=taken.captured_at,
            meters=taken.meters,
            context=taken.context,
            plan=taken.pane.plan,
            account=_account(ctx, taken.pane.account),
            errors=errors,
            prompts=taken.pane.prompts,
            commits=commits,
        )
        # A row that was taken back may be booked again, as a row of its own.
        if not ctx.book.index.is_voided(row.id, window):
            return row
    raise Usage("this snapshot was taken back a thousand times; it is not booked again")


def _lags(ctx: Context, provider: str, taken: Taken, window: str) -> bool:
    """Whether the BEFORE is read within the lag buffer after the end of the window before it."""
    index = ctx.book.index
    earlier = windows.before(ctx.config, window, index.windows())
    if earlier is None:
        return False
    first = min(
        (e.captured_at for e in index.counted(earlier) if e.phase == "before"), default=None
    )
    ends = windows.span(ctx.config, earlier, first).ends_at
    return ends is not None and ends <= taken.captured_at < ends + ctx.config.windows.lag


def _account(ctx: Context, account: str | None) -> str | None:
    """A short hash, salted by the book: tells two accounts apart and names none."""
    if not account:
        return None
    place = path.join(ctx.book.root, "account.salt")
    salt = files.read_bytes(place)
    if not salt:
        salt = urandom(16)
        files.replace(place, salt)
    return blake2b(account.strip().lower().encode(), key=salt, digest_size=4).hexdigest()


def _prompts(ctx: Context, snapshot: Snapshot, total: int) -> Prompts:
    baseline = total if snapshot.phase == "before" else _baseline(ctx, snapshot)
    return records.make(
        Prompts,
        agent=ctx.agent,
        window=snapshot.window,
        source=snapshot.source,
        provider=snapshot.provider,
        captured_at=snapshot.captured_at,
        snapshot=snapshot.id,
        baseline=baseline,
        total=total,
        delta=None if baseline is None or snapshot.phase == "before" else total - baseline,
    )


def _baseline(ctx: Context, snapshot: Snapshot) -> int | None:
    pair = ctx.book.index.pair(snapshot.window or "", ctx.agent, snapshot.provider)
    rows = ctx.book.snapshots([pair.before]) if pair.before else []
    return rows[0].prompts if rows else None


def _tell(ctx: Context, row: Snapshot) -> None:
    window = row.window or ""
    pair = ctx.book.index.pair(window, row.agent or "", row.provider)
    if row.phase == "after" and pair.before and row.captured_at < pair.before.captured_at:
        ctx.notes.append(f"this AFTER is older than the BEFORE of {window}, so it does not count")
    if window not in ctx.config.windows.windows:
        ctx.notes.append(f"window {window} is not declared in windows.toml; booked all the same")
    if ctx.book.closing(window) is not None:
        ctx.notes.append(f"window {window} is finalized; finalize it again to take this in")


def _line(entry: Booked) -> Part:
    row = entry.row
    assert isinstance(row, Snapshot)
    shown = [f"{meter.name} {percent(meter.used_percent)}" for meter in row.meters]
    if row.prompts is not None:
        shown.append(f"{row.prompts} prompts")
    if row.context and row.context.used_tokens is not None:
        shown.append(f"context {row.context.used_tokens:,}")
    errors = f" [{' '.join(row.errors)}]" if row.errors else ""
    when = "" if entry.is_new else "already booked: "
    what = f"{row.phase.upper()} {row.window} {row.agent} {row.provider}"
    return Line(f"{when}{what}: {', '.join(shown)}{errors} ({row.id})", strong=True)
