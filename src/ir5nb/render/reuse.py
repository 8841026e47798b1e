"""What a run may take from an earlier one: reports and numbers of the same data, plan, notebook and package."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Final, Literal

from ir5nb.render import folder as folders
from ir5nb.render.record import MANIFEST, fingerprint, fingerprints

REPORTS: Final = ".reports"  # where the reports of a run that is being written are
NUMBERS: Final = ".numbers"  # and their numbers; beside the reports in what a failed run keeps
_STAMP: Final = "stamp.json"
_LIBRARIES: Final = (
    "altair", "great-tables", "ipykernel", "itables", "nbconvert", "numpy", "pandas", "papermill", "pypandoc-binary",
    "scipy", "statsmodels", "typst", "vl-convert-python",
)  # fmt: skip


def inputs(parts: Mapping[str, object]) -> str:
    """Give the SHA-256 of everything that a report is made of.

    Parameters
    ----------
    parts
        Fingerprints and settings by name; their order does not matter.

    Examples
    --------
    >>> inputs({"plan": "a", "data": "b"}) == inputs({"data": "b", "plan": "a"})
    True
    """
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def package() -> str:
    """Give the SHA-256 of the package's own source, templates and data included."""
    root = Path(__file__).parents[1]
    files = sorted(path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return inputs({path.relative_to(root).as_posix(): fingerprint(path) for path in files})


def versions() -> dict[str, str]:
    """Give the versions of Python and of every library that a report is made with, by name."""
    found = {name: metadata.version(name) for name in _LIBRARIES}
    return {"python": platform.python_version(), **found}


def stamp(place: Path, made_of: str, told: Mapping[str, object] | None = None) -> None:
    """Mark a report, or its numbers, as complete; written last, so that a killed run leaves none that is not.

    Parameters
    ----------
    place
        Folder of the report or the numbers.
    made_of
        What `inputs` gave for it.
    told
        What its files do not say and a later run needs: plain values.
    """
    (place / _STAMP).unlink(missing_ok=True)
    text = json.dumps({"inputs": made_of, "files": fingerprints(place), "told": dict(told or {})}, sort_keys=True)
    (place / (_STAMP + ".part")).write_text(text, encoding="utf-8")
    (place / (_STAMP + ".part")).rename(place / _STAMP)


def unstamp(place: Path) -> str:
    """Take the stamp off a complete report, or its numbers, and give what it was made of.

    Parameters
    ----------
    place
        Folder of the report or the numbers.
    """
    made_of: str = json.loads((place / _STAMP).read_text(encoding="utf-8"))["inputs"]
    (place / _STAMP).unlink()
    return made_of


def take(
    target: Path, stem: str, made_of: str, place: Path, kind: Literal["reports", "numbers"] = "reports"
) -> dict[str, Any] | None:
    """Copy a report or its numbers from an earlier run to the same folder, finished, failed or killed, if the same.

    Parameters
    ----------
    target
        Folder of the run.
    stem
        Name of the report.
    made_of
        What `inputs` gives for it now.
    place
        Folder to copy it to, with its stamp.
    kind
        Which of the two.

    Returns
    -------
    dict or None
        What was told with its stamp, where there was one whose inputs and files are as they were.
    """
    for folder, entry in _candidates(target, stem, kind):
        files = entry.get("files", {})
        if entry.get("inputs") != made_of or not files or not _intact(folder, files):
            continue
        for name in files:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, place / name)
        told = dict(entry.get("told", {}))
        stamp(place, made_of, told)
        return told
    return None


def _candidates(target: Path, stem: str, kind: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Find it in what killed runs left, in what a failed one kept, and in the finished folder."""
    own, failed = REPORTS if kind == "reports" else NUMBERS, target.with_name(target.name + folders.FAILED)
    kept = [left / own for left in folders.leftovers(target)]
    for folder in [*kept, failed if kind == "reports" else failed / NUMBERS]:
        entry = _read(folder / stem / _STAMP)
        if entry:
            yield folder / stem, entry
    yield target, _read(target / MANIFEST).get(kind, {}).get(stem, {})


def _read(path: Path) -> dict[str, Any]:
    """Read a file that this package wrote; nothing where it is absent or no longer what it was."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _intact(folder: Path, files: Mapping[str, str]) -> bool:
    """Tell whether every file is inside the folder and still the one that was written."""
    inside = all((folder / name).resolve().is_relative_to(folder.resolve()) for name in files)
    return inside and all(
        (folder / name).is_file() and fingerprint(folder / name) == digest for name, digest in files.items()
    )
