"""Charts of a trial report in Altair: one theme, one renderer, a text alternative computed from the data.

Source: spec/report.md (form), spec/tlf.csv (figures), spec/notebooks.md (renderer), issues 2 and 5.

Importing this package registers and enables the theme and the renderer `ir5nb` (specification as
`application/vnd.vegalite.v5+json`, text alternative as `text/plain`). Every function takes frames and returns an
Altair chart; `subject` (e.g. "Cohort 3, thymic tumours") enters the title, `lang` is "en" | "fr", `name` prefixes the
names of the data sets. An empty frame draws a chart that says so. Only the columns listed are kept in the chart
(data limited to what is drawn and its tooltip); `PATIENT` is the label shown, so an edition chooses it.
Times are in months unless said otherwise; rates and limits in 0..1; PCHG in percent.

============================================  ==========================================================================
`stage_plot(patients, *, r1, n1, r, n)`       PATIENT (1, 2, …), SUCCESSES (cumulative), STATUS (SUCCESS,
                                              FAILURE, PENDING); optional LABEL (patient of the tooltip)
`accrual(months)`                             MONTH (date or "2026-01"), OBSERVED, PLANNED (cumulative, NaN allowed),
                                              optional PROJECTED
`accrual_by_centre(centres)`                  SITEID, OBSERVED, optional PLANNED
`kaplan_meier(curve, censored, at_risk, *,    curve: time, survival, lower, upper; censored: time, survival; at_risk:
 endpoint)`                                   time, n; optional `group` in all three; `landmark=` months draws a line;
                                              `last=` months ends the axis
`cumulative_incidence(curve, at_risk, *,      curve: time, incidence, lower, upper, cause; at_risk: time, n (optional)
 endpoint)`
`waterfall(patients)`                         PATIENT, PCHG, BOR, NEWLES ("Y"/"N")
`spider(visits)`                              PATIENT, MONTHS, PCHG, BOR, optional NEWLES
`swimmer(bars, marks)`                        bars: PATIENT, START, END, ONGOING ("Y"/"N");
                                              marks: PATIENT, TIME, MARK (RESPONSE | PROGRESSION | CLINICAL PROGRESSION
                                              | NEW THERAPY | END OF TREATMENT | DEATH | NORMALISATION | RESISTANCE)
`readings_panel(panel, *, p0, p1)`            READING, LABEL, SUCCESSES, N, ESTIMATE, LOWER, UPPER, DECISION,
                                              DEFAULT (bool)
`flow(boxes)`                                 LEVEL (0, 1, … top down), LANE ("main" | "out"), LABEL, N
`hcg_curves(assays, limits, marks)`           assays: PATIENT, WEEK, HCG (IU/L), BELOW ("Y": below quantification);
                                              limits: LIMIT (IU/L, one row per institutional limit), optional LABEL;
                                              marks: PATIENT, WEEK, HCG, MARK (NORMALISATION | RESISTANCE |
                                              END OF TREATMENT | RELAPSE); `landmark=24` weeks
`operating_curve(rates, *, p0, p1)`           RATE, REJECTION, PET (probabilities by true rate)
`expected_patients(rates, *, p0, p1)`         RATE, EN (expected patients by true rate)
`ae_dots(dots)`                               AEDECOD, GROUP, TOTAL, LEVEL, N (patients by column, term, worst level)
`ae_heat(heat)`                               USUBJID, AEDECOD, ALEVEL, GROUP (worst level of each patient and term)
`ae_onset(onset)`                             AESICAT, MONTHS, ALEVEL, AEDECOD (first event by patient and category)
`exposure(durations)`                         PATIENT, COHORT, MONTHS, ONGOING ("Y"/"N")
============================================  ==========================================================================
"""

from ir5nb.charts.accrual import accrual, accrual_by_centre
from ir5nb.charts.canvas import Chart
from ir5nb.charts.flow import flow
from ir5nb.charts.hcg import hcg_curves
from ir5nb.charts.readings import readings_panel
from ir5nb.charts.renderer import MIME
from ir5nb.charts.response import spider, waterfall
from ir5nb.charts.safety import ae_dots, ae_heat, ae_onset, exposure
from ir5nb.charts.sizes import expected_patients
from ir5nb.charts.stage import operating_curve, stage_plot
from ir5nb.charts.survival import cumulative_incidence, kaplan_meier
from ir5nb.charts.swimmer import swimmer
from ir5nb.charts.theme import theme

__all__ = [
    "MIME",
    "Chart",
    "accrual",
    "accrual_by_centre",
    "ae_dots",
    "ae_heat",
    "ae_onset",
    "cumulative_incidence",
    "expected_patients",
    "exposure",
    "flow",
    "hcg_curves",
    "kaplan_meier",
    "operating_curve",
    "readings_panel",
    "spider",
    "stage_plot",
    "swimmer",
    "theme",
    "waterfall",
]  # fmt: skip
