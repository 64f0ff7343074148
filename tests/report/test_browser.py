"""What a reader sees: the reports of a run and of an audit in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from simulator import write_report
from tests.report.pages import DRAWN, Opened, launched, opened

VIEWS = [(1200, "light"), (1200, "dark"), (360, "light"), (320, "dark")]
CHARTS_OF = {"run": 8, "audit": 8 + 2 * 8}
"""An audit shows those of both its worst runs, too."""

# Of each chart: traces promised and drawn, and the size of the drawing.
CHARTS = """() => [...document.querySelectorAll("script.figure")].map((source) => {
    const place = document.getElementById(source.dataset.for);
    const marks = ".scatterlayer .trace, .barlayer .trace, .heatmaplayer .hm";
    const filled = (trace) => [trace.x, trace.y].every((side) => side && side.some((one) => one !== null));
    const box = place.querySelector("svg.main-svg")?.getBoundingClientRect();
    return {
        title: document.getElementById(place.id.replace("chart", "title")).textContent,
        label: place.getAttribute("aria-label"),
        role: place.getAttribute("role"),
        promised: JSON.parse(source.textContent).data.filter(filled).length,
        drawn: [...place.querySelectorAll(marks)].filter((one) => one.childElementCount).length,
        axes: [...place.querySelectorAll(".xtitle, .ytitle, .y2title, .cbtitle")].map((one) => one.textContent),
        width: box?.width ?? 0,
        height: box?.height ?? 0,
    };
})"""
LUMINANCE = """(selector) => {
    const element = document.querySelector(selector);
    const style = getComputedStyle(element);
    const channels = (selector === "body" ? style.backgroundColor : style.fill).match(/\\d+/g).slice(0, 3).map(Number);
    return channels.reduce((sum, one) => sum + one, 0) / 3;
}"""
BLOCKED = """() => new Promise((done) => {
    document.addEventListener("securitypolicyviolation", (event) => done(event.violatedDirective), { once: true });
    new Image().src = "https://undertow.invalid/x.png";
    setTimeout(() => done("nothing was refused"), 5000);
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = launched(playwright)
        yield found
        found.close()


@pytest.fixture(scope="module")
def reports(run_rows: Path, audit_rows: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    return {rows.name: write_report(Path(shutil.copytree(rows, folder / rows.name))) for rows in (run_rows, audit_rows)}


@pytest.fixture(scope="module", params=[(kind, *view) for kind in ("run", "audit") for view in VIEWS], ids=str)
def seen(request: Any, browser: Browser, reports: dict[str, Path]) -> Iterator[Opened]:
    kind, width, scheme = request.param
    with opened(browser, reports[kind], width, scheme) as found:
        yield found


@pytest.fixture(params=["run", "audit"])
def desk(request: Any, browser: Browser, reports: dict[str, Path]) -> Iterator[Opened]:
    with opened(browser, reports[request.param]) as found:
        yield found


def test_a_report_opens_without_a_complaint_or_a_request(seen: Opened) -> None:
    assert seen.complaints == []
    assert [url[:5] for url in seen.requests] == ["file:"]


def test_every_trace_of_every_chart_is_drawn(seen: Opened, request: Any) -> None:
    charts = seen.page.evaluate(CHARTS)
    kind = request.node.callspec.params["seen"][0]
    assert len(charts) == seen.page.locator(".chart").count() == CHARTS_OF[kind]
    for chart in charts:
        assert 0 < chart["promised"] == chart["drawn"], chart
        assert chart["width"] > 250, chart
        assert chart["height"] > 100, chart


def test_every_chart_has_titles_and_says_in_words_what_it_shows(seen: Opened) -> None:
    for chart in seen.page.evaluate(CHARTS):
        assert chart["role"] == "img"
        assert chart["label"].startswith(f"{chart['title']}. ")
        assert any(letter.isdigit() for letter in chart["label"])
        assert chart["axes"]
        assert all(chart["axes"])


def test_no_page_is_wider_than_the_screen(seen: Opened) -> None:
    wide = seen.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1]


def test_words_in_charts_stand_out_from_the_page(seen: Opened) -> None:
    paper, ink = (seen.page.evaluate(LUMINANCE, selector) for selector in ("body", ".chart .xtick text"))
    assert abs(paper - ink) > 150


def test_headings_come_in_order(desk: Opened) -> None:
    levels = [int(one.evaluate("(one) => one.tagName[1]")) for one in desk.page.query_selector_all("h1, h2, h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_and_says_what_its_headers_are_for(desk: Opened) -> None:
    tables = desk.page.query_selector_all("table")
    assert tables
    for table in tables:
        caption = table.query_selector("caption")
        assert caption is not None
        assert caption.inner_text()
        assert all(header.get_attribute("scope") in ("col", "row") for header in table.query_selector_all("th"))


def sorted_by(table: Any, column: int) -> str:
    return str(table.locator("thead th").nth(column).get_attribute("aria-sort"))


def values(table: Any, column: int) -> list[float]:
    cells = f"(table) => [...table.tBodies[0].rows].map((row) => row.cells[{column}].dataset.value)"
    return [float(value) for value in table.evaluate(cells) if value is not None]


def test_a_table_sorts_by_click_and_by_keyboard(browser: Browser, reports: dict[str, Path]) -> None:
    with opened(browser, reports["run"]) as found:
        table = found.page.locator("table").filter(has_text="slippage, bps")
        before = values(table, 0)
        assert before != sorted(before)
        table.locator("thead button").nth(0).click()
        assert (sorted_by(table, 0), values(table, 0)) == ("ascending", sorted(before))
        found.page.keyboard.press("Enter")
        assert (sorted_by(table, 0), values(table, 0)) == ("descending", sorted(before, reverse=True))
        found.page.keyboard.press("Tab")
        found.page.keyboard.press("Space")
        assert (sorted_by(table, 0), sorted_by(table, 1)) == ("none", "ascending")


def test_cells_without_a_number_stay_last_in_both_directions(browser: Browser, reports: dict[str, Path]) -> None:
    with opened(browser, reports["run"]) as found:
        table = found.page.locator("table").first
        last = table.locator("thead th").count() - 1
        for _ in range(2):
            table.locator("thead button").nth(last).click()
            assert table.locator("tbody tr").last.locator("td").last.inner_text() == "–"


def test_charts_follow_when_night_falls(browser: Browser, reports: dict[str, Path]) -> None:
    with opened(browser, reports["run"]) as found:
        day = found.page.evaluate(LUMINANCE, ".chart .xtick text")
        found.page.emulate_media(color_scheme="dark")
        for _ in range(200):  # the page's policy refuses playwright's own way to wait for a condition
            if found.page.evaluate(LUMINANCE, ".chart .xtick text") - day > 100:
                break
            found.page.wait_for_timeout(50)
        else:
            pytest.fail("the charts kept the colours of the day")
        found.page.wait_for_selector(DRAWN)
        assert found.complaints == []


def test_markup_in_a_name_is_text(browser: Browser, reports: dict[str, Path]) -> None:
    with opened(browser, reports["audit"]) as found:
        assert found.page.evaluate("window.broken") is None
        assert found.page.locator("img").count() == 0
        assert found.page.get_by_text("<script>window.broken", exact=False).count() > 3


def test_the_page_may_not_ask_anybody_for_anything(browser: Browser, reports: dict[str, Path]) -> None:
    with opened(browser, reports["run"]) as found:
        assert found.page.evaluate(BLOCKED) == "img-src"
        assert found.page.evaluate("fetch('https://undertow.invalid').then(() => 'sent', () => 'refused')") == "refused"
