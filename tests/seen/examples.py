"""Frames of made-up patients, one for each table and chart: what the gallery shows and the tests draw."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from ir5nb import charts, tables
from ir5nb.schema import RESULTS

KEY = {
    "cohort": "c3",
    "analysis": "primary",
    "population": "treated",
    "reading": "default",
    "endpoint": "",
    "group": "",
    "time": "",
}
FOOTING = tables.Footing(cutoff="2026-06-30", assumed=("design.p0", "design.p1"), draft="3 patients pending")
SUBJECT = "Cohort 3, thymic tumours (B3 thymoma and thymic carcinoma)"


def row(statistic, value, unit="count", method="", note="", **key):
    return KEY | key | {"statistic": statistic, "value": value, "unit": unit, "method": method, "note": note}


def frame(*rows):
    return pd.DataFrame(list(rows), columns=list(RESULTS))


def part(group, count, total, **key):
    return [
        row("count", count, group=group, **key),
        row("proportion", count / total if total else None, "proportion", group=group, **key),
    ]


def design():
    values = {"p0": 0.4, "p1": 0.6, "alpha": 0.05, "power": 0.8, "r1": 7, "n1": 16, "r": 23, "n": 46}
    exact = {
        "alpha_exact": 0.0480,
        "power_exact": 0.8042,
        "pet_p0": 0.7161,
        "pet_p1": 0.1423,
        "en_p0": 24.52,
        "en_p1": 41.7,
    }
    return frame(*(row(name, value, "", "Simon 1989") for name, value in (values | exact).items()))


def operating():
    return frame(
        *(
            row(name, value, "probability", group=f"{rate:.2f}")
            for rate in (0.3, 0.4, 0.5, 0.6, 0.7)
            for name, value in {"rejection": rate**3, "pet": 1 - rate, "en": 20 + 30 * rate}.items()
        )
    )


def decision():
    def stage(group, planned, total, successes, bound, note):
        numbers = [
            row("planned", planned, group=group),
            row("total", total, group=group),
            row("bound", bound, group=group),
        ]
        return [*numbers, row("successes", successes, note=note, group=group)]

    return frame(
        *stage("stage 1", 16, 16, 9, 7, "continue: 9 of 16 successes, more than r1 = 7"),
        *stage("stage 2", 46, 46, 26, 23, "positive: 26 of 46 successes, more than r = 23"),
        row("p_value", 0.01234, "probability", "stage-wise order", group="stage 2"),
        row("umvue", 0.5609, "proportion", "Jung & Kim 2004", group="stage 2"),
        row("lower", 0.431, "proportion", "Jennison & Turnbull 1983, 90 %", group="stage 2"),
        row("upper", 0.688, "proportion", "Jennison & Turnbull 1983, 90 %", group="stage 2"),
    )


def monitoring():
    return frame(
        *(
            row("conditional_power", value, "probability", group=group)
            for group, value in (("p0", 0.12), ("p1", 0.91), ("observed", 0.77))
        ),
        row("predictive_power", 0.64, "probability", "Beta(1, 1) prior", group="observed"),
    )


def primary():
    rows = {
        "successes": (26, "count", "week-24 status"),
        "total": (46, "count", ""),
        "pending": (3, "count", ""),
        "estimate": (0.5609, "proportion", "UMVUE"),
        "naive": (26 / 46, "proportion", "x / n"),
        "umvue": (0.5609, "proportion", "Jung & Kim 2004"),
        "median_unbiased": (0.5601, "proportion", "mean of two roots"),
        "p_value": (0.01234, "probability", "stage-wise order"),
        "lower": (0.431, "proportion", "Jennison & Turnbull 1983, 90 %"),
        "upper": (0.688, "proportion", "Jennison & Turnbull 1983, 90 %"),
        "lower_bound": (0.431, "proportion", "one-sided 95 %"),
        "cp_lower": (0.4111, "proportion", "Clopper-Pearson, 95 %, description only"),
        "cp_upper": (0.7107, "proportion", ""),
        "km_rate": (0.58, "proportion", "Kaplan-Meier, log-log limits, 95 %"),
        "km_lower": (0.42, "proportion", ""),
        "km_upper": (0.71, "proportion", ""),
    }
    return frame(*(row(name, *rest, endpoint="PFR24") for name, rest in rows.items()))


def categories():
    counts = {
        "SUCCESS": {"progression-free with evidence": 24, "first progression after the landmark": 2},
        "FAILURE": {"radiological progression": 12, "death": 4, "new therapy": 1, "not evaluable": 3},
        "PENDING": {"landmark not reached": 3},
    }
    rows = [row("total", 49)]
    for status, groups in counts.items():
        rows += part("", sum(groups.values()), 49, endpoint=status)
        for group, count in groups.items():
            rows += part(group, count, 49, endpoint=status)
    return frame(*rows)


def panel():
    labels = {
        "default": "as the protocol is read",
        "A3:28": "evidence within 28 days before week 24",
        "A3:0": "scan on or after day 168 only",
        "A4:failure": "progression first seen after week 24 counts as failure",
        "A5:evaluable": "evaluable patients only",
        "A5:best": "not evaluable counts as success",
        "A6:success": "new therapy without progression counts as success",
    }
    successes = [26, 27, 22, 24, 26, 29, 27]
    patients = [46, 46, 46, 46, 43, 46, 46]
    rows = [
        {
            "READING": name,
            "LABEL": text,
            "SUCCESSES": x,
            "N": n,
            "ESTIMATE": x / n,
            "LOWER": x / n - 0.13,
            "UPPER": x / n + 0.12,
            "DECISION": "positive: more than r = 23" if x > 23 else "negative: r = 23 or fewer",
            "DEFAULT": name == "default",
        }
        for (name, text), x, n in zip(labels.items(), successes, patients, strict=True)
    ]
    return pd.DataFrame(rows)


def panel_results():
    names = {"SUCCESSES": ("successes", "count"), "N": ("total", "count"), "ESTIMATE": ("estimate", "proportion")}
    names |= {"LOWER": ("lower", "proportion"), "UPPER": ("upper", "proportion")}
    return frame(
        *(
            row(name, record[column], unit, "Jennison & Turnbull 1983, 90 %", reading=record["READING"])
            for record in panel().to_dict("records")
            for column, (name, unit) in names.items()
        )
    )


def sets():
    rows = [row("total", 50)]
    for group, count in {"included": 50, "treated": 49, "evaluable": 46, "safety": 49}.items():
        rows += part(group, count, 50, endpoint="analysis_sets")
    for group, count in {"no dose given": 1, "week 24 pending": 3}.items():
        rows += part(group, count, 50, endpoint="exclusions")
    return frame(*rows)


def baseline():
    rows = [row("total", 49)]
    age = {"n": 49, "mean": 58.25, "sd": 11.118, "median": 59, "q1": 50.5, "q3": 66, "min": 31, "max": 81}
    rows += [row(name, value, "count" if name == "n" else "years", endpoint="AGE") for name, value in age.items()]
    for endpoint, levels in {
        "SEX": {"F": 21, "M": 28},
        "SUBTYPE": {"B3 thymoma <script>alert(1)</script>": 14, "Thymic carcinoma": 35},
    }.items():
        for group, count in levels.items():
            rows += part(group, count, 49, endpoint=endpoint)
    return frame(*rows)


def exposure():
    rows = [row("total", 49)]
    for endpoint, unit, values in (("duration", "months", (5.2, 0.7, 17.9)), ("cycles", "cycles", (8, 1, 26))):
        rows += [
            row(name, value, unit, endpoint=endpoint)
            for name, value in zip(("median", "min", "max"), values, strict=True)
        ]
    return frame(*rows, *part("at least one", 9, 49, endpoint="delays"))


def response():
    rows = []
    for reading, counts in {"unconfirmed": (2, 9, 21, 13, 4), "confirmed": (1, 7, 24, 13, 4)}.items():
        rows.append(row("total", 49, reading=reading, endpoint="BOR"))
        for group, count in zip(("CR", "PR", "SD", "PD", "NE"), counts, strict=True):
            rows += part(group, count, 49, reading=reading, endpoint="BOR")
        for rate, count in (("ORR", sum(counts[:2])), ("DCR", sum(counts[:3]))):
            rows += part("", count, 49, reading=reading, endpoint=rate)
            rows.append(
                row("lower", count / 49 - 0.1, "proportion", "Clopper-Pearson, 95 %", reading=reading, endpoint=rate)
            )
            rows.append(
                row("upper", count / 49 + 0.12, "proportion", "Clopper-Pearson, 95 %", reading=reading, endpoint=rate)
            )
    return frame(*rows)


def times():
    rows = []
    for endpoint, events, median in (("PFS", 30, 171.0), ("OS", 14, np.nan), ("DOR", 5, 240.0)):
        key = {"endpoint": endpoint}
        rows += [
            row("total", 49, **key),
            row("events", events, **key),
            row("events_proportion", events / 49, "proportion", **key),
        ]
        rows += [row("censored", 49 - events, **key), row("censored_proportion", 1 - events / 49, "proportion", **key)]
        rows += part("progression" if endpoint != "OS" else "death", events, 49, **key)
        method = "Kaplan-Meier, log-log limits, 95 %"
        rows += [row("median", median, "days", method, **key), row("median_lower", 120.0, "days", method, **key)]
        rows += [
            row("median_upper", np.nan, "days", method, **key),
            row("min", 3, "days", **key),
            row("max", 540, "days", note="+", **key),
        ]
        for months in ("3", "6", "12"):
            share = 1 - int(months) / 24
            rows += [
                row("rate", share, "proportion", method, time=months, **key),
                row("rate_lower", share - 0.1, "proportion", time=months, **key),
            ]
            rows.append(row("rate_upper", None if months == "12" else share + 0.08, "proportion", time=months, **key))
    return frame(*rows)


def censoring():
    return frame(
        row("total", 49),
        *part("alive without progression at the cut-off", 15, 49, endpoint="PFS"),
        *part("no assessment after inclusion", 1, 49, endpoint="PFS"),
        *part("alive at last news", 35, 49, endpoint="OS"),
    )


def accrual_results():
    by_centre = (
        row(name, value, endpoint="centre", group=site)
        for site, pair in {"FR01": (8, 6), "FR02": (5, 6)}.items()
        for name, value in zip(("count", "planned"), pair, strict=True)
    )
    pace = (
        row(name, value, endpoint="accrual", group=group)
        for group, pair in {"by the data cut": (13, 11.5), "per month": (1.5, 0.857), "centres": (2, 15)}.items()
        for name, value in zip(("included", "expected"), pair, strict=True)
    )
    whole = (row("total", 13, endpoint="accrual"), row("planned", 31, endpoint="accrual"))
    ahead = row("months_to_complete", 12, endpoint="accrual", note="2027-06")
    return frame(*whole, ahead, *pace, *by_centre)


def listing():
    days = pd.to_datetime(["2026-01-05", "2026-02-10", "2026-05-20"])
    return pd.DataFrame(
        {
            "USUBJID": ["IR5-C3-001", "IR5-C3-002<script>alert(1)</script>", "IR5-C3-003"],
            "TRTSDT": days,
            "LANDMARKDT": days + pd.Timedelta(days=168),
            "STATUS": ["SUCCESS", "FAILURE", "PENDING"],
            "CATEGORY": ["progression-free with evidence", "death", "landmark not reached"],
            "DECDT": [days[0] + pd.Timedelta(days=170), days[1] + pd.Timedelta(days=99), pd.NaT],
            "reason": [
                "RS 12 (visit WEEK 24, 2026-06-24): SD on or after day 161",
                "DM: death 2026-05-20, day 99",
                "week 24 is 2026-11-04, after the cut-off",
            ],
        }
    )


def km(seed=5, n=46):
    random = np.random.default_rng(seed)
    time = np.sort(random.exponential(8, n).round(2))
    event = random.random(n) < 0.65
    alive, rows, cens = 1.0, [{"time": 0.0, "survival": 1.0, "lower": 1.0, "upper": 1.0}], []
    for place, (at, happened) in enumerate(zip(time, event, strict=True)):
        if happened:
            alive *= 1 - 1 / (n - place)
            spread = 0.18 * (1 - place / n * 0.3) * (1 if alive < 0.95 else 0.4)
            rows.append(
                {"time": at, "survival": alive, "lower": max(alive - spread, 0), "upper": min(alive + spread, 1)}
            )
        else:
            cens.append({"time": at, "survival": alive})
    at_risk = pd.DataFrame({"time": range(0, int(time[-1]) + 1, 3)})
    at_risk["n"] = [(time >= at).sum() for at in at_risk["time"]]
    return pd.DataFrame(rows), pd.DataFrame(cens, columns=["time", "survival"]), at_risk


def stage_patients(n=32):
    status = (["SUCCESS", "FAILURE", "SUCCESS", "SUCCESS", "FAILURE"] * n)[: n - 3] + ["PENDING"] * 3
    return pd.DataFrame(
        {"PATIENT": range(1, n + 1), "SUCCESSES": np.cumsum([s == "SUCCESS" for s in status]), "STATUS": status}
    )


def waterfall(n=46):
    random = np.random.default_rng(3)
    change = random.normal(-5, 35, n).clip(-100, 110).round(1)
    bor = np.where(change <= -95, "CR", np.where(change <= -30, "PR", np.where(change < 20, "SD", "PD")))
    return pd.DataFrame(
        {
            "PATIENT": [f"3-{k:03d}" for k in range(1, n + 1)],
            "PCHG": change,
            "BOR": bor,
            "NEWLES": np.where(random.random(n) < 0.15, "Y", "N"),
        }
    )


def spider(n=20):
    random = np.random.default_rng(4)
    rows = []
    for k in range(n):
        slope = random.normal(-3, 9)
        bor = "PR" if slope < -8 else "SD" if slope < 5 else "PD"
        for visit in range(int(random.integers(2, 7))):
            rows.append(
                {
                    "PATIENT": f"3-{k:03d}",
                    "MONTHS": visit * 1.84,
                    "PCHG": max(slope * visit + random.normal(0, 2) * (visit > 0), -100),
                    "BOR": bor,
                }
            )
    return pd.DataFrame(rows)


def swimmer(n=24):
    random = np.random.default_rng(6)
    end = np.sort(random.exponential(9, n).clip(0.5, 30))[::-1]
    names = [f"3-{k:03d}" for k in range(n)]
    ongoing = np.where(random.random(n) < 0.3, "Y", "N")
    bars = pd.DataFrame({"PATIENT": names, "START": 0.0, "END": end, "ONGOING": ongoing})
    marks = []
    for name, last, goes in zip(names, end, ongoing, strict=True):
        if random.random() < 0.4:
            marks.append({"PATIENT": name, "TIME": last * 0.3, "MARK": "RESPONSE"})
        if goes == "N":
            marks.append({"PATIENT": name, "TIME": last * 0.7, "MARK": "PROGRESSION"})
            marks.append({"PATIENT": name, "TIME": last * 0.75, "MARK": "END OF TREATMENT"})
            if random.random() < 0.4:
                marks.append({"PATIENT": name, "TIME": last * 0.85, "MARK": "NEW THERAPY"})
            marks.append({"PATIENT": name, "TIME": last, "MARK": "DEATH"})
    return bars, pd.DataFrame(marks)


def hcg(n=14):
    random = np.random.default_rng(7)
    assays, marks = [], []
    for k in range(n):
        level, slope = 10 ** random.uniform(1.5, 5), random.normal(-0.35, 0.3)
        values = [level * np.exp(slope * week + random.normal(0, 0.15)) for week in range(int(random.integers(8, 28)))]
        for week, value in enumerate(values):
            assays.append(
                {"PATIENT": f"2-{k:02d}", "WEEK": week, "HCG": max(value, 2.0), "BELOW": "Y" if value < 2 else "N"}
            )
        normal = next((week for week, value in enumerate(values) if value <= 5), None)
        if normal is not None:
            marks.append(
                {"PATIENT": f"2-{k:02d}", "WEEK": normal, "HCG": max(values[normal], 2), "MARK": "NORMALISATION"}
            )
        elif slope > 0:
            marks.append({"PATIENT": f"2-{k:02d}", "WEEK": 5, "HCG": values[5], "MARK": "RESISTANCE"})
        marks.append(
            {"PATIENT": f"2-{k:02d}", "WEEK": len(values) - 1, "HCG": max(values[-1], 2), "MARK": "END OF TREATMENT"}
        )
    return (
        pd.DataFrame(assays),
        pd.DataFrame({"LIMIT": [5.0, 2.5], "LABEL": ["limit 5 IU/L (12 centres)", "limit 2.5 IU/L (3 centres)"]}),
        pd.DataFrame(marks),
    )


def flow():
    rows = [
        (0, "main", "included", 50),
        (0, "out", "Not treated", 1),
        (0, "out", "no dose given", 1),
        (1, "main", "treated", 49),
        (1, "out", "Week 24 pending", 3),
        (2, "main", "stage 1", 16),
        (3, "main", "stage 2", 30),
        (3, "out", "Not evaluable, counted as failure", 3),
        (4, "main", "Analysed", 46),
    ]
    return pd.DataFrame(rows, columns=["LEVEL", "LANE", "LABEL", "N"])


def months():
    names = [f"{2024 + k // 12}-{k % 12 + 1:02d}" for k in range(36)]
    seen = [min(round(k * 1.7), 49) if k < 28 else None for k in range(36)]
    return pd.DataFrame({"MONTH": names, "OBSERVED": seen, "PLANNED": [round((k + 1) * 46 / 36) for k in range(36)]})


def incidence():
    time = np.linspace(0, 12, 20)
    first = pd.DataFrame({"time": time, "incidence": 0.3 * (1 - np.exp(-time / 4)), "cause": "first AESI"})
    second = pd.DataFrame({"time": time, "incidence": 0.1 * (1 - np.exp(-time / 8)), "cause": "death without AESI"})
    curve = pd.concat([first, second], ignore_index=True)
    return curve.assign(lower=(curve["incidence"] - 0.08).clip(0), upper=curve["incidence"] + 0.08)


def rates():
    grid = np.linspace(0.2, 0.8, 31)
    return pd.DataFrame(
        {"RATE": grid, "REJECTION": 1 / (1 + np.exp(-(grid - 0.52) * 18)), "PET": 1 / (1 + np.exp((grid - 0.45) * 14))}
    )


@cache
def all_tables(lang="en"):
    """Every table, by name, on the made-up frames."""
    say = {"footing": FOOTING, "lang": lang}
    return {
        "headline": tables.headline(
            "Final analysis: 26 of 46 successes, more than r = 23: the cohort is positive.", primary(), **say
        ),
        "design": tables.design(design(), **say),
        "operating_characteristics": tables.operating_characteristics(operating(), **say),
        "decision": tables.decision(decision(), **say),
        "monitoring": tables.monitoring(monitoring(), **say),
        "analysis_sets": tables.analysis_sets(sets(), **say),
        "disposition": tables.disposition(sets(), **say),
        "baseline": tables.baseline(baseline(), **say),
        "exposure": tables.exposure(exposure(), **say),
        "primary_categories": tables.primary_categories(categories(), **say),
        "primary_estimates": tables.primary_estimates(primary(), **say),
        "readings": tables.readings(panel(), panel_results(), **say),
        "week24_listing": tables.week24_listing(listing(), **say),
        "best_response": tables.best_response(response(), **say),
        "discordance": tables.discordance(
            pd.DataFrame(
                {
                    "USUBJID": ["IR5-C3-002"],
                    "VISIT": ["WEEK 16"],
                    "ADT": [pd.Timestamp("2026-03-04")],
                    "INVESTIGATOR": ["PR"],
                    "DERIVED": ["SD"],
                    "reason": ["sum 71 mm, −28.3 % from baseline 99 mm"],
                }
            ),
            **say,
        ),
        "agreement": tables.agreement(
            frame(row("count", 3, group="PR/SD", endpoint="BOR"), row("count", 40, group="SD/SD", endpoint="BOR")),
            **say,
        ),
        "time_to_event": tables.time_to_event(times(), **say),
        "censoring": tables.censoring(censoring(), **say),
        "queries": tables.queries(
            pd.DataFrame(
                {
                    "FILE": ["rs.csv"],
                    "ROW": [14],
                    "USUBJID": ["IR5-C3-002"],
                    "COLUMN": ["RSDTC"],
                    "PROBLEM": ["partial date 2026-03"],
                    "ACTION": ["ask the centre for the day"],
                }
            ),
            **say,
        ),
        "corrections": tables.corrections(pd.DataFrame(), **say),
        "pending": tables.pending(listing().tail(1).assign(DUEDT=pd.Timestamp("2026-11-04")), **say),
        "provenance": tables.provenance(
            pd.DataFrame(
                {
                    "SECTION": ["Data", "Data", "Plan"],
                    "ITEM": ["dm.csv", "rs.csv", "digest"],
                    "VALUE": ["sha256 ab12cd34", "sha256 98fe76dc", "3f2a"],
                }
            ),
            **say,
        ),
        "assumed_values": tables.assumed_values(
            pd.DataFrame({"ENTRY": ["design.p0"], "VALUE": ["0.40"], "WHY": ["NIVOTHYM's own H0 for 6-month PFS"]}),
            **say,
        ),
        "accrual": tables.accrual(accrual_results(), **say),
    }


@cache
def all_charts(lang="en"):
    """Every chart, by name, on the made-up frames."""
    say = {"subject": SUBJECT, "lang": lang}
    curve, censored, at_risk = km()
    groups = [
        pd.concat([a.assign(group="B3 thymoma"), b.assign(group="Thymic carcinoma")], ignore_index=True)
        for a, b in zip(km(8, 14), km(9, 32), strict=True)
    ]
    return {
        "stage_plot": charts.stage_plot(stage_patients(), r1=7, n1=16, r=23, n=46, **say),
        "operating_curve": charts.operating_curve(rates(), p0=0.4, p1=0.6, **say),
        "flow": charts.flow(flow(), **say),
        "accrual": charts.accrual(months(), **say),
        "accrual_by_centre": charts.accrual_by_centre(
            pd.DataFrame(
                {"SITEID": [f"FR{k:02d}" for k in range(1, 8)], "OBSERVED": [9, 8, 6, 5, 3, 1, 0], "PLANNED": [5] * 7}
            ),
            **say,
        ),
        "readings_panel": charts.readings_panel(panel(), p0=0.4, p1=0.6, **say),
        "waterfall": charts.waterfall(waterfall(), **say),
        "spider": charts.spider(spider(), **say),
        "swimmer": charts.swimmer(*swimmer(), landmark=5.52, **say),
        "kaplan_meier": charts.kaplan_meier(curve, censored, at_risk, endpoint="PFS", landmark=5.52, **say),
        "kaplan_meier_groups": charts.kaplan_meier(*groups, endpoint="OS", name="os", **say),
        "cumulative_incidence": charts.cumulative_incidence(incidence(), endpoint="AESI", **say),
        "hcg_curves": charts.hcg_curves(*hcg(), **say),
        "empty": charts.waterfall(waterfall().head(0), **say),
    }
