"""config/schedules.toml: every mistake is one sentence with file, key and valid values."""

import re
from pathlib import Path

import pytest
from burnbook.base.errors import BadConfig
from burnbook.config import loader, schedules


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("timezone = 'Mars/Base'", "timezone: unknown time zone 'Mars/Base'"),
        ("path = 'bin:/usr/bin'", "path: 'bin' is not an absolute folder"),
        ("path = '/usr/bin:'", "path: '' is not an absolute folder"),
        ("path = '/usr/bin:/tmp'", "path: every user can write to /tmp"),
        ("name = 'a b'", "name = 'a b' is not valid"),
        ("log = 1", "unknown key log; valid: captures, jobs, logs, name, path, timezone"),
        ("[logs]\nsize = 1", "unknown key logs.size"),
        ("[logs]\ncount = 100", "logs.count = 100 is not valid"),
        ("[jobs.x]\ncron = '6 0 * * *'", "jobs.x: object missing required field `recipe`"),
        ("[jobs.x]\ncron = '6 25 * * *'\nrecipe = 'check'", "jobs.x.cron: hour '25'"),
        (
            "[jobs.x]\ncron = '6 0 * * *'\nretries = ['x']\nrecipe = 'check'",
            "jobs.x.retries: 'x' has",
        ),
        (
            "[jobs.x]\ncron = '6 0 * * *'\nrecipe = 'check'\nargs = [\"a\\nb\"]",
            "control characters",
        ),
        ("[jobs.'a b']\ncron = '6 0 * * *'\nrecipe = 'check'", "an id"),
        ("[captures.x]\nargv = []", "captures.x.argv"),
        ("[captures.x]\nargv = 'ccusage'", "captures.x.argv = 'ccusage' is not valid"),
        ("[captures.x]\nargv = ['x']\nsuffix = '../x'", "captures.x.suffix"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "schedules.toml").write_text(text)
    with pytest.raises(BadConfig, match=re.escape(sentence)):
        schedules.read(loader.Config(str(tmp_path)))
