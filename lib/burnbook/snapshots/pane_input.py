"""Reads the pane of a snapshot from stdin, a file, the configured capture or `--set`."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from burnbook import panes
from burnbook.base import files
from burnbook.base.errors import BadData, Missing, UsageError, os_sentence
from burnbook.config.accounts import given_home
from burnbook.context import Context
from burnbook.panes import Pane
from burnbook.rows.meters import ContextTokens, Meter
from burnbook.times import clock

if TYPE_CHECKING:
    from burnbook.snapshots.meter_text import MeterText

MAX_PANE = 1 << 20
Meters = tuple[Meter, ...]
REQUESTS = "requests"  # GLM shows a count instead of percentages
_OLD_NAMES = {"prompts": REQUESTS}


class PaneInput(NamedTuple):
    """A parsed pane, ready to be booked; `text` is None without a pane.

    `asked_at` is set if the meters are older than the request; `captured_at` is before it then, and
    `shown_at` has the moment of each meter. `home` is the agent's own folder, if that is known.
    """

    captured_at: datetime
    source: str
    text: str | None
    pane: Pane
    meters: tuple[Meter, ...]
    context: ContextTokens | None
    errors: tuple[str, ...]
    asked_at: datetime | None = None
    home: str | None = None
    shown_at: Mapping[str, datetime] = MappingProxyType({})

    @property
    def main_shown_at(self) -> datetime:
        """The moment of the main pool's newest meter, or of the newest value if it has none."""
        main = [at for name, at in self.shown_at.items() if ":" not in name]
        return max(main, default=self.captured_at)


def check_provider(name: str) -> str:
    """Returns the name. Raises UsageError if no pane parser has it."""
    valid = panes.providers()
    if name not in valid and name not in panes.known():
        raise UsageError(f"unknown provider {name!r}; valid: {', '.join(valid)}")
    return name


def read_pane(ctx: Context, args: Any, provider: str) -> PaneInput | None:
    """Reads and parses the pane; None after a recipe's capture pass."""
    settings = _settings(ctx, provider, args.set or ())
    source, data, captured_at = _read(ctx, args, provider)
    if source is None:
        return None
    taken = parse_pane(ctx, provider, source, data, captured_at or clock.now(), settings)
    return taken._replace(source=args.source) if args.source else taken


def parse_pane(
    ctx: Context,
    provider: str,
    source: str,
    data: bytes | None,
    captured_at: datetime,
    settings: Sequence[tuple[str, float]] = (),
) -> PaneInput:
    """Parses the bytes of a pane; `settings` from `--set` override it. Raises BadData."""
    text = None if data is None else data.decode("utf-8", "replace")
    by_hand = bool(settings)
    reading = _direct_meters(provider, source, data)
    if reading is not None:
        pane = Pane(plan=reading.plan, amounts=reading.amounts, errors=reading.errors)
        asked_at = captured_at
        captured_at = min(reading.captured_at, asked_at)
    else:
        pane = Pane() if text is None else _parsed(provider, text, captured_at)
        asked_at = None
    for name, count in settings:
        if name == REQUESTS:
            pane = msgspec.structs.replace(pane, requests=int(count), errors=())
    settings = [setting for setting in settings if setting[0] != REQUESTS]
    if reading is not None and asked_at is not None:
        meters, stale = reading.meters, reading.stale(asked_at)
    else:
        meters, stale = _meters(ctx, pane, captured_at)
    meters = _override(provider, meters, settings)
    context = None
    if pane.context_used is not None or pane.context_limit is not None:
        context = ContextTokens(pane.context_used, pane.context_limit)
    if not meters and context is None and pane.requests is None and not pane.amounts:
        reason = ", ".join(pane.errors) or "nothing that it shows is known"
        hint = panes.no_meters(provider) if source == "capture" else ""
        raise BadData(f"no meters of {provider} in the pane ({reason}); nothing booked{hint}")
    errors = (*pane.errors, *(word for word in stale if word not in pane.errors))
    if by_hand:
        set_names = {name for name, _ in settings}
        errors = tuple(e for e in errors if e.rpartition(":")[2] not in set_names)
        source = "manual" if text is None else f"{source}+manual"
    home = reading.home if reading is not None and reading.home else given_home(provider)
    given = (captured_at, source, text, pane, meters, context, errors)
    return PaneInput(*given, asked_at, home, reading.shown_at if reading is not None else {})


def _direct_meters(provider: str, source: str, data: bytes | None) -> "MeterText | None":
    """The meters that a capture returned directly; None if it returned a pane."""
    if data is None or source != "capture":
        return None
    from burnbook.snapshots import meter_text  # only captures need it

    return meter_text.read(data, provider)


def _parsed(provider: str, text: str, captured_at: datetime) -> Pane:
    """Parses a pane with secrets redacted from names. The account is kept, to be hashed later."""
    from burnbook.base.redact import redact, redact_pane, strip_ansi

    pane = panes.parse(provider, text, captured_at)
    plain = strip_ansi(text)
    shown = redact_pane(plain)
    if shown == plain or not pane.meters:
        return pane
    redacted = panes.parse(provider, shown, captured_at)
    if len(redacted.meters) < len(pane.meters):
        # Redaction may take text after a key at the end of a line for part of it. Keep all meters.
        named = [msgspec.structs.replace(m, name=redact(m.name)) for m in pane.meters]
        redacted = msgspec.structs.replace(pane, meters=tuple(named))
    return msgspec.structs.replace(redacted, account=pane.account)


def _read(
    ctx: Context, args: Any, provider: str
) -> tuple[str | None, bytes | None, datetime | None]:
    """The source of the pane (None after a recipe's capture pass), its bytes and its time."""
    if args.capture:
        from burnbook.snapshots.capture_config import capture_pane

        captured = capture_pane(ctx, provider)
        return ("capture", *captured) if captured else (None, None, None)
    if args.file is not None:
        data = files.read_input(args.file, "no pane", MAX_PANE + 1)
        return "file", _bounded(data, args.file), None
    reads_stdin = args.stdin or not sys.stdin or not sys.stdin.isatty()
    data = _stdin() if reads_stdin else b""
    if data.strip():
        return "stdin", data, None
    if args.set:
        return "manual", None, None
    empty = "stdin is empty; " if reads_stdin else ""
    raise Missing(f"no pane: {empty}pipe one in, or use --file, --capture or --set")


def _stdin() -> bytes:
    if not sys.stdin:
        return b""
    try:
        return _bounded(sys.stdin.buffer.read(MAX_PANE + 1), "stdin")
    except OSError as error:
        raise Missing(os_sentence("no pane: cannot read stdin", error)) from None


def _bounded(data: bytes, name: str) -> bytes:
    if len(data) > MAX_PANE:
        raise BadData(f"the pane in {name} is over {MAX_PANE} bytes; nothing booked")
    return data


def _meters(ctx: Context, pane: Pane, captured_at: datetime) -> tuple[Meters, tuple[str, ...]]:
    meters, any_stale = [], False
    for shown in pane.meters:
        resets_at = None
        if shown.resets is not None:
            resets_at, stale = shown.resets_at(captured_at, ctx.config.zone)
            any_stale = any_stale or stale
        meters.append(Meter(shown.name, shown.used_percent, shown.window_minutes, resets_at))
    return tuple(meters), ("stale",) if any_stale else ()


def _settings(ctx: Context, provider: str, texts: Sequence[str]) -> list[tuple[str, float]]:
    settings = [_setting(text) for text in texts]
    known = panes.meters(provider) if settings else {}
    for index, (name, _) in enumerate(settings):
        if name == REQUESTS and name not in known:
            raise UsageError(f"--set {name}: {provider} has none; valid: {', '.join(known)}")
        if name in [other for other, _ in settings[:index]]:
            raise UsageError(f"--set {name} is given twice; give one value")
        if known and name not in known:
            ctx.notes.append(
                f"{name} is not a known meter of {provider} ({', '.join(known)}), but was booked"
            )
    return settings


def _setting(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    name = _OLD_NAMES.get(name, name)
    try:
        number = float(value.removesuffix("%"))
    except ValueError:
        number = -1.0
    if name == REQUESTS and 0 <= number <= 2**53 and number == int(number):
        return name, number
    if name == REQUESTS:
        raise UsageError(f"--set {text!r} is not requests=COUNT, such as requests=120")
    if not name.strip() or not 0 <= number <= 100:
        raise UsageError(f"--set {text!r} is not METER=PERCENT, such as 5h=11 (0 to 100, used)")
    return name.strip(), number


def _override(provider: str, meters: Meters, settings: Sequence[tuple[str, float]]) -> Meters:
    if not settings:
        return meters
    by_name = {meter.name: meter for meter in meters}
    known = panes.meters(provider)
    for given, percent in settings:
        minutes = known.get(given)
        # Each length of window has one name per provider: the first in its list.
        same = [n for n, m in by_name.items() if minutes and m.window_minutes == minutes]
        same += [n for n, length in known.items() if length == minutes]
        name = given if given in by_name or not same else same[0]
        old = by_name.get(name)
        by_name[name] = (
            Meter(name, percent, minutes, None)
            if old is None
            else Meter(name, percent, old.window_minutes, old.resets_at)
        )
    return tuple(by_name.values())
