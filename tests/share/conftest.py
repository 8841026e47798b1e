"""One shared run on the demo data with planted texts: what must not leave the folder is known word by word."""

import io
import zipfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pandas as pd
import pypdf
import pytest

STEMS = ("c2_gtt", "c3_tet", "pooled_safety")
FREE = {"AE": ["AETERM"], "CM": ["CMTRT"], "DS": ["DSTERM"], "MH": ["MHTERM"], "PR": ["PRTRT"]}


def planted(domain: str, table: pd.DataFrame) -> pd.DataFrame:
    """Put an own text into every free-text cell, and a birth date into every patient's row."""
    table = table.copy()
    for column in FREE.get(domain, []):
        table[column] = [f"{column.lower()} said {number}x" for number in range(len(table))]
    if "SITEID" in table:
        table["SITEID"] = [f"SITE{one}" for one in table["SITEID"]]
    if domain == "DM":
        table["BRTHDTC"] = [f"19{40 + number % 50}-0{1 + number % 9}-1{number % 10}" for number in range(len(table))]
    return table


@pytest.fixture(scope="session")
def source_tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """The tables as text, as the run reads them."""
    tables = {}
    for file in resources.files("ir5nb.demo").iterdir():
        if file.name.endswith(".csv"):
            domain = file.name.removesuffix(".csv").upper()
            with resources.as_file(file) as path:
                tables[domain] = planted(domain, pd.read_csv(path, dtype=str, keep_default_na=False))
    return tables


@pytest.fixture(scope="session")
def source_folder(source_tables: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    for domain, table in source_tables.items():
        table.to_csv(folder / f"{domain.lower()}.csv", index=False)
    return folder


@pytest.fixture(scope="session")
def shared_run(ir5nb: Callable, source_folder: Path, once: Callable) -> Path:
    """The folder of `ir5nb run c2 c3 pooled_safety --edition share`."""
    words = ("run", *STEMS, "--data", source_folder, "--edition", "share", "--run", "demo", "--jobs", "2")

    def run(out: Path) -> None:
        done = ir5nb(*words, "--out", out)
        assert done.returncode == 0, done.stderr

    return once("shared-run", run) / "demo-share"


@pytest.fixture(scope="session")
def pages(demo_run: Path) -> dict[str, pd.DataFrame]:
    """Every number of the full edition, by cohort and for the pooled report: what each page masks by itself."""
    results = pd.read_parquet(demo_run / "results.parquet")
    cohorts = {str(name): rows.reset_index(drop=True) for name, rows in results.groupby("cohort", sort=False)}
    return cohorts | {"pooled": pd.read_parquet(demo_run / "pooled_safety.parquet")}


def said(path: Path) -> str:
    """Everything a file says, whatever its form."""
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    if path.suffix == ".pdf":
        reader = pypdf.PdfReader(path)
        return "\n".join(page.extract_text() for page in reader.pages) + str(reader.metadata) + str(reader.xmp_metadata)
    if path.suffix == ".parquet":
        text = io.StringIO()
        pd.read_parquet(path).to_csv(text)
        return text.getvalue()
    return path.read_bytes().decode("utf-8", "ignore")


@pytest.fixture(scope="session")
def contents(shared_run: Path) -> dict[str, str]:
    """What every file of the shared folder says, by its path."""
    files = [path for path in sorted(shared_run.rglob("*")) if path.is_file()]
    return {path.relative_to(shared_run).as_posix(): said(path) for path in files}
