"""A headless Chromium for tests of pages: what it shows, logs, requests, and what axe finds."""

import importlib.util
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from waiting import until

_PROGRAMS = ("chromium", "chromedriver")
_READY = "return 'ready' in document.body.dataset"
_RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ["violations"]}).then(found => done(found.violations.map(each => ({
  rule: each.id, impact: each.impact, nodes: each.nodes.map(node => node.html.slice(0, 200)),
}))));
"""


def missing() -> str:
    """What is not installed, as the end of a sentence; empty if nothing is missing."""
    absent = [name for name in _PROGRAMS if shutil.which(name) is None]
    return f"{' and '.join(absent)}: not installed" if absent else ""


class Browser:
    """One window of one browser."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, address: str) -> None:
        """Open a page and wait until it is drawn. Messages and requests of earlier pages go."""
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get(address)
        self.drawn()

    def drawn(self) -> None:
        """Wait until every chart is drawn."""
        until(lambda: self.js(_READY), pause=0.05)

    def js(self, script: str, *values: Any) -> Any:
        """The value that a function body in JavaScript returns."""
        return self.driver.execute_script(script, *values)

    def all(self, selector: str) -> list[Any]:
        """The elements of a CSS selector."""
        return list(self.driver.find_elements("css selector", selector))

    def one(self, selector: str) -> Any:
        """The only element of a CSS selector."""
        [element] = self.all(selector)
        return element

    def choose(self, name: str, value: str) -> None:
        """Choose a value of a list of the page by the keyboard's events, and wait."""
        script = (
            "const list = document.getElementById(arguments[0]); list.value = arguments[1];"
            "list.dispatchEvent(new Event('change', {bubbles: true})); return list.value"
        )
        assert self.js(script, name, value) == value
        self.drawn()

    def messages(self) -> list[str]:
        """What the console has logged since the page was opened."""
        return [f"{each['level']} {each['message']}" for each in self.driver.get_log("browser")]

    def requests(self) -> set[str]:
        """The address of every request since the page was opened, also of those refused."""
        events = (json.loads(each["message"]) for each in self.driver.get_log("performance"))
        sent = (each["message"] for each in events)
        return {
            each["params"]["request"]["url"]
            for each in sent
            if each["method"] == "Network.requestWillBeSent"
        }

    def resize(self, width: int, height: int = 900) -> None:
        """Make the page this wide, also narrower than a window can be."""
        self._cdp("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)  # fmt: skip
        until(lambda: self.js("return innerWidth") == width)

    def prefer(self, theme: str) -> None:
        """Let the system prefer a light or a dark theme."""
        features = [{"name": "prefers-color-scheme", "value": theme}]
        self._cdp("Emulation.setEmulatedMedia", features=features)

    def faults(self) -> list[Any]:
        """What axe finds that is serious or critical."""
        if not self.js("return 'axe' in window"):
            # Not by a script element: the page allows no script but its own.
            self._cdp("Runtime.evaluate", expression=_axe())
        found = self.driver.execute_async_script(_RUN_AXE)
        return [each for each in found if each["impact"] in ("serious", "critical")]

    def _cdp(self, command: str, **values: Any) -> None:
        self.driver.execute_cdp_cmd(command, values)


def _axe() -> str:
    found = importlib.util.find_spec("axe_playwright_python")  # not imported: it needs Playwright
    assert found is not None and found.submodule_search_locations
    return Path(found.submodule_search_locations[0], "axe.min.js").read_text("utf-8")


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """A browser with a profile in a folder; it ends with the block."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for flag in (
        *("headless=new", "disable-gpu", "disable-dev-shm-usage", "no-first-run"),
        *("disable-background-networking", "disable-component-update", "disable-sync"),
        *("window-size=1300,900", f"user-data-dir={folder}"),
        *(("no-sandbox",) if os.geteuid() == 0 else ()),  # root has no sandbox
    ):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    driver.set_script_timeout(60)
    try:
        yield Browser(driver)
    finally:
        driver.quit()
