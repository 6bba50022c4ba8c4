"""Every file of config/: any TOML, any bytes."""

import os
from pathlib import Path

from burnbook.base.errors import BurnbookError
from burnbook.churn import settings
from burnbook.config import folders, schedules
from burnbook.config.loader import Config
from inside import Inside, is_sentence

ROOT = Path(__file__).resolve().parent.parent.parent.parent
FILES = [
    p.relative_to(ROOT / "config").as_posix() for p in sorted((ROOT / "config").rglob("*.toml"))
]
SEEDS = [bytes([n]) + (ROOT / "config" / name).read_bytes() for n, name in enumerate(FILES)]
WORDS = [
    *(
        b"[windows.W1]\n",
        b"next = ",
        b'"W1"',
        b"ends = 0001-01-01T00:00:00\n",
        b"= inf\n",
        b"= nan\n",
    ),
    *(
        b"= -1\n",
        b"= 99999999999999999999\n",
        b'timezone = "../../etc/passwd"\n',
        b'= ""\n',
        b"= {}\n",
    ),
    *(b"= [[[[[[[[]]]]]]]]\n", b"[a]\n[a]\n", b"'''", b'"""', b"\\u0000", b"\0", b"= 2026-02-30\n"),
    *(
        b'map = ".["\n',
        b'cron = "* * * * *"\n',
        b'capture = ["x"]\n',
        b'reset_time = "25:00"\n',
        b"\n",
    ),
]
inside = Inside(Path(os.environ["BURNBOOK_FUZZ"]), declared=False)
READERS = (("preview",), ("schedule",), ("aliases",), ("decide", "--window", "W1"), ("scoreboard",))


def run_one(data: bytes) -> None:
    """A file of config is read whole, or refused in one sentence that names it."""
    name = FILES[data[0] % len(FILES)] if data else FILES[0]
    path = inside.config / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data[1:])
    try:
        config = Config(str(inside.config))
        for read in (
            *(lambda: config.windows, lambda: config.zone, lambda: config.budgets),
            *(lambda: config.stops, lambda: config.notify, lambda: config.agents),
            *(lambda: config.preview, lambda: config.prices, lambda: config.feeds),
            *(lambda: settings.read(config), lambda: folders.ledgers(config, "/book")),
            *(lambda: schedules.read(config), lambda: folders.bundle_path(config)),
        ):
            try:
                read()
            except BurnbookError as error:
                assert str(inside.config) in str(error), error
        for words in READERS:
            done = inside.run(*words)
            assert done.code in (0, 1) or is_sentence(words[0], done), done
    finally:
        path.unlink()
