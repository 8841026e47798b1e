"""From source records to one row per patient (or patient and visit), each with its reason: frames in, frames out."""
