"""The index page: every report with its decision and its files, nothing that runs or loads, text stays text."""

import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser

from ir5nb.cli import glance
from ir5nb.cli.numbers import Numbers
from ir5nb.plan import SafetyPlan
from ir5nb.render import index
from ir5nb.schema import RESULTS

HOSTILE = '<script>alert(1)</script> {{7*7}} "><img src=x onerror=alert(2)>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "figures").mkdir()
    for name in ("c1_pm.html", "c1_pm.pdf", "c1_pm.docx", "c2_gtt.html", "results.csv", "manifest.json"):
        (tmp_path / name).write_text("x" * 2000)
    (tmp_path / "figures" / "c1_pm-01-stage.svg").write_text("<svg><title>Boundaries &lt;b&gt;</title></svg>")
    (tmp_path / "figures" / "c1_pm-01-stage.png").write_bytes(b"x" * 2000)
    (tmp_path / "derived" / "c1_pm").mkdir(parents=True)
    for ending in ("parquet", "xpt"):
        (tmp_path / "derived" / "c1_pm" / f"adsl.{ending}").write_bytes(b"x")
    return tmp_path


def reports(lang: index.Lang = "en") -> list[index.Report]:
    return [
        index.report(
            "c1_pm", "peritoneal mesothelioma", lang=lang, decision=HOSTILE, included=24, planned=46, treated=24,
            successes=8, evaluable=24, pending=0, estimate=1 / 3, lower=0.2, upper=0.5, assumed=True, draft=True,
        ),
        index.report("c2_gtt", "gestational trophoblastic tumours", lang=lang, status="reused"),
        index.report("c4_atc", HOSTILE, lang=lang, status="failed", problem=HOSTILE),
    ]  # fmt: skip


def test_only_files_that_exist_are_linked(folder: Path) -> None:
    page = index.write(folder, reports(), cutoff="2026-06-30").read_text(encoding="utf-8")
    links = set(re.findall(r'href="([^"]+)"', page)) - {"data:,"}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*") if path.is_file()} - {"index.html"}
    assert links == there
    assert "01 Boundaries &lt;b&gt;" in page
    assert "ADSL" in page
    assert "every number of the cohorts&#39; reports" in page


def test_the_manifest_is_linked_though_it_is_written_after_the_page(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    page = index.write(folder, reports(), cutoff="2026-06-30").read_text(encoding="utf-8")
    assert page.count('href="manifest.json"') == 1


def test_hostile_text_is_text_and_nothing_runs_or_loads(folder: Path, browser: Browser) -> None:
    path = index.write(folder, reports(), cutoff="2026-06-30", made=HOSTILE, notes=[HOSTILE])
    assert "<script" not in path.read_text(encoding="utf-8")
    for width in (1280, 390):
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
        page = context.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, said=said: said.append(message.text))
        page.goto(path.as_uri())
        assert len(asked) == 1
        assert said == []
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        shown = page.inner_text("main")
        assert shown.count("<script>alert(1)</script> {{7*7}}") == 5
        assert "33.3% (20.0–50.0)" in shown
        assert "Reports that failed: 1 of 3" in shown
        context.close()


def test_french(folder: Path) -> None:
    page = index.write(folder, reports("fr"), cutoff="2026-06-30", lang="fr", edition="share").read_text(
        encoding="utf-8"
    )
    for words in ("30/06/2026", "Mésothéliome péritonéal", "33,3", "24 sur 46 prévus", "HYPOTHÈSE", "partagée"):
        assert words in page, words


def test_a_name_that_could_leave_the_folder_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot name files"):
        index.report("../secret", "x")


def test_equal_folders_give_equal_pages(folder: Path) -> None:
    first = index.write(folder, reports(), cutoff="2026-06-30").read_bytes()
    assert index.write(folder, reports(), cutoff="2026-06-30").read_bytes() == first


def test_the_pooled_report_tells_how_many_had_a_severe_and_a_serious_event() -> None:
    rows = [("TOTAL", "", "total", 108.0), ("TOTAL", "severe", "count", 62.0), ("TOTAL", "serious", "count", None),
            ("TET", "severe", "count", 25.0)]  # fmt: skip
    results = pd.DataFrame(
        [dict.fromkeys(RESULTS, "") | {"cohort": cohort, "analysis": "ae_overview", "group": group,
                                       "statistic": statistic, "value": value}
         for cohort, group, statistic, value in rows]
    ).astype({"value": float})  # fmt: skip
    shown = glance.entry("pooled_safety", SafetyPlan.load("pooled_safety"), Numbers(results))
    assert shown.facts == (
        ("treated", "108"),
        ("with a severe event (grade ≥ 3)", "62 of 108"),
    )


def test_the_estimate_is_named_where_it_is_no_share() -> None:
    named = index.report("c1_pm", "Cohort 1", successes=5, evaluable=24, estimate=0.355, umvue=True).facts
    assert named == (("successes", "5 of 24"), ("UMVUE (interval)", "35.5%"))
