"""The real cron, used once: installed with `crontab`, run by the daemon, and taken out again."""

import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from manual import clone_in


def _cron_runs() -> bool:
    names = Path("/proc").glob("[0-9]*/comm")
    return any(_read(name).strip() in ("cron", "crond") for name in names)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _why_no_cron() -> str | None:
    if shutil.which("crontab") is None:
        return "cron is not installed"
    if subprocess.run(["crontab", "-l"], capture_output=True).returncode == 0:
        return f"{pwd.getpwuid(os.getuid()).pw_name} has a crontab already"
    if not _cron_runs() and (os.getuid() != 0 or shutil.which("cron", path="/usr/sbin") is None):
        return "cron does not run, and only root may start it"
    return None


@pytest.mark.skipif(_why_no_cron() is not None, reason=str(_why_no_cron()))
def test_real_cron_runs_a_job(tmp_path: Path) -> None:
    """Installed with the real crontab, run within a minute by the real cron, and taken out."""
    house = clone_in(tmp_path)
    (house.root / "config" / "schedules.toml").write_text(
        '[jobs.look]\ncron = "* * * * *"\nrecipe = "check"\nargs = ["--data-dir", "100%"]\n'
    )
    env = {**house.environment(), "HOME": os.environ.get("HOME", "/")}
    schedule = str(house.root / "bin" / "schedule")
    daemon = None if _cron_runs() else subprocess.Popen(["/usr/sbin/cron", "-f"])
    try:
        subprocess.run([schedule, "install"], env=env, check=True)
        log, deadline = house.root / "logs" / "look.log", time.monotonic() + 130
        while "ends with exit code" not in _read(log) and time.monotonic() < deadline:
            time.sleep(0.5)
        assert "starts: just check --data-dir 100%\n" in _read(log)
    finally:
        subprocess.run([schedule, "remove"], env=env, check=True)
        if daemon is not None:
            daemon.terminate()
            daemon.wait(60)
    assert subprocess.run(["crontab", "-l"], capture_output=True).returncode == 1
