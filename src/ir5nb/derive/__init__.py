"""From source records to one row per patient (or patient and visit), each with its reason: frames in, frames out."""

from ir5nb.derive import irecist, kinetics  # noqa: F401 - no analysis loads them: so Tab finds them all
