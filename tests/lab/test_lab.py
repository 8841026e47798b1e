"""The real JupyterLab, driven as a statistician drives it: change the cut-off, run all cells, read the new numbers.

Notebooks and plans are copied first, so nothing in the tree changes. Expected numbers come from `recount` and `past`,
which import nothing of `ir5nb`; those of the notebook run as it is, from its committed outputs.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page
from tests.independent import past, recount
from typer.testing import CliRunner

from ir5nb.cli import app
from ir5nb.cli import lab as command

ROOT = Path(__file__).parents[2]
CUTOFF = dt.date(2025, 10, 31)
CHARTS = {"c2_gtt": 8, "c4_atc": 11}
SECONDS = 120_000  # milliseconds a notebook may take on a busy machine


@dataclass
class Lab:
    """A running JupyterLab."""

    process: subprocess.Popen[bytes]
    folder: Path
    runtime: Path
    port: int
    token: str
    saved: dict[str, list[dict[str, object]]] = field(default_factory=dict)


@dataclass
class Opened:
    """A notebook open in the browser, with what it asked for and complained of."""

    page: Page
    stem: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def _wait_for_server(place: Path, process: subprocess.Popen[bytes]) -> dict[str, object]:
    for _ in range(600):
        found = list(place.glob("jpserver-*.json"))
        if found and (text := found[0].read_text(encoding="utf-8")):
            return dict(json.loads(text))
        assert process.poll() is None, "JupyterLab ended"
        time.sleep(0.2)
    raise AssertionError("JupyterLab did not start")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Lab]:
    """`ir5nb lab` on a copy of the project, in a session without settings of the user."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("notebooks", "params"):
        shutil.copytree(ROOT / name, folder / name)
    own = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    own |= {f"JUPYTERLAB_{name}_DIR": str(folder / name.lower()) for name in ("SETTINGS", "WORKSPACES")}
    own["JUPYTER_RUNTIME_DIR"] = str(folder / "run")
    words = [str(Path(sys.executable).with_name("ir5nb")), "lab", "--no-browser", "--port", "9460"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, cwd=folder, env={**os.environ, **own}, stdout=log, stderr=log)
        try:
            info = _wait_for_server(folder / "run", process)
            yield Lab(process, folder, folder / "run", int(str(info["port"])), str(info["token"]))
        finally:
            process.terminate()
            process.wait(30)


def _open(browser: Browser, lab: Lab, stem: str) -> Opened:
    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    opened = Opened(page, stem)
    page.on("request", lambda request: opened.requests.append(request.url))
    page.on("console", lambda message: opened.errors.append(message.text) if message.type == "error" else None)
    page.goto(f"http://127.0.0.1:{lab.port}/lab/workspaces/{stem}/tree/notebooks/{stem}.ipynb?token={lab.token}")
    page.wait_for_function(
        "document.querySelector('#jp-main-statusbar')?.innerText.includes('| Idle')", timeout=SECONDS
    )
    return opened


def _run_all(page: Page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def _wait_until_run(opened: Opened) -> None:
    """The last cell, which the page shows after Run All Cells, has its number."""
    opened.page.wait_for_function(
        "[...document.querySelectorAll('.jp-CodeCell')].at(-1)?.querySelector('.jp-InputPrompt')?.innerText"
        ".match(/\\[\\d+\\]/) && document.querySelector('#jp-main-statusbar').innerText.includes('| Idle')",
        timeout=SECONDS,
    )


def _charts(page: Page) -> set[str]:
    """Scroll through the notebook; give the cells whose charts have marks drawn."""
    panel = page.locator(".jp-WindowedPanel-outer")
    drawn: set[str] = set()
    for place in range(0, panel.evaluate("element => element.scrollHeight"), 600):
        panel.evaluate("(element, place) => element.scrollTop = place", place)
        page.wait_for_timeout(150)
        found = page.eval_on_selector_all(
            ".jp-OutputArea .vega-embed",
            "all => all.filter(each => each.querySelector('canvas, svg [class*=mark-] > *'))"
            ".map(each => each.closest('.jp-Cell').dataset.windowedListIndex)",
        )
        drawn |= set(found)
    return drawn


def _saved(lab: Lab, opened: Opened) -> list[dict[str, object]]:
    """Save as a user does, once; give the code cells of the file."""
    if opened.stem in lab.saved:
        return lab.saved[opened.stem]
    path = lab.folder / "notebooks" / f"{opened.stem}.ipynb"
    before = path.stat().st_mtime_ns
    opened.page.keyboard.press("Control+s")
    for _ in range(300):
        time.sleep(0.1)
        if path.stat().st_mtime_ns != before and (text := path.read_text(encoding="utf-8")).endswith("}\n"):
            lab.saved[opened.stem] = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
            return lab.saved[opened.stem]
    raise AssertionError("the notebook was not saved")


@pytest.fixture(scope="module")
def changed(lab: Lab, browser: Browser) -> Opened:
    """Cohort 2 with another cut-off in its parameters cell, all cells started."""
    opened = _open(browser, lab, "c2_gtt")
    opened.page.locator(".jp-CodeCell .cm-line", has_text="cutoff = None").click()
    opened.page.keyboard.press("End")
    for _ in "None":
        opened.page.keyboard.press("Backspace")
    opened.page.keyboard.type(f'"{CUTOFF}"')
    _run_all(opened.page)
    return opened


@pytest.fixture(scope="module")
def as_it_is(lab: Lab, changed: Opened, browser: Browser) -> Opened:
    """Cohort 4 as committed, run beside the other."""
    opened = _open(browser, lab, "c4_atc")
    _run_all(opened.page)
    _wait_until_run(changed)
    _wait_until_run(opened)
    return opened


def test_a_changed_cutoff_changes_the_numbers(changed: Opened, as_it_is: Opened) -> None:
    panel = changed.page.locator(".jp-WindowedPanel-outer")
    panel.evaluate("element => element.scrollTop = 1000")
    card = changed.page.locator(".ir-card")
    card.wait_for()
    words = card.inner_text().splitlines()
    facts = {name: value for name, value in itertools.pairwise(words) if name}
    plan = recount.plan_entries(ROOT / "params" / "c2_gtt.yaml")
    tables = recount.source_rows(ROOT / "src" / "ir5nb" / "demo")
    status = {
        day: Counter(
            recount.week24(one, plan, day)
            for one in recount.treated(recount.patients(past.known_on(tables, day), plan))
        )
        for day in (CUTOFF, plan["cutoff"])
    }
    assert status[CUTOFF] != status[plan["cutoff"]], "the two cuts show the same: choose another"
    assert facts["data cut-off"] == CUTOFF.isoformat()
    assert int(facts["successes"]) == status[CUTOFF]["SUCCESS"]
    assert int(facts["pending"]) == status[CUTOFF]["PENDING"]


@pytest.mark.parametrize("name", ["changed", "as_it_is"])
def test_every_cell_ran_and_every_chart_is_drawn(lab: Lab, request: pytest.FixtureRequest, as_it_is, name: str) -> None:
    opened: Opened = request.getfixturevalue(name)
    assert len(_charts(opened.page)) == CHARTS[opened.stem]
    cells = _saved(lab, opened)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    kinds = {output["output_type"] for cell in cells for output in cell["outputs"]}
    assert kinds <= {"execute_result", "display_data"}, "an error or a warning"


def _shown(cell: dict[str, object]) -> list[dict[str, object]]:
    """Give what a cell shows; JupyterLab saves a picture of each chart beside it."""
    return [{kind: data for kind, data in each["data"].items() if kind != "image/png"} for each in cell["outputs"]]


def test_run_as_it_is_the_notebook_gives_its_committed_outputs(lab: Lab, as_it_is: Opened) -> None:
    committed = json.loads((ROOT / "notebooks" / "c4_atc.ipynb").read_text(encoding="utf-8"))["cells"]
    expected = [cell for cell in committed if cell["cell_type"] == "code"]
    for mine, theirs in zip(_saved(lab, as_it_is), expected, strict=True):
        if "nbval-ignore-output" not in theirs["metadata"].get("tags", []):
            assert _shown(mine) == _shown(theirs), theirs["source"]


def test_nothing_pops_up_and_nothing_is_asked_of_the_network(lab: Lab, changed: Opened, as_it_is: Opened) -> None:
    for opened in (changed, as_it_is):
        assert opened.page.locator(".jp-Dialog, .Toastify__toast").count() == 0
        outside = [
            url for url in opened.requests if not url.startswith((f"http://127.0.0.1:{lab.port}/", "data:", "blob:"))
        ]
        assert outside == []
        assert opened.errors == []
        assert "Python 3 (ipykernel)" in opened.page.locator(".jp-NotebookPanel-toolbar").inner_text()


def test_a_table_is_sorted_by_a_click(lab: Lab, as_it_is: Opened) -> None:
    page = as_it_is.page
    page.locator(".jp-WindowedPanel-outer").evaluate("element => element.scrollTop = element.scrollHeight")
    page.locator(".jp-CodeCell .jp-InputPrompt").last.click()
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.type("from ir5nb.tables.interactive import sortable")
    page.keyboard.press("Enter")
    page.keyboard.type("sortable(primary.patients)")
    page.keyboard.press("Shift+Enter")
    table = page.locator("table.dataTable").last
    table.locator("tbody tr").first.wait_for(timeout=SECONDS)
    status = [cell.strip() for cell in table.locator("tbody tr td:nth-child(4)").all_inner_texts()]
    assert set(status) == {"SUCCESS", "FAILURE"}
    assert status != sorted(status), "the table is in order of treatment start"
    table.locator("thead th", has_text="STATUS").click()
    page.wait_for_function(
        "expected => [...document.querySelectorAll('table.dataTable')].at(-1).innerText"
        ".match(/SUCCESS|FAILURE/g).join() === expected",
        arg=",".join(sorted(status)),
    )


def test_it_listens_on_this_machine_only_and_asks_for_the_token(lab: Lab, as_it_is: Opened) -> None:
    server = psutil.Process(lab.process.pid)
    listening = [each.laddr for each in server.net_connections("tcp") if each.status == psutil.CONN_LISTEN]
    assert listening == [("127.0.0.1", lab.port)]
    files = [json.loads(path.read_text(encoding="utf-8")) for path in lab.runtime.glob("kernel-*.json")]
    assert [file["transport"] for file in files] == ["ipc", "ipc"]
    for kernel in server.children(recursive=True):
        # The one port of an ipykernel takes in the output of its own forks, and gives nothing out (iostream.py).
        doors = [each.laddr.ip for each in kernel.net_connections("tcp") if each.status == psutil.CONN_LISTEN]
        assert doors in ([], ["127.0.0.1"])
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"http://127.0.0.1:{lab.port}/api/contents", timeout=20)
    others = {one[4][0] for one in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}
    for address in others:
        with socket.socket() as door:
            door.settimeout(2)
            assert door.connect_ex((address, lab.port)) != 0


def test_an_unknown_notebook_and_a_wrong_folder_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = CliRunner().invoke(app, ["lab", "c9"])
    assert done.exit_code == 2
    assert "There are: c1_pm, c2_gtt" in done.stderr
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["lab"])
    assert done.exit_code == 1
    assert "No folders params/ and notebooks/" in done.stderr


def test_the_kernel_is_registered_where_it_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    command._register_kernel()
    specification = tmp_path / "share" / "jupyter" / "kernels" / "python3" / "kernel.json"
    assert json.loads(specification.read_text(encoding="utf-8"))["argv"][0] in ("python", sys.executable)
    stamp = specification.stat().st_mtime_ns
    command._register_kernel()
    assert specification.stat().st_mtime_ns == stamp
    specification.write_text('{"argv": ["/another/python"]}', encoding="utf-8")
    command._register_kernel()
    assert json.loads(specification.read_text(encoding="utf-8"))["argv"][0] in ("python", sys.executable)


def test_the_notebook_is_named_by_its_cohort(root: Path) -> None:
    assert command._address(root, "c2") == command._address(root, "c2_gtt") == "/lab/tree/notebooks/c2_gtt.ipynb"
    assert command._address(root, None) == "/lab"
