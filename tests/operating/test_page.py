"""The command and its page: what a committee reads is there, self-contained, readable on a telephone."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.conftest import Command

COMMAND = ("operating-characteristics", "c4", "--trials", "25", "--truth", "0.35,0.5")


@pytest.fixture(scope="module")
def page(ir5nb: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("operating")
    done = ir5nb(*COMMAND, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "type I error" in done.stdout
    return out


def test_the_page_says_what_was_found(page: Path) -> None:
    text = (page / "index.html").read_text(encoding="utf-8")
    body = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    for words in ("Analysed as planned, with expected conduct", "perfect observation", "10% of visits missed",
                  "left out", "exact, nothing goes wrong", "How it was done", "ASSUMED"):  # fmt: skip
        assert words in body
    assert not re.search(r'(?:src|href)="(?:https?:)?//', body)
    assert body.count("<figure") == 3


def test_every_number_is_in_the_results(page: Path, ir5nb: Command) -> None:
    """The same command again takes its chunks over and gives the numbers for machines."""
    before = (page / "parts.jsonl").read_text()
    done = ir5nb(*COMMAND, "--out", page, "--json")
    assert (page / "parts.jsonl").read_text() == before, "finished chunks are taken over"
    rows = json.loads(done.stdout)
    wanted = {"trials", "stopped", "declared", "patients", "months", "bias_umvue", "coverage", "declared_error"}
    assert wanted <= {row["statistic"] for row in rows}
    trials = [row["value"] for row in rows if row["statistic"] == "trials"]
    assert set(trials) == {25.0}
    keys = [tuple(row[name] for name in ("reading", "endpoint", "group", "statistic")) for row in rows]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("width", [1280, 390])
def test_charts_are_drawn_and_nothing_overflows(page: Path, browser: Browser, width: int) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 900})
    failures: list[str] = []
    tab.on("pageerror", lambda error: failures.append(str(error)))
    tab.goto((page / "index.html").as_uri())
    tab.wait_for_selector("figure.chart svg")
    tab.wait_for_function("document.querySelectorAll('figure.chart svg').length === 3")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.close()
    assert failures == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("c9",), "There are: c1_pm"),
        (("c4", "--truth", "1.2"), "between 0 and 1"),
        (("c4", "--scheduler", "somewhere"), "tcp://host:8786"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(ir5nb: Command, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    done = ir5nb("operating-characteristics", *words, "--trials", "10", "--out", tmp_path / "none")
    assert done.returncode == 2
    assert told in done.stderr
