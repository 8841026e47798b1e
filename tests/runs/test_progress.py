"""What a reader sees while a run is going on: in a terminal each report's step, elsewhere a line when it is done."""

import io
import re

from rich.console import Console

from ir5nb.cli.progress import Watch

CELLS = 38


def seen(terminal: bool) -> str:
    """Watch two reports, one of them unchanged, and give what was shown, without the terminal's own codes."""
    shown = io.StringIO()
    with Watch(Console(file=shown, force_terminal=terminal, width=100), ("c1_pm", "c2_gtt")) as watch:
        watch.said("executing")
        for done in (1, CELLS, CELLS + 1, CELLS + 2):
            watch.stepped("c1_pm", done, CELLS + 2)
            watch._bars.refresh()
        watch.finished("c1_pm", "done in 3 s")
        watch.finished("c2_gtt", "unchanged")
        watch._bars.refresh()
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.getvalue())


def test_a_terminal_shows_every_step() -> None:
    text = seen(terminal=True)
    steps = ["executing", "cell 1 of 38", "page", "documents", "2 done"]
    places = [text.index(step) for step in steps]
    assert places == sorted(places)
    assert "done in 3 s" in text
    assert "unchanged" in text


def test_elsewhere_a_line_says_what_is_done() -> None:
    assert seen(terminal=False).splitlines() == ["c1_pm: done in 3 s (1 of 2)", "c2_gtt: unchanged (2 of 2)"]
