"""Numbers in, frozen results out: statistics of single-arm two-stage designs and of survival data."""
