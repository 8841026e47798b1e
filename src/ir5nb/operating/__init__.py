"""What the whole analysis does on thousands of simulated trials (issue 8)."""

from ir5nb.operating.chunk import CHUNK
from ir5nb.operating.drawn import curves, dots
from ir5nb.operating.findings import labels
from ir5nb.operating.sentences import sentences
from ir5nb.operating.study import Scenario, Study, decisive, run
from ir5nb.operating.summary import NOMINAL, summary
from ir5nb.simulate.world import AS_IN_THE_DEMO, FLAWLESS, Conduct

__all__ = [
    "AS_IN_THE_DEMO", "CHUNK", "FLAWLESS", "NOMINAL", "Conduct", "Scenario", "Study", "curves",
    "decisive", "dots", "labels", "run", "sentences", "summary",
]  # fmt: skip
