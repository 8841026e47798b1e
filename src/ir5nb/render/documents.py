"""The report as files to print and to edit: PDF, DOCX, and each chart as SVG and PNG; equal bytes on equal inputs."""

from __future__ import annotations

import tempfile
from pathlib import Path

import nbformat

from ir5nb import wording
from ir5nb.render import article, figures, paper, word
from ir5nb.render.identity import identity
from ir5nb.render.narrative import translated
from ir5nb.wording import Lang


def write(executed: Path, folder: Path, title: str, lang: Lang) -> tuple[Path, ...]:
    """Write `<stem>.pdf`, `<stem>.docx` and `figures/<stem>-<nn>-<name>.svg` and `.png` of an executed notebook.

    Narrative, tables and charts are kept, code is left out. Nothing is asked of the network.

    Source: spec/report.md, "Formats".

    Parameters
    ----------
    executed
        The executed notebook; its stem names the files.
    folder
        The run's folder.
    title
        Title of the report (text, never markup).
    lang
        "en" or "fr"; the narrative is translated, tables and charts are as the notebook made them.

    Returns
    -------
    tuple of Path
        The files written.
    """
    notebook = translated(nbformat.read(executed, as_version=4), lang)  # type: ignore[no-untyped-call]
    parts = article.read(notebook)
    told = identity(notebook, parts, wording.label(title, lang), lang)
    drawings = [part for part in parts if isinstance(part, article.Drawing)]
    (folder / "figures").mkdir(exist_ok=True)
    drawn: dict[int, str] = {}
    pictures: dict[int, Path] = {}
    for drawing in drawings:
        file = folder / "figures" / f"{executed.stem}-{drawing.number:02d}-{drawing.name}.svg"
        drawn[drawing.number] = figures.vector(drawing.specification)
        pictures[drawing.number] = file.with_suffix(".png")
        seen = figures.described(drawn[drawing.number], drawing.specification, drawing.words)
        file.write_text(seen, encoding="utf-8")
        file.with_suffix(".png").write_bytes(figures.raster(drawn[drawing.number]))
    pdf, docx = folder / f"{executed.stem}.pdf", folder / f"{executed.stem}.docx"
    with tempfile.TemporaryDirectory() as work:
        paper.write(parts, drawn, pdf, told, Path(work))
    word.write(parts, pictures, docx, told)
    vectors = [path.with_suffix(".svg") for path in pictures.values()]
    return (pdf, docx, *sorted([*pictures.values(), *vectors]))
