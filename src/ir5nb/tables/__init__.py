"""Customary tables of a trial report, as great-tables with fixed ids; no arithmetic, every number with its key.

Source: spec/tlf.csv (layouts), spec/report.md (contents), issues 2 and 5.

Every function takes frames and returns a `great_tables.GT` (`headline` returns a `Card`); the keywords `footing`
(a `Footing`: cut-off, assumed values, draft reason, extra notes), `lang` ("en" | "fr") and `id` are common to all.
Population and method of the footnotes are read from the rows themselves.

**Results frames** have the columns `schema.RESULTS`. A printed number is a
`<span data-key="cohort|analysis|population|reading|endpoint|group|time|statistic" data-form="percent">27.3</span>`;
`wording.shown(value, form, lang)` gives the same text, so a page can be compared with its results. Proportions are
stored in 0..1 (unit "proportion"), durations in days (unit "days"; shown in months by the time-to-event table).
A missing value (NaN) is "–"; a missing or infinite quantile of a time is "not reached". A row that is absent is
left out. The order of endpoints and groups is their order in the frame. Labels (`endpoint`, `group`, `time`) go
through `wording.label`: a known key is translated, other text is shown as it is, escaped.

================================  =====================================================================================
`headline(sentence, results)`     rows: successes, total, pending, estimate, lower, upper (any left out)
`design(results)`                 statistics p0 p1 alpha power r1 n1 r n alpha_exact power_exact pet_p0 pet_p1 en_p0
                                  en_p1
`operating_characteristics(…)`    group = true rate ("0.40"); statistics rejection, pet, en
`decision(results)`               group = "stage 1" | "stage 2"; statistics planned, total, successes, bound, p_value,
                                  umvue, lower, upper; the decision in words is the `note` of the row `successes`
`monitoring(results)`             group = assumption ("p0", "p1", "observed", prior in words); statistics
                                  conditional_power, predictive_power, predictive_probability, posterior_p0,
                                  posterior_p1
`analysis_sets(results)`          endpoint = block ("analysis_sets", "exclusions"), group = set or reason;
                                  count, proportion
`disposition(results)`            endpoint = block, group = status or reason; count, proportion
`baseline(results)`               endpoint = variable; group = level with count, proportion; or (group "")
                                  n mean sd median q1 q3 min max geometric_mean
`exposure(results)`               as baseline; `unit` of the rows is printed behind the variable ("months", "cycles")
`primary_categories(results)`     endpoint = "SUCCESS" | "FAILURE" | "PENDING", group = category; count, proportion
                                  (group "" = the block's own total)
`primary_estimates(results)`      one line per row group: statistics successes, total; naive, umvue, median_unbiased,
                                  bias_adjusted; p_value; stagewise interval lower, upper; one-sided bound lower_bound;
                                  Clopper-Pearson cp_lower, cp_upper; km_rate km_lower km_upper. `method` is printed
`readings(panel, results)`        panel: READING, LABEL, DECISION, DEFAULT (bool); numbers from the results by reading:
                                  successes, total, estimate, lower, upper
`week24_listing(patients)`        USUBJID, TRTSDT, LANDMARKDT, STATUS, CATEGORY, DECDT, reason (LASTIMGDT optional)
`best_response(results)`          columns = reading ("unconfirmed", "confirmed" …); endpoint BOR: group = CR PR SD …
                                  count, proportion; endpoint ORR, DCR: count, proportion, lower, upper
`discordance(visits)`             USUBJID, VISIT, ADT, INVESTIGATOR, DERIVED, reason (INDEPENDENT optional)
`agreement(results)`              group = "investigator/derived" pairs ("PD/SD"); count
`time_to_event(results)`          columns = endpoint (PFS, OS, RFS, DOR, FUP): total, events, censored (+ _proportion:
                                  events_proportion …); group = kind of first event: count; median q1 q3 each with
                                  _lower, _upper; min, max (note "+": censored); time = "3" "6" … months (or "168 d"):
                                  rate, rate_lower, rate_upper
`censoring(results)`              endpoint; group = reason; count, proportion
`queries(problems)`               FILE, ROW, USUBJID, COLUMN, PROBLEM, ACTION (any left out)
`corrections(ledger)`             FILE, USUBJID, COLUMN, WAS, NOW, WHY, DATE (any left out)
`imputed_dates(dates)`            USUBJID, DOMAIN, SEQ, VARIABLE, RECORDED, USED, RULE
`pending(patients)`               USUBJID, TRTSDT, LANDMARKDT, DUEDT, reason
`provenance(items)`               SECTION, ITEM, VALUE (DETAIL optional)
`assumed_values(items)`           ENTRY, VALUE, WHY (SOURCE optional)
`accrual(results)`                group = centre or month; count (observed), planned
`summary(results, title)`         any block table: endpoint/group with count, proportion or n mean sd …;
                                  `columns=` one of the key names makes a column of each of its values
`ae_overview(results)` …          safety: `ae_terms ae_worst_grade ae_special_interest ae_incidence ae_first deaths
                                  dose_changes laboratory exposure_by_cohort`, each of the analysis of that name, one
                                  column per cohort, regimen and in all (`ir5nb.tables.safety`)
`listing(frame, title)`           any frame, one row a record; columns labelled by `wording.label`
================================  =====================================================================================

`total` (group "", the endpoint's or the column's) gives "N = …" in the header of the block tables.
"""

from ir5nb.tables.accrual import accrual
from ir5nb.tables.blocks import (
    agreement,
    analysis_sets,
    baseline,
    censoring,
    disposition,
    exposure,
    primary_categories,
    summary,
)
from ir5nb.tables.card import Card, headline
from ir5nb.tables.design import decision, design, monitoring, operating_characteristics
from ir5nb.tables.footing import Footing
from ir5nb.tables.layout import Table
from ir5nb.tables.listings import (
    assumed_values,
    corrections,
    discordance,
    imputed_dates,
    listing,
    pending,
    provenance,
    queries,
    week24_listing,
)
from ir5nb.tables.markup import key_of
from ir5nb.tables.primary import primary_estimates, readings
from ir5nb.tables.response import best_response
from ir5nb.tables.safety import (
    ae_first,
    ae_incidence,
    ae_overview,
    ae_special_interest,
    ae_terms,
    ae_worst_grade,
    deaths,
    dose_changes,
    laboratory,
)
from ir5nb.tables.safety import exposure as exposure_by_cohort
from ir5nb.tables.survival import time_to_event

__all__ = [
    "Card",
    "Footing",
    "Table",
    "accrual",
    "ae_first",
    "ae_incidence",
    "ae_overview",
    "ae_special_interest",
    "ae_terms",
    "ae_worst_grade",
    "agreement",
    "analysis_sets",
    "assumed_values",
    "baseline",
    "best_response",
    "censoring",
    "corrections",
    "deaths",
    "decision",
    "design",
    "discordance",
    "disposition",
    "dose_changes",
    "exposure",
    "exposure_by_cohort",
    "headline",
    "imputed_dates",
    "key_of",
    "laboratory",
    "listing",
    "monitoring",
    "operating_characteristics",
    "pending",
    "primary_categories",
    "primary_estimates",
    "provenance",
    "queries",
    "readings",
    "summary",
    "time_to_event",
    "week24_listing",
]  # fmt: skip
