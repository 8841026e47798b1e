"""Plan files that mean harm: refused before anything runs, or inert to the last byte of the outputs."""

from pathlib import Path

import pytest
from small import contents, project

HARM = "HARMED"  # the file that each attack tries to make
CALL = f"__import__('os').system('touch {HARM}')"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("hostile"), "c2_gtt")


def nested_aliases(depth: int = 9) -> str:
    """A small file that is large when its aliases are followed: 9 to the power of `depth` texts."""
    levels = ["  a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"  a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, depth)]
    return "\n".join(["mapping:", *levels])


REFUSED = {
    "a tag that calls": (f'title: !!python/object/apply:os.system ["touch {HARM}"]\n', "not readable as YAML"),
    "a tag that makes": ("title: !!python/name:os.system\n", "not readable as YAML"),
    "a key that is code": (f'"{CALL}": 1\n', "is no entry of a plan"),
    "a number that is code": (f'p0: "{CALL}"\n', "p0: found"),
    "a cohort with a way out": ("cohort: ../../../up\n", "cohort: found '../../../up'"),
    "a cohort with a quote": ('cohort: "GTT\'; DROP"\n', "cohort: found"),
    "a cohort with a newline": ('cohort: "GTT\\nimport os"\n', "cohort: found"),
    "aliases of aliases": (nested_aliases(), "alias"),
    "a key that stands twice": ("p0: 0.1\np0: 0.2\n", "stands twice"),
    "no mapping": ("- p0\n", "expected `key: value` lines"),
    "a byte that is no text": ("title: \udcff\n", "not readable as YAML"),
}


@pytest.mark.parametrize("attack", REFUSED)
def test_refused_before_anything_runs(ir5nb, small: Path, tmp_path: Path, attack: str) -> None:
    text, said = REFUSED[attack]
    plan = tmp_path / "mine.yaml"
    plan.write_bytes(text.encode("utf-8", errors="surrogateescape"))
    done = ir5nb("run", "c2", "--plan", plan, "--out", tmp_path / "runs", cwd=small)
    assert done.returncode == 1, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr) < 3000
    assert not (tmp_path / "runs").exists()
    assert not list(small.rglob(HARM))


def test_a_value_of_fifty_megabytes_is_refused_unread(ir5nb, small: Path, tmp_path: Path) -> None:
    plan = tmp_path / "mine.yaml"
    plan.write_text(f'title: "{"x" * 50_000_000}"\n')
    done = ir5nb("run", "c2", "--plan", plan, "--out", tmp_path / "runs", cwd=small)
    assert done.returncode == 1
    assert "a plan has at most one megabyte" in done.stderr
    assert len(done.stderr) < 500
    assert not (tmp_path / "runs").exists()


def test_names_of_runs_that_lead_elsewhere_are_refused(ir5nb, small: Path, tmp_path: Path) -> None:
    done = ir5nb("run", "c2", "--out", tmp_path / "runs", "--run", "../elsewhere", cwd=small)
    assert done.returncode == 1
    assert "cannot name an output folder" in done.stderr
    assert not (tmp_path / "elsewhere").exists()


def test_texts_that_are_code_markup_and_formula_are_shown_as_they_are(ir5nb, small: Path, tmp_path: Path) -> None:
    """A title that would end a Python string, a script and a YAML line: papermill injects it, the pages show it."""
    title = f'\');\\n"""\\n{CALL} #</script><img src=x onerror=alert(1)>{{{{ 7 * 7 }}}}'
    plan = tmp_path / "mine.yaml"
    plan.write_text(f'title: "{title.replace(chr(34), chr(92) + chr(34))}"\n', encoding="utf-8")
    done = ir5nb("run", "c2", "--plan", plan, "--formats", "html", "--out", tmp_path, "--run", "odd", cwd=small)
    assert done.returncode == 0, done.stderr
    files = contents(tmp_path / "odd")
    for name in ("c2_gtt.html", "index.html"):
        page = files[name].decode()
        assert "onerror=alert(1)&gt;" in page, name
        assert "<img src=x" not in page, name
        assert "{{ 7 * 7 }}" in page, name
    assert not list(small.rglob(HARM))
    assert not list(tmp_path.rglob(HARM))
    assert not Path(HARM).exists()
