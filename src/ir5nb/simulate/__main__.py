"""`python -m ir5nb.simulate` rebuilds the demo data inside the package."""

from ir5nb.simulate.demo import rebuild

rebuild()
