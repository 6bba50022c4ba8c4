"""The report in a real browser: opened from disk, and served."""

import http.client
import json
import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import browser as browsers
import pytest
from browser import Browser
from conftest import Shell, codex
from waiting import LONG, until

pytestmark = pytest.mark.skipif(bool(browsers.missing()), reason=browsers.missing())

AT = ("--at", "2026-11-22T20:00Z")
SCRIPT = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'&{{7*7}}</style>"
USES_OF_SCRIPT = "return document.querySelectorAll('img, iframe, main script, main style').length"
SHIPPED = Path(__file__).resolve().parent.parent / "config"


def request(number: int, day: str, model: str, project: str, tokens: int) -> str:
    """A line of Claude Code's log."""
    usage = {"input_tokens": tokens, "output_tokens": 7}
    line = {
        **{"type": "assistant", "timestamp": f"{day}T09:30:00.000Z", "sessionId": "s1"},
        **{"cwd": project, "gitBranch": SCRIPT, "requestId": f"req_{number}"},
        "message": {"id": f"msg_{number}", "model": model, "usage": usage},
    }
    return json.dumps(line) + "\n"


def proxied(number: int, lane: str, latency: int, status: int = 200) -> str:
    """A line of the proxy's log."""
    line = {
        **{"ts": f"2026-11-21T10:{number:02}:00Z", "rid": SCRIPT, "lane": lane, "model": SCRIPT},
        **{"status": status, "input_tokens": 900, "output_tokens": 90, "latency_ms": latency},
        "reason": SCRIPT,
    }
    return json.dumps(line) + "\n"


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A book of some days, with hostile text wherever a book may have any text."""
    shell = Shell(tmp_path_factory.mktemp("book"))
    for name in ("prices.json", "prices.toml", "price_rules.toml"):
        shutil.copy(SHIPPED / name, shell.config)
    name = json.dumps(SCRIPT)
    (shell.config / "windows.toml").write_text(
        f'timezone = "UTC"\n[windows.W0-CHN]\ntitle = {name}\nends = 2026-11-21T12:00:00\n'
        'next = "W0-CHP"\n[windows.W0-CHP]\nends = 2026-11-28T12:00:00\n'
    )
    lines = [
        request(1, "2026-10-10", "claude-opus-4-5", "/srv/api", 5000),
        request(2, "2026-11-20", "claude-opus-4-5", "/srv/api", 3000),
        request(3, "2026-11-20", SCRIPT, SCRIPT, 900),
        request(4, "2026-11-21", "claude-haiku-4-5", "/srv/web", 2000),
        request(5, "2026-11-22", "claude-opus-4-5", SCRIPT, 1000),
    ]
    shell.ok("ingest", "claude", "--stdin", stdin="".join(lines))
    lanes = [("glm", 800), ("anthropic", 1500), ("glm", 1200), ("anthropic", 2500)]
    rows = [proxied(n, lane, latency) for n, (lane, latency) in enumerate(lanes)]
    shell.ok("ingest", "proxy-telemetry", "--stdin", stdin="".join(rows))
    pane = codex(five=11, weekly=24, resets="13:10")
    shell.ok("snapshot", "start", "codex", "W0-CHN", "--at", "2026-11-21T09:00Z", stdin=pane)
    pane = codex(five=17, weekly=26, resets="13:10")
    shell.ok("snapshot", "end", "codex", "W0-CHN", "--at", "2026-11-21T11:00Z", stdin=pane)
    finalize = ("finalize", "W0-CHN", "--features", "codex=3", "--at", "2026-11-21T12:00Z")
    shell.ok(*finalize, "--methodology", SCRIPT, "--notes", SCRIPT)
    return shell


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsers.chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def written(shell: Shell, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page on disk."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    shell.ok("report", "--out", str(path), *AT)
    return path.as_uri()


@pytest.fixture
def page(browser: Browser, written: str) -> Browser:
    """The browser with the page as it is at first."""
    browser.prefer("light")
    browser.resize(1300)
    browser.open(written)
    return browser


def start(shell: Shell, *flags: str) -> tuple["subprocess.Popen[str]", str]:
    """`serve`, and its address."""
    process = shell.start("serve", *AT, *flags)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


@pytest.fixture
def served(shell: Shell) -> Iterator[str]:
    process, address = start(shell)
    yield address
    process.send_signal(signal.SIGTERM)
    assert process.wait(LONG) == 0


def table(page: Browser, chart: str) -> list[dict[str, Any]]:
    """The rows of the table behind a chart, by heading: numbers as they are, else the text."""
    figure = f"figure[data-chart={chart}]"
    return list(
        page.js(
            """
            const figure = document.querySelector(arguments[0]);
            figure.querySelector("details").open = true;
            return new Promise(resolve => setTimeout(() => {
              const heads = [...figure.querySelectorAll("th")].map(head => head.textContent);
              resolve([...figure.querySelectorAll("tbody tr")].map(row => Object.fromEntries(
                [...row.cells].map((cell, n) => [heads[n],
                  "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent]))));
            }));
            """,
            figure,
        )
    )


def total(rows: list[dict[str, Any]], heading: str) -> float:
    return sum(row[heading] for row in rows if not isinstance(row[heading], str))


def card(page: Browser, name: str) -> float:
    # In one step, because a live page may draw its cards again at any time.
    value = page.js(
        "return document.querySelector(arguments[0]).dataset.value", f"[data-card={name}]"
    )
    return float(value)


def test_the_page_on_disk_needs_nothing_else(page: Browser, written: str) -> None:
    assert page.requests() == {written}
    assert page.messages() == []


def test_every_chart_has_marks_and_a_name(page: Browser) -> None:
    charts = page.js(
        """
        return [...document.querySelectorAll("figure")].map(figure => ({
          title: figure.querySelector("h2").textContent,
          summary: figure.querySelector(".summary").textContent,
          empty: figure.querySelectorAll(".chart > .note").length,
          names: [...figure.querySelectorAll("svg")].map(svg => svg.getAttribute("aria-label")),
          marks: figure.querySelectorAll("svg [class*='mark-'].role-mark > *").length,
        }))
        """
    )
    drawn = [chart for chart in charts if not chart["empty"]]
    assert {"Tokens by day", "Share of tokens", "Days of the year"} <= {c["title"] for c in drawn}
    for chart in drawn:
        assert chart["marks"] and chart["names"], chart
        for name in chart["names"]:
            assert name.startswith(chart["title"]) and name.endswith(chart["summary"]), chart


@pytest.mark.parametrize(("theme", "width"), [("light", 1300), ("dark", 390)])
def test_axe_finds_nothing_serious(page: Browser, theme: str, width: int) -> None:
    page.prefer(theme)
    page.resize(width)
    page.js("for (const each of document.querySelectorAll('details')) each.open = true")
    page.choose("only", "claude-opus-4-5")
    assert page.faults() == []


def test_hostile_text_is_shown_as_text(page: Browser) -> None:
    assert page.js(USES_OF_SCRIPT) == 0
    assert SCRIPT in [row["model"] for row in table(page, "treemap")]
    page.choose("by", "project")
    assert SCRIPT in [row["project"] for row in table(page, "tokens")]
    page.choose("only", SCRIPT)
    assert f"Only project {SCRIPT}" in page.one("#filtered").text
    cell = page.one("figure[data-chart=treemap] .mark-rect.cell path")
    page.js(
        "const box = arguments[0].getBoundingClientRect();"
        "arguments[0].dispatchEvent(new PointerEvent('pointermove', {bubbles: true,"
        " clientX: box.x + 5, clientY: box.y + 5}))",
        cell,
    )
    assert SCRIPT in page.one("#vg-tooltip-element").text
    for details in page.all("details"):
        page.js("arguments[0].open = true", details)
    assert page.js(USES_OF_SCRIPT) == 0
    assert page.messages() == []


def usage(shell: Shell, dimension: str) -> dict[str, Counter[str]]:
    """Tokens, requests and known dollars by name, as `usage` has them."""
    rows = shell.json("usage", dimension, "--since", "2026-10-24", *AT)["rows"]
    sums: dict[str, Counter[str]] = {}
    for row in rows:
        values = {
            "tokens": row["total_tokens"],
            "requests": row["requests"],
            "usd": row["usd_known"],
        }
        sums.setdefault(row["period"], Counter()).update(values)
    return sums


@pytest.mark.parametrize("dimension", ["model", "project"])
def test_cards_charts_and_usage_agree_with_each_filter(
    page: Browser, shell: Shell, dimension: str
) -> None:
    page.choose("by", dimension)
    by_name = usage(shell, dimension)
    assert len(by_name) == 3
    for name, sums in [("", sum(by_name.values(), Counter())), *by_name.items()]:
        page.choose("only", name)
        for key, heading in (("tokens", "tokens"), ("requests", "requests"), ("usd", "USD")):
            assert card(page, key) == pytest.approx(sums[key]), (name, key)
            for chart in ("tokens", "treemap"):
                assert total(table(page, chart), heading) == pytest.approx(sums[key]), (name, chart)
        for chart in ("week", "year"):
            assert total(table(page, chart), "tokens") == sums["tokens"], (name, chart)


def test_tables_have_days_and_times_as_text(page: Browser) -> None:
    assert {row["day"] for row in table(page, "tokens")} == {
        "2026-11-20",
        "2026-11-21",
        "2026-11-22",
    }
    times = {row["from"] for row in table(page, "windows")}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", time) for time in times), times


def test_what_has_no_price_is_unknown_and_not_zero(page: Browser) -> None:
    [unpriced] = [row for row in table(page, "treemap") if row["model"] == SCRIPT]
    assert "at least" in page.one("[data-card=usd]").text
    page.choose("only", SCRIPT)
    assert "unknown" in page.one("[data-card=usd]").text
    assert "unknown" in page.one("figure[data-chart=treemap] tbody").text
    assert unpriced["tokens"] == card(page, "tokens")


def test_filters_add_up_and_stay_when_the_group_changes(page: Browser) -> None:
    page.choose("only", "claude-opus-4-5")
    page.choose("by", "project")
    assert "Only model claude-opus-4-5" in page.one("#filtered").text
    assert {row["project"] for row in table(page, "treemap")} == {"/srv/api", SCRIPT}
    page.choose("only", SCRIPT)
    assert card(page, "tokens") == 1007
    remove, _ = page.all("#filters button")
    remove.click()
    page.drawn()
    assert card(page, "tokens") == 1007 + 907
    assert page.js("return document.activeElement.id") == "only"


def test_a_click_on_the_treemap_filters_and_a_second_one_shows_all(page: Browser) -> None:
    everything = card(page, "tokens")
    page.all("figure[data-chart=treemap] .mark-rect.cell path")[0].click()
    page.drawn()
    assert page.one("#only").get_attribute("value") == "claude-opus-4-5"
    assert 0 < card(page, "tokens") < everything
    page.one("figure[data-chart=treemap] .mark-rect.cell path").click()
    page.drawn()
    assert card(page, "tokens") == everything


def test_the_keyboard_reaches_every_control_in_order(page: Browser) -> None:
    from selenium.webdriver.common.keys import Keys

    page.choose("only", "claude-opus-4-5")
    reached = []
    page.js("document.activeElement.blur()")
    for _ in range(8):
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
        reached.append(
            page.js(
                "const at = document.activeElement; return at.id || at.className || at.textContent"
            )
        )
    assert reached[:5] == ["skip", "theme", "by", "only", "model: claude-opus-4-5 \u2715"]
    assert reached[5:] == [
        f"Table: {figure.find_element('css selector', 'h2').text}"
        for figure in page.all("figure")[:3]
    ]
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert page.js("return document.activeElement.parentElement.open") is True


def test_the_theme_follows_the_system_and_the_button(page: Browser) -> None:
    color = "return getComputedStyle(document.body).backgroundColor"
    text = "return getComputedStyle(document.querySelector('svg .role-axis-label text')).fill"
    light = page.js(color), page.js(text)
    page.prefer("dark")
    dark = page.js(color), page.js(text)
    assert light[0] != dark[0] and light[1] != dark[1]
    assert page.one("#theme").text == "Light theme"
    page.one("#theme").click()
    assert (page.js(color), page.js(text)) == light
    assert page.one("#theme").text == "Dark theme"


@pytest.mark.parametrize("width", [390, 768])
def test_a_resized_page_has_no_chart_wider_than_the_page(page: Browser, width: int) -> None:
    widest = (
        "const charts = [...document.querySelectorAll('svg')];"
        "return Math.max(...charts.map(chart => chart.width.baseVal.value))"
    )
    before = page.js(widest)
    page.resize(width)
    until(lambda: page.js(widest) < min(before, width))
    assert page.js("return document.documentElement.scrollWidth") <= width
    page.resize(1300)
    until(lambda: page.js(widest) == before)


def test_the_served_page_shows_a_new_row(browser: Browser, shell: Shell, served: str) -> None:
    browser.resize(1300)
    browser.open(served)
    until(lambda: browser.one("#state").text == "Live.")
    before = card(browser, "tokens")
    shell.ok(
        "ingest",
        "claude",
        "--stdin",
        stdin=request(9, "2026-11-22", "claude-opus-4-5", "/srv/api", 93),
    )
    until(lambda: card(browser, "tokens") == before + 100)
    browser.drawn()
    assert total(table(browser, "treemap"), "tokens") == before + 100
    assert {f"{served}data.json", f"{served}events"} <= browser.requests()
    origin = urlsplit(served)
    assert browser.messages() == []
    browser.open(served)
    assert {urlsplit(each)[:2] for each in browser.requests()} == {origin[:2]}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_a_signal_ends_serve_while_a_page_is_connected(
    browser: Browser, shell: Shell, number: signal.Signals
) -> None:
    process, address = start(shell)
    browser.open(address)
    until(lambda: browser.one("#state").text == "Live.")
    process.send_signal(number)
    assert process.wait(LONG) == 0
    until(lambda: "may be old" in browser.one("#state").text)


def test_requests_of_others_are_refused(served: str) -> None:
    address = urlsplit(served)
    own = address.netloc

    def status(path: str, **headers: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=LONG)
        try:
            connection.request("GET", path, headers={"Host": own, **headers})
            return connection.getresponse().status
        finally:
            connection.close()

    for path in (address.path, f"{address.path}data.json"):
        assert status(path) == 200
        assert status(path, Origin=f"http://{own}") == 200
        assert status(path, Host=f"example.com:{address.port}") == 421
        assert status(path, Origin="http://example.com") == 403
        assert status(path, Origin="null") == 403
    assert status(f"{address.path}events", Host="example.com") == 421
    assert status("/another-token/") == 404
    assert status("/") == 404


def test_another_address_needs_a_token(shell: Shell) -> None:
    assert "give them a secret with --token" in shell.fails(2, "serve", "--host", "0.0.0.0")


def test_with_a_token_another_address_is_answered_by_any_name(shell: Shell) -> None:
    token = "a-secret-of-the-team"
    process, address = start(shell, "--host", "0.0.0.0", "--token", token)
    port = urlsplit(address).port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONG)
    for path, expected in ((f"/{token}/data.json", 200), ("/another-token-of-them/", 404)):
        connection.request("GET", path, headers={"Host": f"machine.example.com:{port}"})
        response = connection.getresponse()
        response.read()
        assert response.status == expected
    connection.close()
    process.terminate()
    assert process.wait(LONG) == 0


def test_open_starts_the_browser_of_the_user(shell: Shell, tmp_path: Path) -> None:
    opener, opened, page = tmp_path / "opener", tmp_path / "opened", tmp_path / "report.html"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n')
    opener.chmod(0o755)
    shell.ok("report", "--open", "--out", str(page), *AT, BROWSER=f"{opener} %s")
    assert opened.read_text() == page.as_uri()
