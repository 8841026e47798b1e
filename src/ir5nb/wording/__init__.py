"""The only rounding and number-to-text of the package, in English and French; every label goes through it.

Source: spec/report.md (form), house style ("Round once, half away from zero, in `wording`, last").

`shown(value, form, lang)` writes a number of the results in one of the named `FORMS`; `say(key, lang)` gives a phrase
and `label(level, lang)` the label of a level. `csv_safe` keeps text from becoming a formula, `escape` from becoming
markup.

Examples
--------
>>> estimate(0.7333, 0.4362, 0.8904), p_value(2.6e-27), x_of_n(4, 11)
('73.3% (43.6–89.0)', '<0.0001', '4/11 (36.4%)')
"""

from ir5nb.wording.forms import FORMS, count, form_of, reached, shown
from ir5nb.wording.narrative_fr import NARRATIVE_FR
from ir5nb.wording.numbers import (
    DASH,
    MISSING,
    Lang,
    date,
    decimal,
    exact,
    missing,
    months,
    p_value,
    percent,
    percent_sign,
    plain,
    rounded,
)
from ir5nb.wording.phrases import PHRASES, entry, label, method, narrative, say
from ir5nb.wording.safe import csv_safe, escape
from ir5nb.wording.sentences import estimate, interval, months_interval, n_percent, plural, x_of_n
from ir5nb.wording.told import told

__all__ = [
    "DASH", "FORMS", "MISSING", "NARRATIVE_FR", "PHRASES", "Lang", "count", "csv_safe", "date", "decimal", "entry",
    "escape", "estimate", "exact", "form_of", "interval", "label", "method", "missing", "months", "months_interval",
    "n_percent", "narrative", "p_value", "percent", "percent_sign", "plain", "plural", "reached", "rounded", "say",
    "shown", "told", "x_of_n",
]  # fmt: skip
