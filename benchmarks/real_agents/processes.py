"""Runs programs that leave nothing behind, and the network in which agents run."""

import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SET_FLAGS = 0x8914  # SIOCSIFFLAGS of <linux/sockios.h>
UP = 0x1  # IFF_UP of <net/if.h>
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PROBE = "from real_agents.processes import start_loopback; start_loopback()"


def isolated(words: Sequence[str]) -> list[str]:
    """A command in namespaces of its own: its network is loopback, its processes end with it."""
    spaces = ["--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    root = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *root, *spaces, "--", *words]


def start_loopback() -> None:
    """Start loopback. Raises SystemExit if the network has more than that."""
    names = [name for _, name in socket.if_nameindex()]
    if names != ["lo"]:
        raise SystemExit(f"the network of agents must be loopback alone; it has {names}")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SET_FLAGS, struct.pack("16sh14x", b"lo", UP))


def isolation_fault(folder: Path) -> str:
    """Why this machine cannot isolate an agent; empty if it can."""
    environment = {"PYTHONPATH": str(Path(__file__).parent.parent), "PATH": os.environ["PATH"]}
    try:
        done = run(isolated([sys.executable, "-c", PROBE]), environment, folder, 60)
    except OSError as error:
        return str(error)
    lines = done.stderr.strip().splitlines() or [f"code {done.returncode}"]
    return lines[-1] if done.returncode else ""


def stop_group(process: "subprocess.Popen[Any]") -> None:
    """Kill a process that leads a group, and its group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def run(
    words: Sequence[str], environment: Mapping[str, str], folder: Path, seconds: float
) -> "subprocess.CompletedProcess[str]":
    """Run a command; kill its process group at its end, after `seconds`, or if stopped."""
    # A signal that arrives before the process is known would leave it behind, so it has to wait.
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        process = subprocess.Popen(
            words,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, unblocked),
        )
    except OSError:
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
        raise
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
        out, error = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        stop_group(process)
        out, error = process.communicate()
        error += f"\nstopped after {seconds:.0f} s"
    finally:
        stop_group(process)
    return subprocess.CompletedProcess(list(words), process.returncode, out, error)
