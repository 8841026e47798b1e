"""The gallery in a browser: every chart drawn, no text cut, no request, no message, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.seen import examples
from tests.seen.gallery import page as gallery_page

# marks of the kind that carries the finding: fewer than these and the chart has lost some
LEAST = {
    "stage_plot": ("mark-symbol", 32), "operating_curve": ("mark-line", 2), "flow": ("mark-rect", 7),
    "accrual": ("mark-symbol", 28), "accrual_by_centre": ("mark-rect", 7), "readings_panel": ("mark-symbol", 7),
    "waterfall": ("mark-rect", 46), "spider": ("mark-line", 20), "swimmer": ("mark-rect", 24),
    "kaplan_meier": ("mark-symbol", 20), "kaplan_meier_groups": ("mark-line", 2),
    "cumulative_incidence": ("mark-line", 2), "hcg_curves": ("mark-line", 14), "empty": ("mark-text", 1),
}  # fmt: skip
CUT = """(box) => {
  const svg = box.querySelector("svg"), edge = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text")].filter((text) => {
    const at = text.getBoundingClientRect();
    return at.width > 0 && (at.left < edge.left - 1 || at.right > edge.right + 1 || at.bottom > edge.bottom + 1);
  }).map((text) => text.textContent);
}"""


class Seen:
    """The gallery at one width, with what it asked for and said."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page, self.requests, self.messages = page, [], []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.goto(path.as_uri())
        page.evaluate("window.drawn")


@pytest.fixture(scope="module", params=[(1280, "en"), (390, "fr")], ids=["desk-en", "phone-fr"])
def seen(request, browser, tmp_path_factory) -> Iterator[Seen]:
    width, lang = request.param
    target = tmp_path_factory.mktemp("gallery") / "gallery.html"
    target.write_text(gallery_page(lang), encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    yield Seen(context.new_page(), target)
    context.close()


def test_every_chart_has_its_marks(seen):
    drawn = {
        name: seen.page.locator(f"[data-chart='spec-{name}'] svg .{kind} > *:not([opacity='0'])").count()
        for name, (kind, _) in LEAST.items()
    }
    assert set(LEAST) == set(examples.all_charts())
    assert not {name: (drawn[name], least) for name, (_, least) in LEAST.items() if drawn[name] < least}


def test_no_text_is_cut(seen):
    cut = {box.get_attribute("data-chart"): box.evaluate(CUT) for box in seen.page.query_selector_all("[data-chart]")}
    assert not {name: texts for name, texts in cut.items() if texts}


def test_nothing_overflows_is_asked_for_or_said(seen):
    wide, room = seen.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= room
    assert len(seen.requests) == 1
    assert seen.messages == []


def test_numbers_at_risk_stand_under_their_times(seen):
    places = seen.page.evaluate(
        """() => [...document.querySelectorAll("[data-chart='spec-kaplan_meier'] svg text")]
        .map((text) => [text.textContent, text.getBoundingClientRect()])
        .map(([said, box]) => [said, box.left + box.width / 2, box.top])"""
    )
    row = next(y for said, _, y in places if said == "6")  # the time axis is the only one with a 6
    ticks = [x for _, x, y in places if abs(y - row) < 1]
    below = max(y for _, _, y in places)
    risk = [x for said, x, y in places if y == below]
    assert len(risk) >= 5
    assert all(min(abs(x - tick) for tick in ticks) < 1 for x in risk)
