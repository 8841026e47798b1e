"""What tables and charts say, in English and French: phrases by key, and the labels of levels."""

from __future__ import annotations

import difflib
import re
from types import MappingProxyType
from typing import Final

from ir5nb.wording.levels import LEVELS, PATTERNS
from ir5nb.wording.narrative_fr import NARRATIVE_FR
from ir5nb.wording.numbers import Lang

# key: (English, French). Names in braces are filled in by `say`.
PHRASES: Final = MappingProxyType(
    {
        "not reached": ("not reached", "non atteinte"),
        "months": ("months", "mois"),
        "patient.one": ("patient", "patient"),
        "patient.many": ("patients", "patients"),
        "event.one": ("event", "événement"),
        "event.many": ("events", "événements"),
        "success.one": ("success", "succès"),
        "success.many": ("successes", "succès"),
        "reading.one": ("reading", "interprétation"),
        "reading.many": ("readings", "interprétations"),
        "assay.one": ("assay", "dosage"),
        "assay.many": ("assays", "dosages"),
        "centre.one": ("centre", "centre"),
        "centre.many": ("centres", "centres"),
        "query.one": ("query", "demande de clarification"),
        "query.many": ("queries", "demandes de clarification"),
        "month.one": ("month", "mois"),
        "month.many": ("months", "mois"),
        "and": ("and", "et"),
        "of": ("of", "sur"),
        "to": ("to", "à"),
        "nothing": ("No rows: nothing to show", "Aucune ligne : rien à montrer"),
        "nothing.corrections": (
            "No corrections: the source is analysed as it was delivered",
            "Aucune correction : les données sources sont analysées telles que livrées",
        ),
        "nothing.imputed_dates": ("No imputed dates", "Aucune date imputée"),
        "masked.note": (
            "*: not shown in the share edition: a small number of patients, or a number that would give one away.",
            "* : non montré dans l'édition partagée : petit nombre de patients, ou nombre qui le révélerait.",
        ),
        "left_out": (
            "Left out of the share edition: one row per patient",
            "Omis de l'édition partagée : une ligne par patient",
        ),
        "assumed": ("ASSUMED", "HYPOTHÈSE"),
        "draft": ("DRAFT", "PROVISOIRE"),
        "default reading": ("default", "par défaut"),
        "footing.assumed": (
            "ASSUMED values behind these numbers: {entries}.",
            "HYPOTHÈSES derrière ces nombres : {entries}.",
        ),
        "footing.draft": ("DRAFT: {reason}.", "PROVISOIRE : {reason}."),
        "footing.population": ("Population: {names}.", "Population : {names}."),
        "footing.cutoff": ("Data cut-off: {date}.", "Date de gel des données : {date}."),
        "footing.method": ("Method: {names}.", "Méthode : {names}."),
        "footing.interval": ("Intervals in parentheses.", "Intervalles entre parenthèses."),
        "footing.months": ("Months are days / 30.4375.", "Un mois = 30,4375 jours."),
        "footing.few_patients": (
            "Fewer than {few} patients: a quantile beyond the last event is not reached.",
            "Moins de {few} patients : un quantile au-delà du dernier événement n'est pas atteint.",
        ),
        "footing.keys": ("n (%): patients and percentage of N.", "n (%) : patients et pourcentage de N."),
        # titles of tables
        "title.design": ("Simon two-stage design", "Plan de Simon en deux étapes"),
        "title.operating": ("Operating characteristics of the design", "Caractéristiques opérationnelles du plan"),
        "title.decision": ("Simon decision by stage", "Décision de Simon par étape"),
        "title.monitoring": (
            "Chances of a positive trial at this look",
            "Probabilité d'un essai positif à cette analyse",
        ),
        "title.analysis_sets": ("Enrolment and analysis sets", "Inclusions et populations d'analyse"),
        "title.disposition": (
            "Disposition and reason for end of treatment",
            "Devenir des patients et motif de fin de traitement",
        ),
        "title.baseline": ("Baseline characteristics", "Caractéristiques à l'inclusion"),
        "title.exposure": ("Exposure to study treatment", "Exposition au traitement"),
        "title.primary_categories": ("Primary endpoint by category", "Critère de jugement principal par catégorie"),
        "title.primary_estimates": ("Primary endpoint: estimates", "Critère de jugement principal : estimations"),
        "title.readings": ("Primary result under every reading", "Résultat principal selon chaque interprétation"),
        "title.week24_listing": ("Week-24 status, one row a patient", "Statut à la semaine 24, une ligne par patient"),
        "title.best_response": ("Best overall response", "Meilleure réponse globale"),
        "title.discordance": (
            "Discordance between recorded and derived response",
            "Discordances entre réponse saisie et réponse recalculée",
        ),
        "title.agreement": ("Recorded against derived response", "Réponse saisie et réponse recalculée"),
        "title.time_to_event": ("Time-to-event summary", "Critères de survie : synthèse"),
        "title.censoring": ("Reasons for censoring", "Motifs de censure"),
        "title.queries": ("Data-quality queries", "Demandes de clarification sur les données"),
        "title.corrections": ("Corrections applied", "Corrections appliquées"),
        "title.imputed_dates": ("Imputed dates", "Dates imputées"),
        "title.pending": (
            "Patients whose week-24 assessment is pending",
            "Patients en attente de l'évaluation à la semaine 24",
        ),
        "title.provenance": ("Provenance", "Provenance"),
        "title.assumed_values": ("Assumed values", "Valeurs supposées (hypothèses)"),
        "title.accrual": ("Accrual against the plan, and by centre", "Inclusions observées et prévues, et par centre"),
        # heads of columns
        "head.quantity": ("Quantity", "Grandeur"),
        "head.value": ("Value", "Valeur"),
        "head.true_rate": ("True rate", "Taux réel"),
        "head.stage": ("Stage", "Étape"),
        "head.characteristic": ("Characteristic", "Caractéristique"),
        "head.patients": ("Patients, n (%)", "Patients, n (%)"),
        "head.visits": ("Visits, n (%)", "Visites, n (%)"),
        "head.summary": ("Patients", "Patients"),
        "head.reading": ("Reading", "Interprétation"),
        "head.label": ("What it means", "Signification"),
        "head.successes": ("Successes / N", "Succès / N"),
        "head.estimate": ("Estimate (interval)", "Estimation (intervalle)"),
        "head.decision": ("Decision", "Décision"),
        "head.method": ("Method", "Méthode"),
        "head.response": ("Response", "Réponse"),
        "head.endpoint": ("Endpoint", "Critère"),
        "head.record": ("Record", "Ligne"),
        "head.observed": ("Included", "Inclus"),
        "head.planned": ("Planned", "Prévu"),
        "head.centre": ("Centre", "Centre"),
        "head.accrual": ("Accrual", "Inclusions"),
        # lines of tables
        "line.successes": ("Successes / patients", "Succès / patients"),
        "line.naive": ("Naive proportion", "Proportion observée (naïve)"),
        "line.umvue": ("UMVUE (unbiased)", "UMVUE (sans biais)"),
        "line.median_unbiased": ("Median-unbiased", "Sans biais en médiane"),
        "line.bias_adjusted": ("Bias-adjusted", "Corrigée du biais"),
        "line.interval": ("Stage-wise interval", "Intervalle selon l'ordre des étapes"),
        "line.lower_bound": ("One-sided lower bound", "Borne inférieure unilatérale"),
        "line.cp": ("Clopper–Pearson interval", "Intervalle de Clopper-Pearson"),
        "line.p_value": ("Stage-wise p-value", "Valeur p selon l'ordre des étapes"),
        "line.km": ("Kaplan–Meier at the landmark", "Kaplan-Meier à la date d'évaluation"),
        "line.p0": ("p0: rate of no interest", "p0 : taux jugé sans intérêt"),
        "line.p1": ("p1: rate of interest", "p1 : taux jugé intéressant"),
        "line.alpha": ("One-sided α, planned", "α unilatéral, prévu"),
        "line.power": ("Power, planned", "Puissance, prévue"),
        "line.stage1": ("Stage 1: stop if successes ≤ r1 of n1", "Étape 1 : arrêt si succès ≤ r1 sur n1"),
        "line.final": ("Final: active if successes > r of n", "Final : activité retenue si succès > r sur n"),
        "line.alpha_exact": ("Exact type I error", "Risque de première espèce exact"),
        "line.power_exact": ("Exact power at p1", "Puissance exacte en p1"),
        "line.pet_p0": ("Probability of early stop at p0", "Probabilité d'arrêt précoce en p0"),
        "line.pet_p1": ("Probability of early stop at p1", "Probabilité d'arrêt précoce en p1"),
        "line.en_p0": ("Expected patients at p0", "Effectif attendu en p0"),
        "line.en_p1": ("Expected patients at p1", "Effectif attendu en p1"),
        "line.rejection": ("Declared active", "Activité retenue"),
        "line.pet": ("Stopped at stage 1", "Arrêté à l'étape 1"),
        "line.en": ("Expected patients", "Effectif attendu"),
        "line.planned": ("Planned patients", "Patients prévus"),
        "line.observed_x": ("Successes / patients", "Succès / patients"),
        "line.pending": ("Pending", "En attente"),
        "line.bound": ("Bound (more is needed)", "Seuil (à dépasser)"),
        "line.decision": ("Decision", "Décision"),
        "line.stage_interval": ("Interval", "Intervalle"),
        "line.conditional_power": ("Conditional power", "Puissance conditionnelle"),
        "line.predictive_power": ("Predictive power", "Puissance prédictive"),
        "line.predictive_probability": ("Predictive probability", "Probabilité prédictive"),
        "line.posterior_p0": ("Posterior P(rate > p0)", "P(taux > p0) a posteriori"),
        "line.posterior_p1": ("Posterior P(rate > p1)", "P(taux > p1) a posteriori"),
        "line.n": ("n", "n"),
        "line.mean_sd": ("Mean (SD)", "Moyenne (ET)"),
        "line.median": ("Median", "Médiane"),
        "line.quartiles": ("Quartiles", "Quartiles"),
        "line.range": ("Range", "Étendue"),
        "line.geometric_mean": ("Geometric mean", "Moyenne géométrique"),
        "line.events": ("Events, n (%)", "Événements, n (%)"),
        "line.censored": ("Censored, n (%)", "Censurés, n (%)"),
        "line.first_event": ("First event", "Premier événement"),
        "line.median_months": ("Median, months", "Médiane, mois"),
        "line.q1_months": ("25th percentile, months", "25ᵉ percentile, mois"),
        "line.q3_months": ("75th percentile, months", "75ᵉ percentile, mois"),
        "line.range_months": ("Range, months (+: censored)", "Étendue, mois (+ : censuré)"),
        "line.rates": ("Event-free rate", "Taux sans événement"),
        "line.at": ("at {time}", "à {time}"),
        "line.total": ("All", "Total"),
        "line.by_now": ("Patients by the data cut", "Patients à la date de gel"),
        "line.per_month": ("Patients per month, last 6 months", "Patients par mois, 6 derniers mois"),
        "line.centres": ("Centres with a patient", "Centres ayant inclus"),
        "line.months_to_complete": (
            "Months until all are included, at this pace",
            "Mois avant la fin des inclusions, à ce rythme",
        ),
        "line.by_centre": ("By centre", "Par centre"),
        # card
        "card.successes": ("successes", "succès"),
        "card.treated": ("treated patients counted", "patients traités comptés"),
        "card.p_value": ("p-value (one-sided)", "valeur p (unilatérale)"),
        "card.success": ("A success: {definition}.", "Un succès : {definition}."),
        "card.planned": (
            "Planned: Simon two-stage design. Stop after stage 1 with {r1} or fewer successes in {n1} patients; "
            "declare activity with more than {r} in {n}. p0 = {p0} (rate of no interest), p1 = {p1} (rate of "
            "interest); exact one-sided type I error {alpha_exact}, power {power_exact}.",
            "Prévu : plan de Simon en deux étapes. Arrêt après l'étape 1 si {r1} succès ou moins sur {n1} patients ; "
            "activité retenue si plus de {r} sur {n}. p0 = {p0} (taux jugé sans intérêt), p1 = {p1} (taux jugé "
            "intéressant) ; risque unilatéral de première espèce exact {alpha_exact}, puissance {power_exact}.",
        ),
        "card.alpha_missed": (
            "Caution: the type I error of this design, {alpha_exact}, is above the planned {alpha_missed}: r1, n1, r "
            "and n do not belong to this p0.",
            "Attention : le risque de première espèce de ce plan, {alpha_exact}, dépasse le risque prévu de "
            "{alpha_missed} : r1, n1, r et n ne correspondent pas à ce p0.",
        ),
        "card.power_missed": (
            "Caution: the power of this design, {power_exact}, is below the planned {power_missed}: r1, n1, r and n do "
            "not belong to this p1.",
            "Attention : la puissance de ce plan, {power_exact}, est inférieure à la puissance prévue de "
            "{power_missed} : r1, n1, r et n ne correspondent pas à ce p1.",
        ),
        "card.method": (
            "How sure. Estimate and interval: {method}.",
            "Degré de certitude. Estimation et intervalle : {method}.",
        ),
        "card.readings": (
            "How sure. Other readings of the protocol that end alike: {readings_same} of {readings}.",
            "Degré de certitude. Autres interprétations du protocole de même issue : {readings_same} sur {readings}.",
        ),
        "card.chance": (
            "How sure. Chance that activity is declared in the end: {predictive_power} (predictive power; {prior}).",
            "Degré de certitude. Probabilité que l'activité soit finalement retenue : {predictive_power} (puissance "
            "prédictive ; {prior}).",
        ),
        "card.missing": (
            "Missing. Pending at week 24: {pending}; not evaluable: {not_evaluable} ({counted}); included but not "
            "treated: {untreated}.",
            "Données manquantes. En attente de la semaine 24 : {pending} ; non évaluables : {not_evaluable} "
            "({counted}) ; inclus mais non traités : {untreated}.",
        ),
        "card.assumed": (
            "ASSUMED, since the registry record does not give them: {entries}. Values and reasons: section 9.",
            "HYPOTHÈSES, l'enregistrement de l'essai ne les donnant pas : {entries}. Valeurs et justifications : "
            "section 9.",
        ),
        "card.counted_failure": ("counted as failures", "comptés comme échecs"),
        "card.counted_success": ("counted as successes", "comptés comme succès"),
        "card.counted_excluded": ("left out", "exclus"),
        "card.pending": ("pending", "en attente"),
        "card.estimate": ("success rate (interval)", "taux de succès (intervalle)"),
        "card.umvue": ("success rate, UMVUE (interval)", "taux de succès, UMVUE (intervalle)"),
        "card.naive": ("observed rate", "taux observé"),
        "panel.pending": ("{counted}, {pending} pending", "{counted}, {pending} en attente"),
        "panel.umvue": ("{counted}, UMVUE {rate}", "{counted}, UMVUE {rate}"),
        "card.cutoff": ("data cut-off", "gel des données"),
        "card.name": ("Headline", "Résultat principal"),
        # charts
        "chart.left_out": (
            "Left out of the share edition: it would show few patients, or each",
            "Omis de l'édition partagée : il montrerait peu de patients, ou chacun",
        ),
        "chart.empty": ("No patients: nothing to draw", "Aucun patient : rien à dessiner"),
        "chart.stage_plot": ("Successes against the Simon boundaries", "Succès et seuils du plan de Simon"),
        "chart.accrual": ("Accrual against the plan", "Inclusions observées et prévues"),
        "chart.accrual_by_centre": ("Patients by centre", "Patients par centre"),
        "chart.kaplan_meier": ("{endpoint}, Kaplan–Meier", "{endpoint}, Kaplan-Meier"),
        "chart.cumulative_incidence": ("{endpoint}, cumulative incidence", "{endpoint}, incidence cumulée"),
        "chart.waterfall": ("Best change of the sum of diameters", "Meilleure variation de la somme des diamètres"),
        "chart.spider": (
            "Change of the sum of diameters over time",
            "Variation de la somme des diamètres au cours du temps",
        ),
        "chart.swimmer": ("Time on study of each patient", "Parcours de chaque patient"),
        "chart.readings_panel": (
            "Primary result under every reading",
            "Résultat principal selon chaque interprétation",
        ),
        "chart.flow": ("Flow of patients", "Diagramme de flux des patients"),
        "chart.hcg_curves": ("hCG of each patient", "hCG de chaque patiente"),
        "chart.operating_curve": ("Chance to declare activity", "Probabilité de conclure à l'activité"),
        "chart.expected_patients": ("Expected number of patients", "Effectif attendu"),
        "axis.patients": ("Patients in order of treatment start", "Patients par ordre de début de traitement"),
        "axis.expected_patients": ("Expected patients, EN", "Effectif attendu, EN"),
        "axis.successes": ("Cumulative successes", "Succès cumulés"),
        "axis.months": ("Months since {origin}", "Mois depuis {origin}"),
        "axis.weeks": ("Weeks since treatment start", "Semaines depuis le début du traitement"),
        "axis.calendar": ("Month", "Mois"),
        "axis.included": ("Patients included", "Patients inclus"),
        "axis.centre": ("Centre", "Centre"),
        "axis.survival": ("Event-free, %", "Sans événement, %"),
        "axis.survival_os": ("Alive, %", "Vivants, %"),
        "axis.incidence": ("Cumulative incidence, %", "Incidence cumulée, %"),
        "axis.change": ("Change from baseline, %", "Variation par rapport à la valeur initiale, %"),
        "axis.patient": ("Patient", "Patient"),
        "axis.success_rate": ("Success rate, %", "Taux de succès, %"),
        "axis.hcg": ("hCG, IU/L (log scale)", "hCG, UI/L (échelle log)"),
        "axis.true_rate": ("True success rate, %", "Taux de succès réel, %"),
        "axis.probability": ("Probability, %", "Probabilité, %"),
        "axis.at_risk": ("At risk", "À risque"),
        "origin.inclusion": ("inclusion", "l'inclusion"),
        "origin.treatment": ("treatment start", "le début du traitement"),
        "origin.response": ("first response", "la première réponse"),
        "legend.status": ("Week-24 status", "Statut semaine 24"),
        "legend.response": ("Best response", "Meilleure réponse"),
        "legend.mark": ("Mark", "Marque"),
        "legend.line": ("Line", "Trait"),
        "legend.decision": ("Decision", "Décision"),
        "legend.cause": ("Cause", "Cause"),
        "legend.group": ("Group", "Groupe"),
        "series.observed": ("observed", "observé"),
        "series.planned": ("planned", "prévu"),
        "series.projected": ("projected", "projeté"),
        "series.futility": ("stop at n1 if ≤ r1 = {r1}", "arrêt à n1 si ≤ r1 = {r1}"),
        "series.efficacy": ("active at n if > r = {r}", "activité retenue à n si > r = {r}"),
        "series.rejection": ("declared active", "activité retenue"),
        "series.pet": ("stopped at stage 1", "arrêté à l'étape 1"),
        "centres.together": ("{patients} in {centres}.", "{patients} dans {centres}."),
        "centres.hidden": (
            "The share edition shows none of them by itself.",
            "L'édition partagée n'en montre aucun en particulier.",
        ),
        "mark.censored": ("censored", "censuré"),
        "mark.new_lesion": ("new lesion", "nouvelle lésion"),
        "mark.ongoing": ("ongoing", "en cours"),
        "mark.below": ("below quantification", "sous le seuil de quantification"),
        "mark.limit": ("institutional limit", "limite du laboratoire"),
        "mark.limits": ("institutional limits", "limites des laboratoires"),
        "unit.hcg": ("IU/L", "UI/L"),
        "mark.landmark": ("week 24", "semaine 24"),
        # entries of plans that may be assumed
        "entry.p0": ("rate of no interest", "taux jugé sans intérêt"),
        "entry.p1": ("rate of interest", "taux jugé intéressant"),
        "entry.r1": (
            "stage 1 stops at so many successes or fewer",
            "arrêt après l'étape 1 à ce nombre de succès",
        ),
        "entry.n1": ("patients of stage 1", "patients de l'étape 1"),
        "entry.r": ("active with more successes than this", "activité retenue au-delà de ce nombre de succès"),
        "entry.n": ("patients in all", "patients au total"),
        "entry.prior_a": ("prior of the predictive power, a", "loi a priori de la puissance prédictive, a"),
        "entry.prior_b": ("prior of the predictive power, b", "loi a priori de la puissance prédictive, b"),
        "entry.mask_below": ("smallest count that the share edition shows", "plus petit effectif montré en partage"),
        "entry.window_days": (
            "days round week 24: from when a scan shows it, and until when news is waited for",
            "jours autour de la semaine 24 : depuis quand une imagerie la documente et jusqu'à quand on attend",
        ),
        "entry.evidence": ("what shows that week 24 was reached", "ce qui documente la semaine 24"),
        "entry.late_progression": (
            "progression first seen after week 24",
            "progression vue pour la première fois après la semaine 24",
        ),
        "entry.not_evaluable": ("patients who cannot be evaluated", "patients non évaluables"),
        "entry.new_therapy": (
            "new anticancer therapy before week 24",
            "nouveau traitement anticancéreux avant la semaine 24",
        ),
        "entry.normal_values": ("how many normal hCG values it takes", "nombre de valeurs d'hCG normales nécessaires"),
        "entry.on_treatment": (
            "until when a patient is on treatment",
            "fin de la période sous traitement",
        ),
        "entry.weekly_min_days": ("least days between weekly assays", "intervalle minimal entre dosages hebdomadaires"),
        "entry.weekly_max_days": ("most days between weekly assays", "intervalle maximal entre dosages hebdomadaires"),
        "entry.rise": ("what counts as a rise of hCG", "ce qui compte comme ascension de l'hCG"),
        "entry.plateau": ("what counts as a plateau of hCG", "ce qui compte comme plateau de l'hCG"),
        "entry.cycle_days": ("days of a cycle", "jours d'un cycle"),
        "entry.imaging_weeks": ("weeks between scans", "semaines entre deux imageries"),
        "entry.accrual_start": ("first inclusion expected", "première inclusion attendue"),
        "entry.planned_doses": ("doses planned", "doses prévues"),
        "entry.ae_months": (
            "months after the last dose in which events count",
            "mois après la dernière dose où les événements comptent",
        ),
        "entry.aesi": ("terms of special interest, by category", "termes d'intérêt particulier, par catégorie"),
        "entry.regimen": ("treatment of the cohort", "traitement de la cohorte"),
        # safety
        "title.ae_overview": ("Adverse events, overview", "Événements indésirables, vue d'ensemble"),
        "title.ae_terms": (
            "Adverse events by system organ class and preferred term: {kind}",
            "Événements indésirables par classe de systèmes d'organes et terme préférentiel : {kind}",
        ),
        "title.ae_worst_grade": (
            "Adverse events by worst grade: {column}",
            "Événements indésirables par grade maximal : {column}",
        ),
        "title.ae_special_interest": (
            "Adverse events of special interest by category",
            "Événements indésirables d'intérêt particulier par catégorie",
        ),
        "title.ae_incidence": (
            "Exposure-adjusted incidence per 100 patient-months",
            "Incidence ajustée à l'exposition pour 100 patient-mois",
        ),
        "title.ae_first": (
            "Cumulative incidence of the first event: {kind}",
            "Incidence cumulée du premier événement : {kind}",
        ),
        "title.deaths": ("Deaths", "Décès"),
        "title.dose_changes": ("Dose changes and discontinuations", "Modifications de dose et arrêts"),
        "title.laboratory": (
            "Laboratory values by CTCAE grade: baseline to worst on treatment",
            "Valeurs biologiques par grade CTCAE : du grade initial au grade maximal sous traitement",
        ),
        "head.event": ("Event", "Événement"),
        "head.system_term": (
            "System organ class / preferred term",
            "Classe de systèmes d'organes / terme préférentiel",
        ),
        "head.any_grade": ("Any", "Tous"),
        "head.grade": ("Grade {grade}", "Grade {grade}"),
        "head.ungraded": ("Without a grade", "Sans grade"),
        "line.any_event": ("Patients with at least one event", "Patients avec au moins un événement"),
        "line.onset": (
            "Onset, days from first dose, median (range)",
            "Début, jours depuis la 1re dose, médiane (étendue)",
        ),
        "line.duration": ("Duration, days, median (range)", "Durée, jours, médiane (étendue)"),
        "line.steroids": ("Corticosteroid started during the event", "Corticoïde débuté pendant l'événement"),
        "line.outcome": ("Events by outcome", "Événements selon l'évolution"),
        "line.patient_months": ("Patients / patient-months at risk", "Patients / patient-mois à risque"),
        "line.first_rate": ("First event, rate (interval)", "Premier événement, taux (intervalle)"),
        "line.event_rate": ("All events, rate", "Tous les événements, taux"),
        "line.first_at": ("Event by {month} months", "Événement à {month} mois"),
        "line.death_at": ("Death before it by {month} months", "Décès avant, à {month} mois"),
        "note.events": (
            "[n]: number of events. Patients count once in each row; denominators are the treated patients.",
            "[n] : nombre d'événements. Un patient compte une fois par ligne ; dénominateur : patients traités.",
        ),
        "note.before_first_dose": (
            "Onset before the first dose: events whose day of onset is imputed are left out.",
            "Début avant la première dose : les événements dont le jour de début est imputé sont exclus.",
        ),
        "note.onset": (
            "Onset and duration leave out events whose day of onset is imputed.",
            "Début et durée : les événements dont le jour de début est imputé sont exclus.",
        ),
        "note.rows_left": (
            "{left} further rows, none with more patients in the last column, are in the results file.",
            "{left} autres lignes, dont aucune n'a plus de patients en dernière colonne, sont dans le fichier de "
            "résultats.",
        ),
        "monitoring.none": (
            "No chance to give: the decision is taken",
            "Aucune probabilité à donner : la décision est prise",
        ),
        "chart.ae_dots": (
            "Adverse events by preferred term and worst grade",
            "Événements indésirables par terme préférentiel et grade maximal",
        ),
        "chart.ae_heat": ("Worst grade of each patient and term", "Grade maximal par patient et terme"),
        "chart.ae_onset": (
            "Time to first event of special interest",
            "Délai jusqu'au premier événement d'intérêt particulier",
        ),
        "chart.exposure": ("Duration of treatment of each patient", "Durée de traitement de chaque patient"),
        "axis.share": ("Patients, %", "Patients, %"),
        "legend.grade": ("Worst grade", "Grade maximal"),
        "alt.ae_dots": (
            "{terms}, {columns}; most frequent: {list}.",
            "{terms}, {columns} ; les plus fréquents : {list}.",
        ),
        "alt.ae_heat": ("{patients}, {terms}; {list}.", "{patients}, {terms} ; {list}."),
        "alt.ae_onset": ("{patients}; {list}.", "{patients} ; {list}."),
        "alt.exposure": (
            "{patients} treated up to {time} months, {ongoing} ongoing.",
            "{patients} traités jusqu'à {time} mois, {ongoing} en cours.",
        ),
        "term.one": ("term", "terme"),
        "term.many": ("terms", "termes"),
        "group.one": ("group", "groupe"),
        "group.many": ("groups", "groupes"),
        # text alternatives
        "alt.stage_plot": (
            "{successes}, {patients} with a known status; stage 1 stops at {r1} or fewer successes of {n1}, "
            "the trial is positive with more than {r} of {n}; {pending} pending.",
            "{successes}, {patients} au statut connu ; l'étape 1 s'arrête à {r1} succès ou moins sur {n1}, "
            "l'essai est positif au-delà de {r} sur {n} ; {pending} en attente.",
        ),
        "alt.accrual": (
            "{observed} included by {month}; planned {planned}.",
            "{observed} inclus jusqu'en {month} ; prévu {planned}.",
        ),
        "alt.accrual_by_centre": (
            "{patients} in {centres}: {list}.",
            "{patients} dans {centres} : {list}.",
        ),
        "alt.kaplan_meier": (
            "Curve of {patients}, {censored} censored; {last} event-free at {time} months, the last step.",
            "Courbe de {patients}, {censored} censurés ; {last} sans événement à {time} mois, dernière marche.",
        ),
        "alt.cumulative_incidence": ("{list} at {time} months.", "{list} à {time} mois."),
        "alt.waterfall": (
            "{patients} with a measured change, from {least} to {most} %; {responses} at or below −30 %; "
            "{lesions} with a new lesion.",
            "{patients} avec une variation mesurée, de {least} à {most} % ; {responses} à −30 % ou moins ; "
            "{lesions} avec une nouvelle lésion.",
        ),
        "alt.spider": (
            "{patients} measured over {time} months; changes from {least} to {most} %.",
            "{patients} mesurés sur {time} mois ; variations de {least} à {most} %.",
        ),
        "alt.swimmer": (
            "{patients} followed up to {time} months, {ongoing} ongoing; {list}.",
            "{patients} suivis jusqu'à {time} mois, {ongoing} en cours ; {list}.",
        ),
        "alt.readings_panel": ("{readings}: {list}.", "{readings} : {list}."),
        "alt.flow": ("{list}.", "{list}."),
        "alt.hcg_curves": (
            "{patients}, {assays}; {list}.",
            "{patients}, {assays} ; {list}.",
        ),
        "alt.expected_patients": (
            "From a true rate of {least_rate} to {most_rate}: {least_en} to {most_en} patients.",
            "D'un taux réel de {least_rate} à {most_rate} : {least_en} à {most_en} patients.",
        ),
        "alt.operating_curve": (
            "From a true rate of {least_rate} to {most_rate}: declared active {least_rejection} to {most_rejection}.",
            "D'un taux réel de {least_rate} à {most_rate} : activité déclarée de {least_rejection} à {most_rejection}.",
        ),
    }
)


def say(key: str, lang: Lang = "en", /, **parts: object) -> str:
    """Give the phrase of a key in a language, its names in braces filled with the parts.

    Raises
    ------
    KeyError
        When the key is unknown; the message names the nearest one.
    ValueError
        When the language is neither "en" nor "fr".

    Examples
    --------
    >>> say("footing.cutoff", "fr", date="30/06/2026")
    'Date de gel des données : 30/06/2026.'
    """
    if lang not in ("en", "fr"):
        raise ValueError(f"no language {lang!r}: 'en' or 'fr'")
    if key not in PHRASES:
        near = difflib.get_close_matches(key, PHRASES, n=1)
        raise KeyError(f"no phrase {key!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    phrase = PHRASES[key][0 if lang == "en" else 1]
    return phrase.format(**parts) if parts else phrase


def entry(key: str, lang: Lang = "en") -> str:
    """Give an entry of a plan in words; one without words is its own name.

    Examples
    --------
    >>> entry("n1"), entry("member_values")
    ('patients of stage 1', 'member_values')
    """
    return say(f"entry.{key}", lang) if f"entry.{key}" in PHRASES else key


def label(level: object, lang: Lang = "en") -> str:
    """Give the label of a level (a response, a status, a set …); a text that is no known level is its own label.

    Examples
    --------
    >>> label("FAILURE", "fr"), label("B3 thymoma", "fr")
    ('Échec', 'B3 thymoma')
    """
    text, side = str(level), 0 if lang == "en" else 1
    if text in LEVELS:
        return LEVELS[text][side]
    for pattern, *told in PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            return told[side].format(**{name: _part(part, side) for name, part in found.groupdict().items()})
    return text


def _part(text: str, side: int) -> str:
    """Give a named part of a text: English keeps it, French labels it where it is a level."""
    return LEVELS[text][1] if side and text in LEVELS else text


def method(text: object, lang: Lang = "en") -> str:
    """Give the name of a method, its parts between commas, colons and semicolons labelled one by one.

    Examples
    --------
    >>> method("stage-wise ordering, planned sizes, 90%", "fr")
    'ordre des étapes, effectifs prévus, 90\u202f%'
    """
    parts = "".join(label(part, lang) for part in re.split(r"([,:;] )", str(text)))
    return parts if lang == "en" else re.sub(r"(?<=\S)([:;]) ", r" \1 ", parts)


def narrative(paragraph: str, lang: Lang = "en") -> str:
    """Give a paragraph of the notebooks' narrative in a language; one that is not the package's stays as it is.

    Examples
    --------
    >>> narrative("## 1. What is decided", "fr"), narrative("My own note.", "fr")
    ('## 1. La décision', 'My own note.')
    """
    if lang == "en":
        return paragraph
    return NARRATIVE_FR.get(" ".join(paragraph.split()), paragraph)
