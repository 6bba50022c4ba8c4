"""Processor time of a call, so that other work on the machine changes no verdict."""

import re
import time
from collections.abc import Callable

# Seconds of the reference on an idle core of the machine on which the limits were set.
UNIT = 0.009
_SLOW = re.compile(r"\s+\d")
_TEXT = " " * 1500


def processor_time(act: Callable[[], object]) -> float:
    """Seconds of processor time that a call takes here and now."""
    began = time.process_time()
    act()
    return time.process_time() - began


def seconds(measure: Callable[[], float], limit: float) -> float:
    """Processor time on an idle core, in seconds: the least of up to five measurements.

    The first that is up to `limit`, or five times that, is enough.

    A core that is shared, or slow, does less in a second. So each measurement is compared with
    that of a known amount of work beside it.
    """
    least = float("inf")
    for _ in range(5):
        before = processor_time(_reference)
        took = measure()
        unit = max(UNIT, before, processor_time(_reference))
        least = min(least, took * UNIT / unit)
        if not limit < least < 5 * limit:
            break
    return least


def _reference() -> None:
    _SLOW.search(_TEXT)
