"""The page as a browser draws it, offline: charts drawn, no request, no message, no overflow at two widths."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

# Stage plot, flow, accrual, centres, readings; then waterfall, spider, swimmer, PFS, OS, DoR, or hCG, RFS, OS.
# Pooled: exposure, dots, heat map, onset, cumulative incidence.
CHARTS = {"c1_pm": 11, "c2_gtt": 8, "c3_tet": 11, "c4_atc": 11, "c5_net": 11, "pooled_safety": 5}

LARGEST = 4_000_000  # bytes of a page (issue 7)


class Opened:
    """A page with what it asked for and what it said."""

    def __init__(self, browser: Browser, path: Path, width: int) -> None:
        self.stem = path.stem
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
        self.page: Page = context.new_page()
        self.requests: list[str] = []
        self.messages: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.messages.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.messages.append(f"error: {error}"))
        self.page.goto(path.as_uri())
        self.page.wait_for_function(
            "[...document.querySelectorAll('figure.chart')].every((figure) => figure.dataset.drawn)", timeout=30_000
        )


@pytest.fixture(scope="module", params=[(stem, width) for stem in CHARTS for width in (1280, 390)], ids=str)
def opened(request: pytest.FixtureRequest, browser: Browser, demo_run: Path) -> Opened:
    stem, width = request.param
    return Opened(browser, demo_run / f"{stem}.html", width)


def test_every_chart_is_drawn_with_marks(opened: Opened) -> None:
    drawn = opened.page.eval_on_selector_all(
        "figure.chart",
        "figures => figures.map(f => [f.dataset.drawn, f.querySelectorAll('svg [class*=mark-] > *').length])",
    )
    assert len(drawn) == CHARTS[opened.stem]
    assert all(state == "yes" and marks > 0 for state, marks in drawn), drawn


def test_nothing_is_asked_of_the_network_and_nothing_is_wrong(opened: Opened) -> None:
    assert len(opened.requests) == 1
    assert opened.messages == []


def test_nothing_runs_out_of_the_page(opened: Opened) -> None:
    wide, room = opened.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= room


def test_a_title_takes_the_room_it_has_and_never_more(opened: Opened) -> None:
    """One line where the page is wide; on a phone as many as fit."""
    lines, widest = opened.page.evaluate(
        """() => {
          const titles = [...document.querySelectorAll("figure.chart .role-title-text text")];
          const right = titles.map(title => title.getBoundingClientRect().right);
          return [Math.max(...titles.map(title => title.querySelectorAll("tspan").length)), Math.max(...right)];
        }"""
    )
    assert widest <= opened.page.evaluate("window.innerWidth")
    if opened.page.viewport_size["width"] == 1280:
        assert lines == 0


def test_every_chart_has_a_text_alternative(opened: Opened) -> None:
    labels = opened.page.eval_on_selector_all(
        "figure.chart .drawing", "elements => elements.map(element => element.getAttribute('aria-label'))"
    )
    assert all(len(label) > 20 for label in labels), labels
    assert len(set(labels)) == len(labels)


def test_a_point_tells_what_it_is(browser: Browser, demo_run: Path) -> None:
    page = Opened(browser, demo_run / "c3_tet.html", 1280).page
    page.locator("figure.chart").first.locator("svg .mark-symbol path").nth(3).hover(force=True)
    page.wait_for_selector("#vg-tooltip-element.visible")
    assert "uccess" in page.inner_text("#vg-tooltip-element")


def test_the_code_is_folded_and_opens(opened: Opened) -> None:
    fold = opened.page.locator("details.code").nth(2)
    assert not fold.locator("pre").is_visible()
    fold.locator("summary").click()
    assert fold.locator("pre").is_visible()


def test_no_page_is_larger_than_a_mail_takes(demo_run: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in demo_run.glob("*.html")}
    assert len(sizes) >= len(CHARTS)
    assert max(sizes.values()) < LARGEST, sizes
