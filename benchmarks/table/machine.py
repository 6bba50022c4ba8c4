"""The machine on which a benchmark runs."""

import os
import platform
from pathlib import Path


def describe() -> dict[str, str]:
    """Processor, memory, kernel, Python and file system, as a reader wants to see them."""
    fields = dict(
        line.split(":", 1)
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.count(":") == 1
    )
    model = next((v.strip() for k, v in fields.items() if k.strip() == "model name"), "unknown")
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": f"{len(os.sched_getaffinity(0))} cores, {model}",
        "memory": f"{pages * size / 1e9:.0f} GB",
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }
