"""The same notebook and code on third-party tables: best response and times to event against admiralonco's template.

Expected values: tests/known (made by R admiral/admiralonco, see golden README); they count days inclusively (+1).
"""

from pathlib import Path

import pandas as pd
import pytest

KNOWN = Path(__file__).parents[1] / "known"
ADRS = pd.read_csv(KNOWN / "bor" / "adrs_expected.shared.csv", keep_default_na=False)
ADTTE = pd.read_csv(KNOWN / "endpoints" / "adtte_expected.shared.csv", keep_default_na=False)
SOURCES = {"pharmaverse_recist": "rs_onco_recist/INVESTIGATOR", "pharmaverse_large": "rs_onco/INVESTIGATOR"}


@pytest.fixture(scope="module", params=sorted(SOURCES))
def study(request, ir5nb, root: Path, shared: Path, tmp_path_factory) -> tuple[str, dict[str, pd.DataFrame]]:
    out = tmp_path_factory.mktemp(request.param) / "derived"
    plan = root / "tests" / "plans" / f"{request.param}.yaml"
    done = ir5nb("derive", shared / "data" / "pharmaversesdtm", "--plan", plan, "--base", "c3_tet", "--out", out)
    assert done.returncode == 0, done.stderr
    return SOURCES[request.param], {path.stem: pd.read_parquet(path) for path in out.glob("*.parquet")}


@pytest.mark.parametrize("code", ["BOR", "CBOR"])
def test_best_response_of_every_subject(study: tuple[str, dict[str, pd.DataFrame]], code: str) -> None:
    source, tables = study
    expected = ADRS[ADRS["source"].eq(source) & ADRS["PARAMCD"].eq(code)].set_index("USUBJID")["AVALC"]
    ours = tables["adrs"].query("PARAMCD == @code").set_index("USUBJID")["AVALC"]
    treated = expected[expected.index.isin(ours.index)]
    never = set(expected.index) - set(treated.index)
    assert set(expected[sorted(never)]) <= {"MISSING"}  # never treated: outside the population, no response there
    assert ours[treated.index].tolist() == treated.tolist()
    assert len(treated) >= 150


def test_progression_free_survival_of_every_subject(study: tuple[str, dict[str, pd.DataFrame]]) -> None:
    source, tables = study
    expected = ADTTE[ADTTE["source"].eq(source) & ADTTE["PARAMCD"].eq("PFS")].set_index("USUBJID")
    ours = tables["adtte"].query("PARAMCD == 'PFS'").set_index("USUBJID").loc[expected.index]
    assert (ours["AVAL"] + 1).tolist() == expected["AVAL"].tolist()
    assert ours["CNSR"].tolist() == expected["CNSR"].tolist()


def test_overall_survival_of_every_subject(study: tuple[str, dict[str, pd.DataFrame]]) -> None:
    """Deaths agree; the living are followed at least as long: ours counts every dated contact (decisions.md)."""
    source, tables = study
    expected = ADTTE[ADTTE["source"].eq(source) & ADTTE["PARAMCD"].eq("OS")].set_index("USUBJID")
    ours = tables["adtte"].query("PARAMCD == 'OS'").set_index("USUBJID").loc[expected.index]
    assert ours["CNSR"].tolist() == expected["CNSR"].tolist()
    dead = expected["CNSR"].eq(0)
    assert (ours.loc[dead, "AVAL"] + 1).tolist() == expected.loc[dead, "AVAL"].tolist()
    later = ours["AVAL"] + 1 - expected["AVAL"]
    assert (later >= 0).all()
    assert set(ours.loc[later > 0, "SRCDOM"]) <= {"DS", "RS", "TR", "TU"}
    assert (later == 0).sum() >= 100


def test_the_notebook_runs_on_it(ir5nb, root: Path, shared: Path, tmp_path: Path) -> None:
    data, plan = shared / "data" / "pharmaversesdtm", root / "tests" / "plans" / "pharmaverse_recist.yaml"
    done = ir5nb("run", "c3", "--data", data, "--plan", plan, "--out", tmp_path, "--run", "pilot")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "pilot" / "c3_tet.html").read_text(encoding="utf-8")
    assert "CDISC pilot, RECIST examples" in page
    results = pd.read_parquet(tmp_path / "pilot" / "results.parquet")
    assert results.query("analysis == 'analysis_sets' and group == 'treated'")["value"].max() == 254
