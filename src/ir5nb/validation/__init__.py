"""What `ir5nb validate` does: the project's own tests as a record, and statistics compared with R live."""

from ir5nb.validation.peers import COLUMNS, compared, rscript
from ir5nb.validation.suite import Record, run

__all__ = ["COLUMNS", "Record", "compared", "rscript", "run"]
