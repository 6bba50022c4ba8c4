"""The real cron, used once: installed with `crontab`, run by the daemon, and taken out again."""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from manual import clone_in
from waiting import until


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


@pytest.fixture
def cron() -> Iterator[None]:
    """The crontab of this account, which a suite in another clone on this machine uses, too."""
    with Path(tempfile.gettempdir(), f"burnbook-test-cron-{os.getuid()}").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if why := _why_no_cron():
            pytest.skip(why)
        yield


@pytest.mark.usefixtures("cron")
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
        log = house.root / "logs" / "look.log"
        until(lambda: "ends with exit code" in _read(log), 180)
        assert "starts: just check --data-dir 100%\n" in _read(log)
    finally:
        subprocess.run([schedule, "remove"], env=env, check=True)
        if daemon is not None:
            daemon.terminate()
            daemon.wait(60)
    assert subprocess.run(["crontab", "-l"], capture_output=True).returncode == 1
