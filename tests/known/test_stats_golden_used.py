"""Every golden file of the statistics is here, unchanged, and read by a test; the tests count their rows."""

import gzip
import re
from pathlib import Path

import pandas as pd
import pytest

HERE = Path(__file__).parent
GOLDEN = HERE / "stats"
OURS = {"r_groups.csv", "r_groups_data.csv"}  # made by r_groups.R beside them
PUBLISHED = {"ci_validation_cases": "published_intervals", "simon_trials": "published_simon_trials"}
FILES = sorted(path for path in GOLDEN.iterdir() if path.suffix in {".csv", ".gz"})


def content(path):
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_is_read_by_a_test(path):
    readers = [test.name for test in HERE.glob("test_stats_*.py") if f'"{path.name}"' in test.read_text("utf-8")]
    assert set(readers) - {Path(__file__).name}, f"{path.name} is in no test"


def test_each_dataset_is_named_by_a_row_or_a_test():
    """A data set in `datasets/` serves the rows that name it; those called full_ hold all columns of another."""
    tests = "".join(
        path.read_text("utf-8") for path in HERE.glob("test_stats_*.py") if path.name != Path(__file__).name
    )
    named = {path.stem for path in (GOLDEN / "datasets").glob("*.csv") if f'"{path.stem}"' in tests}
    for path in FILES:
        frame = pd.read_csv(path)
        if "dataset" in frame:
            named |= set(frame.dataset)
    stems = {path.stem for path in (GOLDEN / "datasets").glob("*.csv")}
    assert {stem for stem in stems if stem.removeprefix("full_") not in named} == set()


def test_copies_are_the_golden_files(shared):
    """Each file of golden/stats and golden/published has its copy here, byte for byte."""
    golden = {path.name.split(".")[0]: path for path in (shared / "golden" / "stats").iterdir() if path.is_file()}
    golden |= {PUBLISHED[path.stem]: path for path in (shared / "golden" / "published").iterdir()}
    copies = {path.name.split(".")[0]: path for path in FILES if path.name not in OURS}
    assert set(copies) == set(golden)
    for name, path in golden.items():
        assert content(copies[name]) == path.read_bytes(), name
    for path in (shared / "golden" / "stats" / "datasets").iterdir():
        assert (GOLDEN / "datasets" / f"{path.name.split('.')[0]}.csv").read_bytes() == path.read_bytes(), path.name


def test_the_tables_of_the_methods_name_tests_that_exist(root):
    """docs/methods.md lists golden files and traps beside their tests; a renamed test turns this red."""
    text = (root / "docs" / "methods.md").read_text("utf-8")
    named = set(re.findall(r"`(test_\w+)`", text[text.index("## 14.") :])) - {Path(__file__).stem}
    tests = "".join(path.read_text("utf-8") for path in HERE.parent.rglob("test_*.py"))
    assert len(named) > 50
    assert named - set(re.findall(r"^def (test_\w+)", tests, flags=re.MULTILINE)) == set()


def test_the_table_of_golden_files_is_complete(root):
    text = (root / "docs" / "methods.md").read_text("utf-8")
    table = text[text.index("## 14.") : text.index("## 15.")]
    listed = {
        name for line in re.findall(r"^\| ([^|]+) \|", table, flags=re.MULTILINE) for name in re.split(r"[,: ]+", line)
    }
    names = {path.name.split(".")[0] for path in FILES if path.name not in OURS}
    names = (names - set(PUBLISHED.values())) | set(PUBLISHED)
    assert names - listed == set()
