"""The machine on which a benchmark runs."""

import os
import platform
from pathlib import Path


def describe(folder: Path) -> dict[str, str]:
    """The processor, the memory, the kernel, and the file system of a folder, for people."""
    fields = dict(
        line.split(":", 1)
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.count(":") == 1
    )
    model = next((v.strip() for k, v in fields.items() if k.strip() == "model name"), "unknown")
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    kernel = platform.release().partition("-")[0]  # without the name that a provider adds
    return {
        "processor": f"{len(os.sched_getaffinity(0))} cores, {model}",
        "memory": f"{pages * size / 1e9:.0f} GB",
        "kernel": f"{platform.system()} {kernel}",
        "file system": file_system(folder),
    }


def file_system(folder: Path) -> str:
    """The type of the file system on which a folder is: ext4, xfs, tmpfs, ..."""
    device = os.stat(folder).st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        mount, _, kind = line.partition(" - ")
        if mount.split()[2] == wanted:
            return kind.split()[0]
    return "unknown"
