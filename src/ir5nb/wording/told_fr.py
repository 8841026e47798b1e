"""The sentences that the code composes, in English and French: places in braces are filled by `wording.told`.

A place is a day, a number (n), a source record, a word (a level's label), a sentence told again (told), or text of the
source that stays as it is (text). The first pattern that fits counts, so the ends of sentences come first.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

_LANDMARK: Final = "la date d'évaluation du"

# Ends that follow another sentence.
_ENDS: Final = (
    ("{told}; no resistance", "{told} ; pas de résistance"),
    (
        "{told}; resistance by rise completed by {record}",
        "{told} ; résistance par ascension, complétée par {record}",
    ),
    (
        "{told}; resistance by plateau completed by {record}",
        "{told} ; résistance par plateau, complétée par {record}",
    ),
    ("{told}; treatment ended {day}", "{told} ; fin du traitement le {day}"),
    ("{told}; above the limit again: {record}", "{told} ; de nouveau au-dessus de la limite : {record}"),
    (
        "{told}; a value below quantification is undetermined",
        "{told} ; une valeur sous la limite de quantification est indéterminée",
    ),
    (
        "{told}; last news before the landmark {day}: {record}",
        "{told} ; dernières nouvelles avant " + _LANDMARK + " {day} : {record}",
    ),
    ("{told}; last news {record}", "{told} ; dernières nouvelles {record}"),
    ("{told}; no news of the patient", "{told} ; aucune nouvelle du patient"),
    (
        "{told} (day imputed: first possible day, not before last contact)",
        "{told} (jour imputé : premier jour possible, pas avant le dernier contact)",
    ),
    (
        "{told} (month and day imputed: first possible day, not before last contact)",
        "{told} (mois et jour imputés : premier jour possible, pas avant le dernier contact)",
    ),
    (
        "{told}; a death is recorded without a usable date and cannot count",
        "{told} ; un décès est enregistré sans date exploitable et ne peut pas compter",
    ),
    (
        "{told}; dated before time starts: counted on the first day",
        "{told} ; daté avant l'origine du délai : compté au premier jour",
    ),
    (
        "{told}; new anticancer therapy before any event: {record}",
        "{told} ; nouveau traitement anticancéreux avant tout événement : {record}",
    ),
    (
        "{told}; not counted after {n} days without adequate assessment: {told2}",
        "{told} ; non compté après {n} jours sans évaluation adéquate : {told2}",
    ),
    (
        "{told}; partial date {text} is not used as an event date",
        "{told} ; la date partielle {text} n'est pas utilisée comme date d'événement",
    ),
    ("{told}; no date recorded", "{told} ; aucune date enregistrée"),
    (
        "{told}; no complete imaging date, so no event date",
        "{told} ; pas de date d'imagerie complète, donc pas de date d'événement",
    ),
    (
        "{told}; other responses recorded at this visit (data query)",
        "{told} ; d'autres réponses sont enregistrées à cette visite (demande de clarification)",
    ),
)
_WEEK24: Final = (
    (
        "No progression at the landmark {day}, shown by {record}",
        "Pas de progression à " + _LANDMARK + " {day}, documentée par {record}",
    ),
    (
        "Death, no progression recorded before it, after the landmark {day}: {told}",
        "Décès sans progression enregistrée auparavant, après " + _LANDMARK + " {day} : {told}",
    ),
    (
        "First progression after the landmark {day}: {told}",
        "Première progression après " + _LANDMARK + " {day} : {told}",
    ),
    ("Death after the landmark {day}: {told}", "Décès après " + _LANDMARK + " {day} : {told}"),
    ("Alive at the landmark {day}: {told}", "Vivant à " + _LANDMARK + " {day} : {told}"),
    ("{word} on or before the landmark {day}: {told}", "{word} au plus tard à " + _LANDMARK + " {day} : {told}"),
    (
        "Data cut {day} precedes the landmark {day2} + {n} days",
        "Gel des données du {day}, avant " + _LANDMARK + " {day2} + {n} jours",
    ),
    (
        "No assessment shows the status at the landmark, the last one showing none is {record}",
        "Aucune évaluation ne documente le statut à la date d'évaluation, la dernière sans progression est {record}",
    ),
    (
        "No assessment shows the status at the landmark, no assessment showing no progression",
        "Aucune évaluation ne documente le statut à la date d'évaluation, aucune n'est sans progression",
    ),
    (
        "hCG already normal before treatment, not evaluable for normalisation: {record}",
        "hCG déjà normale avant le traitement, normalisation non évaluable : {record}",
    ),
    ("Normalised on day {n} (week {n2}): {record}", "Normalisation à J{n} (semaine {n2}) : {record}"),
    (
        "No normal value on study treatment up to the landmark, {told}",
        "Aucune valeur normale sous traitement à l'étude jusqu'à la date d'évaluation, {told}",
    ),
    ("last assay {record}", "dernier dosage {record}"),
    ("Before any normal value: {told}", "Avant toute valeur normale : {told}"),
    ("new anticancer therapy {record}", "nouveau traitement anticancéreux {record}"),
    ("hysterectomy {record}", "hystérectomie {record}"),
    (
        "PD (first imaging day; the visit is dated {day})",
        "PD (premier jour d'imagerie ; la visite est datée du {day})",
    ),
)
_MEASURED: Final = (
    ("{told} | {told2}", "{told} | {told2}"),
    (
        "{told}; {told2}; non-target {text}; new lesion {text2}, equivocal at first and confirmed later",
        "{told} ; {told2} ; non cibles {text} ; nouvelle lésion {text2}, d'abord équivoque puis confirmée",
    ),
    (
        "{told}; {told2}; non-target {text}; new lesion {text2}",
        "{told} ; {told2} ; non cibles {text} ; nouvelle lésion {text2}",
    ),
    (
        "sum {told} of {n} of {n2} target lesions (baseline {told2}, smallest before {told3}): target {text}",
        "somme {told} de {n} lésions cibles sur {n2} (initiale {told2}, minimum antérieur {told3}) : cibles {text}",
    ),
    (
        "sum {told} (baseline {told2}, smallest before {told3}): target {text}",
        "somme {told} (initiale {told2}, minimum antérieur {told3}) : cibles {text}",
    ),
    ("{n} mm", "{n} mm"),
    ("baseline: {n} target lesion, sum {told}", "bilan initial : {n} lésion cible, somme {told}"),
    ("baseline: {n} target lesions, sum {told}", "bilan initial : {n} lésions cibles, somme {told}"),
)
_DECISIONS: Final = (
    (
        "Stage 1: {told} in {told2}; more than r1 = {n} needed to continue: {told3}.",
        "Étape 1 : {told} chez {told2} ; plus de r1 = {n} nécessaires pour poursuivre : {told3}.",
    ),
    (
        "Stage 2: {told} in {told2}; more than r = {n} of n = {n2} needed to declare activity: {told3}.",
        "Étape 2 : {told} chez {told2} ; plus de r = {n} sur n = {n2} nécessaires pour retenir l'activité : {told3}.",
    ),
    ("{n} success", "{n} succès"),
    ("{n} successes", "{n} succès"),
    ("{n} patient", "{n} patient"),
    ("{n} patients", "{n} patients"),
    (
        "{told} (n = {n} attained; conditional error rule)",
        "{told} (n = {n} atteint ; règle de l'erreur conditionnelle)",
    ),
    (
        "stop for futility ({told}, too few to change it)",
        "arrêt pour futilité ({told}, trop peu pour changer la décision)",
    ),
    ("stage 1 was passed, not decided, {told}", "étape 1 franchie, pas encore de décision, {told}"),
    ("not decided, {told}", "pas encore de décision, {told}"),
    ("{n} pending and {n2} not yet treated", "{n} en attente et {n2} non encore traités"),
    ("only {n} can be judged", "seulement {n} évaluables"),
    ("{n} pending", "{n} en attente"),
    ("{n} not yet treated", "{n} non encore traités"),
    (
        "{n} successes in {n2} patients with known status",
        "{n} succès chez {n2} patients au statut connu",
    ),
    (
        "alive without clinical or radiological progression ({text}) on day {n} {told}",
        "vivant sans progression clinique ni radiologique ({text}) à J{n} {told}",
    ),
    (
        "alive without radiological progression ({text}) on day {n} {told}",
        "vivant sans progression radiologique ({text}) à J{n} {told}",
    ),
    ("alive on day {n} {told}", "vivant à J{n} {told}"),
    (
        "hCG at or below the laboratory's upper limit by day {n} {told}, while on study treatment",
        "hCG inférieure ou égale à la limite supérieure du laboratoire au plus tard à J{n} {told}, sous traitement à "
        "l'étude",
    ),
    ("(week {n}) after treatment start", "(semaine {n}) après le début du traitement"),
    ("(week {n}) after inclusion", "(semaine {n}) après l'inclusion"),
    ("rate of the last {n} months", "rythme des {n} derniers mois"),
)
_TIMES: Final = (
    ("Progression: {record}", "Progression : {record}"),
    ("Clinical progression: {record}", "Progression clinique : {record}"),
    ("Death: {record}", "Décès : {record}"),
    ("Death, no progression recorded before it: {record}", "Décès sans progression enregistrée auparavant : {record}"),
    (
        "No progression or death, censored at the last imaging assessment: {record}",
        "Ni progression ni décès, censuré à la dernière imagerie : {record}",
    ),
    (
        "Censored at the last adequate imaging assessment: {record}",
        "Censuré à la dernière imagerie adéquate : {record}",
    ),
    (
        "No imaging assessment to censor at, censored at inclusion: {record}",
        "Aucune imagerie à laquelle censurer, censuré à l'inclusion : {record}",
    ),
    (
        "No imaging assessment to censor at, censored at treatment start: {record}",
        "Aucune imagerie à laquelle censurer, censuré au début du traitement : {record}",
    ),
    (
        "No later imaging assessment, censored at the first response: {record}",
        "Aucune imagerie ultérieure, censuré à la première réponse : {record}",
    ),
    ("Alive at last news: {record}", "Vivant aux dernières nouvelles : {record}"),
    (
        "No news after it, censored where time starts: {record}",
        "Aucune nouvelle ensuite, censuré à l'origine du délai : {record}",
    ),
    (
        "Subsequent treatment for lack of efficacy: {record}",
        "Traitement ultérieur pour manque d'efficacité : {record}",
    ),
    ("hCG resistance: {record}", "Résistance hCG : {record}"),
    (
        "Died without resistance, censored at death: {record}",
        "Décédé sans résistance, censuré au décès : {record}",
    ),
)
_EVENTS: Final = (
    ("{told}; before inclusion {day}", "{told} ; avant l'inclusion du {day}"),
    ("{told}; after the last day counted {day}", "{told} ; après le dernier jour compté, le {day}"),
    ("{told}; counted, before first dose", "{told} ; compté, avant la première dose"),
    ("{told}; counted", "{told} ; compté"),
    ("AE {n}: {told}", "AE {n} : {told}"),
    ("onset taken as {day} (recorded {text})", "début fixé au {day} (enregistré : {text})"),
    ("onset taken as {day} (recorded )", "début fixé au {day} (non enregistré)"),
    ("onset {day}", "début le {day}"),
)
_EVENT_QUERIES: Final = (
    ("without a date of onset ({text})", "sans date de début ({text})"),
    (
        "entered before with the same term, onset, end and grade ({text})",
        "déjà saisi avec les mêmes terme, début, fin et grade ({text})",
    ),
    (
        "adverse event of a patient who was never treated ({text})",
        "événement indésirable d'un patient jamais traité ({text})",
    ),
    ("{text} is Y but AESER is {told} ({text2})", "{text} vaut Y mais AESER vaut {told} ({text2})"),
    (
        "AESER is Y but no criterion of seriousness is ({text})",
        "AESER vaut Y mais aucun critère de gravité n'est coché ({text})",
    ),
    (
        "fatal, but the patient has no date of death ({text})",
        "fatal, mais le patient n'a pas de date de décès ({text})",
    ),
    (
        "one of several fatal events of the patient ({text})",
        "l'un de plusieurs événements fatals du patient ({text})",
    ),
    ("grade {text} with a fatal outcome ({text2})", "grade {text} avec une évolution fatale ({text2})"),
    ("grade {text} without a fatal outcome ({text2})", "grade {text} sans évolution fatale ({text2})"),
    (
        "special interest by the CRF: {told}, by the plan's terms: {told2} ({text})",
        "intérêt particulier selon le cahier d'observation : {told}, selon les termes du plan : {told2} ({text})",
    ),
    ("relation to treatment not recorded ({text})", "lien avec le traitement non renseigné ({text})"),
    (
        "related to a drug, but AEREL says not related ({text})",
        "lié à un médicament, mais AEREL indique non lié ({text})",
    ),
    ("planned arm {text} but actual arm {text2}", "bras prévu {text} mais bras réel {text2}"),
)
_QUERIES: Final = (
    ("no patient has {text} in {text2}: the cohort is empty", "aucun patient n'a {text} dans {text2} : cohorte vide"),
    (
        "last contact {day} is older than {record}: the later contact is the last news",
        "dernier contact le {day}, plus ancien que {record} : le contact le plus récent donne les dernières nouvelles",
    ),
    (
        "subsequent anticancer therapy without a date: the record is listed and not used for any date",
        "traitement anticancéreux ultérieur sans date : l'enregistrement est listé et ne sert à aucune date",
    ),
    (
        "subsequent anticancer therapy with the partial date {text}: the record is listed and not used for any date",
        "traitement anticancéreux ultérieur à date partielle {text} : l'enregistrement est listé et ne sert à aucune "
        "date",
    ),
    (
        "subsequent therapy {day} before the first dose {day2}: it counts as new therapy on its date",
        "traitement ultérieur le {day}, avant la première dose du {day2} : il compte comme nouveau traitement à sa "
        "date",
    ),
    (
        "end of treatment {day} before the last dose {day2}: the recorded end is used all the same",
        "fin de traitement le {day}, avant la dernière dose du {day2} : la fin enregistrée est utilisée quand même",
    ),
    (
        "{told} after a CR: read as recorded ({text}), as PD by RECIST 1.1 table 3",
        "{told} après une RC : lue telle que saisie ({text}), comme PD selon le tableau 3 de RECIST 1.1",
    ),
    ("found {text}; expected {told}: {told2}", "trouvé {text} ; attendu {told} : {told2}"),
    ("expected {told}: {told2}", "attendu {told} : {told2}"),
    ("one of {text}", "une valeur parmi {text}"),
    ("the column {text}", "la colonne {text}"),
    (
        "a unit that needs no conversion ({text})",
        "une unité qui ne demande pas de conversion ({text})",
    ),
    (
        "a dated inclusion in DS ({text}) for a treated patient",
        "une inclusion datée dans DS ({text}) pour un patient traité",
    ),
    ("one row per USUBJID and {text}", "une ligne par USUBJID et {text}"),
    ("one answer per {text} of a patient", "une réponse par {text} d'un patient"),
    ("an end on or after the start ({text})", "une fin au jour du début ou après ({text})"),
    ("a file {text} with one row per {told} ({text2})", "un fichier {text} avec une ligne par {told} ({text2})"),
)
_WITH_CONSEQUENCE: Final = tuple((f"{one}: {{told9}}", f"{other} : {{told9}}") for one, other in _EVENT_QUERIES)
_DOUBTS: Final = (*_QUERIES, *_WITH_CONSEQUENCE, *_EVENT_QUERIES)
SENTENCES: Final = (*_DECISIONS, *_DOUBTS, *_MEASURED, *_ENDS, *_EVENTS, *_WEEK24, *_TIMES)

# Whole sentences, and words that stand in a place.
WORDS: Final = MappingProxyType(
    {
        "stop for futility": "arrêt pour futilité",
        "after treatment start": "après le début du traitement",
        "after inclusion": "après l'inclusion",
        "continue to stage 2": "poursuite vers l'étape 2",
        "activity declared (H0 rejected)": "activité retenue (H0 rejetée)",
        "activity not shown (H0 not rejected)": "activité non démontrée (H0 non rejetée)",
        "Vital status at the landmark unknown": "Statut vital inconnu à la date d'évaluation",
        "No hCG assay": "Aucun dosage d'hCG",
        "no assay on study treatment": "aucun dosage sous traitement à l'étude",
        "clinical progression": "progression clinique",
        "hysterectomy": "hystérectomie",
        "Hysterectomy": "Hystérectomie",
        "New therapy": "Nouveau traitement anticancéreux",
        "no assessment": "pas d'évaluation",
        "no target disease": "pas de lésion cible",
        "no complete baseline in time before treatment start: target NE": (
            "pas de bilan initial complet à temps avant le début du traitement : cibles NE"
        ),
        "unknown": "inconnue",
        "onset unknown": "début inconnu",
        "blank": "vide",
        "none": "aucun",
        # what was expected, at the door
        "a complete date": "une date complète",
        "a CTCAE grade": "un grade CTCAE",
        'a number, or a limit such as "<2"': "un nombre, ou une limite telle que « <2 »",
        "the assay's upper limit of normal": "la limite supérieure de la normale du dosage",
        "a date on or before the patient's death": "une date antérieure ou égale au décès du patient",
        "one inclusion per patient": "une inclusion par patient",
        "a dose on or after inclusion": "une dose à l'inclusion ou après",
        "a date of death in DM (DTHDTC)": "une date de décès dans DM (DTHDTC)",
        "Y for a patient with DTHDTC": "Y pour un patient avec DTHDTC",
        "a measurement in TR on or before the first dose": "une mesure dans TR à la première dose ou avant",
        "each record once": "chaque enregistrement une seule fois",
        # what it does to the analysis
        "this assessment can neither date a progression nor a response": (
            "cette évaluation ne peut dater ni une progression ni une réponse"
        ),
        "the measurement cannot be placed before or after treatment start": (
            "la mesure ne peut être située avant ou après le début du traitement"
        ),
        "left out of the exploratory iRECIST response": "exclu de la réponse exploratoire iRECIST",
        "the number is taken as millimetres": "le nombre est pris en millimètres",
        "the number is compared with the limit as it stands": "le nombre est comparé tel quel à la limite",
        "the assay has no value": "le dosage n'a pas de valeur",
        "the assay is never called normal": "le dosage n'est jamais considéré comme normal",
        "this assay is in no weekly series": "ce dosage n'entre dans aucune série hebdomadaire",
        "this dose can neither start nor end treatment": "cette dose ne peut ni débuter ni terminer le traitement",
        "counted as ungraded, never as grade 0 or 1": "compté comme sans grade, jamais comme grade 0 ou 1",
        "the record counts as it stands, but nothing is dated after the death": (
            "l'enregistrement compte tel quel, mais rien n'est daté après le décès"
        ),
        "the earlier date counts": "la date la plus ancienne compte",
        "treatment starts before inclusion: times from inclusion and from treatment start disagree": (
            "le traitement débute avant l'inclusion : les délais depuis l'inclusion et depuis le début du traitement "
            "se contredisent"
        ),
        "no time from inclusion can be computed for the patient": (
            "aucun délai depuis l'inclusion ne peut être calculé pour le patient"
        ),
        "the death has no date: it is no event, the patient is censored at last news": (
            "le décès n'a pas de date : il n'est pas un événement, le patient est censuré aux dernières nouvelles"
        ),
        "the date counts as a death": "la date compte comme un décès",
        "the patient's sum has no baseline: no response": (
            "la somme du patient n'a pas de valeur initiale : pas de réponse"
        ),
        "a reason that refers to this number names more than one record": (
            "un motif qui renvoie à ce numéro désigne plusieurs enregistrements"
        ),
        "the duration is negative; the start date is used as it stands": (
            "la durée est négative ; la date de début est utilisée telle quelle"
        ),
        # what to do
        "ask the centre for the day": "demander le jour au centre",
        "ask the centre to confirm or correct it": "demander au centre de confirmer ou de corriger",
        # rules that complete a partial date
        "first day of the month, not before inclusion": "premier jour du mois, pas avant l'inclusion",
        "first day of the year, not before inclusion": "premier jour de l'année, pas avant l'inclusion",
        "first day of the month, not before last contact": "premier jour du mois, pas avant le dernier contact",
        "first day of the year, not before last contact": "premier jour de l'année, pas avant le dernier contact",
        "ask the centre for the grade": "demander le grade au centre",
        "ask the laboratory for the result": "demander le résultat au laboratoire",
        "ask the laboratory for its limit": "demander sa limite au laboratoire",
        "complete the unit": "compléter l'unité",
        "complete it": "le compléter",
        "correct this date or DTHDTC": "corriger cette date ou DTHDTC",
        "remove one of the two records": "supprimer l'un des deux enregistrements",
        "correct this date or the date of inclusion in DS": "corriger cette date ou la date d'inclusion dans DS",
        "add the record to DS": "ajouter l'enregistrement dans DS",
        "enter the date of death, or correct this record": "saisir la date de décès, ou corriger cet enregistrement",
        "add the measurement of TR, or correct its date": "ajouter la mesure dans TR, ou corriger sa date",
        "number the patient's records anew": "renuméroter les enregistrements du patient",
        "correct the visit or reader of one, or remove it": (
            "corriger la visite ou l'évaluateur de l'un, ou le supprimer"
        ),
        "if patients were expected, correct member_column and member_values in the plan": (
            "si des patients étaient attendus, corriger member_column et member_values dans les paramètres"
        ),
        "ask the reader which one was meant": "demander au lecteur laquelle est la bonne",
        "correct the wrong one of the two dates": "corriger celle des deux dates qui est fausse",
        "add it if it was collected": "l'ajouter s'il a été recueilli",
        # columns and tables a source may lack
        "export it if it was collected": "l'exporter s'il a été recueilli",
        "end of treatment cannot be told from other events": (
            "la fin de traitement ne peut être distinguée des autres événements"
        ),
        "the reason in words is not shown": "le motif en clair n'est pas montré",
        "doses are shown without unit": "les doses sont montrées sans unité",
        "the last dose is dated by its start": "la dernière dose est datée de son début",
        "nodes cannot be told from other lesions": "les ganglions ne peuvent être distingués des autres lésions",
        "the imaging method is not shown": "la méthode d'imagerie n'est pas montrée",
        "response cannot be derived from measurements": "la réponse ne peut être recalculée à partir des mesures",
        "measurements are taken as millimetres": "les mesures sont prises en millimètres",
        "the longest diameter counts; thicknesses are added": (
            "le plus grand diamètre compte ; les épaisseurs sont additionnées"
        ),
        "every assessment is taken as the investigator's": (
            "toute évaluation est considérée comme celle de l'investigateur"
        ),
        "a progression of the visit counts, otherwise the later answer": (
            "une progression à la visite compte, sinon la réponse la plus récente"
        ),
        "no recorded response, no progression date": "pas de réponse saisie, pas de date de progression",
        "units cannot be checked": "les unités ne peuvent être vérifiées",
        "no assay can be called normal": "aucun dosage ne peut être considéré comme normal",
        "no hCG and no laboratory grade": "ni hCG ni grade biologique",
        "events are counted by their reported term": "les événements sont comptés selon le terme rapporté",
        "events are not grouped by system": "les événements ne sont pas regroupés par système",
        "every event is ungraded": "tous les événements sont sans grade",
        "durations are not shown": "les durées ne sont pas montrées",
        "relation to treatment is not known": "le lien avec le traitement n'est pas connu",
        "no adverse event is seen: safety tables would be empty": (
            "aucun événement indésirable n'est vu : les tableaux de tolérance seraient vides"
        ),
        "lack of efficacy as the reason of a new treatment is not known": (
            "le manque d'efficacité comme motif d'un nouveau traitement n'est pas connu"
        ),
        "no subsequent anticancer therapy is seen": "aucun traitement anticancéreux ultérieur n'est vu",
        "the date of consent is not known": "la date de consentement n'est pas connue",
        "the reference start date is not known": "la date de début de référence n'est pas connue",
        "deaths without a date cannot be seen": "les décès sans date ne peuvent être vus",
        "cohort membership by ARMCD is not possible": "l'appartenance à la cohorte par ARMCD n'est pas possible",
        "records without this date cannot be ordered in time": (
            "les enregistrements sans cette date ne peuvent être ordonnés dans le temps"
        ),
        "lesion": "lésion",
        "lesion measurement": "mesure de lésion",
        "response assessment": "évaluation de la réponse",
        "assay": "dosage",
        "adverse event": "événement indésirable",
        "treatment": "traitement",
        # adverse events: consequences
        "counted unless it ended before inclusion; no day of onset": (
            "compté sauf s'il s'est terminé avant l'inclusion ; pas de jour de début"
        ),
        "patients are counted once; the number of events counts both": (
            "les patients sont comptés une fois ; le nombre d'événements compte les deux"
        ),
        "not counted: no dose was given": "non compté : aucune dose n'a été administrée",
        "not counted as serious: AESER decides; listed": "non compté comme grave : AESER décide ; listé",
        "counted as serious": "compté comme grave",
        "no death in any endpoint": "pas de décès dans les critères de jugement",
        "one death, several causes": "un décès, plusieurs causes",
        "grade as recorded; counted as fatal": "grade tel qu'enregistré ; compté comme fatal",
        "counted as special interest, under the CRF's category if it has one": (
            "compté comme d'intérêt particulier, dans la catégorie du cahier d'observation si elle existe"
        ),
        "not counted as related": "non compté comme lié",
        "counted as related": "compté comme lié",
        "the cohort is the planned one; the regimen is read from exposure": (
            "la cohorte est celle prévue ; le traitement est lu dans l'exposition"
        ),
        # why the plans assume what they assume
        "share edition: counts of 1 and 2 patients are not shown; the record names no threshold": (
            "édition partagée : les effectifs de 1 et 2 patients ne sont pas montrés ; l'enregistrement "
            "ne fixe pas de seuil"
        ),
        "second-line PM: median PFS 3.2 months gives about 0.30 at 24 weeks; CALGB 30601: 23 % (13.5-40.0)": (
            "mésothéliome péritonéal en deuxième ligne : une survie sans progression médiane de 3,2 mois "
            "donne environ 0,30 à 24 semaines ; CALGB 30601 : 23 % (13,5-40,0)"
        ),
        "optimal design for the assumed p0 and p1": ("plan optimal pour les p0 et p1 supposés"),
        "uniform prior of the predictive power; never part of a decision": (
            "loi a priori uniforme de la puissance prédictive ; n'intervient jamais dans une décision"
        ),
        "A3: a scan from day 161 shows that week 24 was reached": (
            "A3 : une imagerie à partir de J161 documente la semaine 24"
        ),
        "A3: see window_days": ("A3 : voir window_days"),
        "A4: progression is dated when it is documented, as in PFS": (
            "A4 : la progression est datée du jour où elle est documentée, comme pour la survie sans progression"
        ),
        "A5: treated population, unknown counts against the drug": (
            "A5 : population traitée, un statut inconnu compte comme un échec"
        ),
        "A6: new anticancer therapy before week 24": ("A6 : nouveau traitement anticancéreux avant la semaine 24"),
        "the record gives no schedule": ("l'enregistrement ne donne pas de calendrier"),
        "first inclusion expected; the record gives 36 months, no date": (
            "première inclusion attendue ; l'enregistrement donne 36 mois, sans date"
        ),
        "the record gives no dose; 1200 mg and 360 mg every 3 weeks are the doses of STAR-121": (
            "l'enregistrement ne donne pas de dose ; 1200 mg et 360 mg toutes les 3 semaines sont les doses de STAR-121"
        ),
        "A15: five calendar months": ("A15 : cinq mois calendaires"),
        "the record names no terms; requirements: immune-mediated by category, infusion reactions, "
        "myositis / myocarditis / myasthenia": (
            "l'enregistrement ne nomme pas de termes ; exigences : événements à médiation immunitaire par"
            " catégorie, réactions à la perfusion, myosite / myocardite / myasthénie"
        ),
        "avelumab (TROPHIMMUN) 8/15; camrelizumab + apatinib 11/20; no control rate published": (
            "avélumab (TROPHIMMUN) 8/15 ; camrélizumab + apatinib 11/20 ; aucun taux de référence publié"
        ),
        "days after week 24 until a patient without news is judged": (
            "délai en jours après la semaine 24 avant de statuer sur un patient sans nouvelles"
        ),
        "A11: the first value at or below the assay's own upper limit": (
            "A11 : la première valeur inférieure ou égale à la limite supérieure du dosage"
        ),
        "A12: up to the recorded end of treatment, else last dose + one cycle": (
            "A12 : jusqu'à la fin de traitement enregistrée, sinon dernière dose + un cycle"
        ),
        "A14: an assay closer to the last retained one is skipped": (
            "A14 : un dosage plus proche du dernier retenu est ignoré"
        ),
        "A14: a longer gap breaks the run": ("A14 : un intervalle plus long interrompt la série"),
        "A9: two adjacent pairs of three weekly assays, each +20 % or more": (
            "A9 : deux paires adjacentes de trois dosages hebdomadaires, chacune d'au moins +20 %"
        ),
        "A10: no pair of four weekly assays falls by more than 10 %": (
            "A10 : aucune paire de quatre dosages hebdomadaires ne baisse de plus de 10 %"
        ),
        "NIVOTHYM's own H0 for 6-month PFS; not public for IMMUNORARE5": (
            "H0 de NIVOTHYM pour la survie sans progression à 6 mois ; non publique pour IMMUNORARE5"
        ),
        "NIVOTHYM's own H1 for 6-month PFS; not public for IMMUNORARE5": (
            "H1 de NIVOTHYM pour la survie sans progression à 6 mois ; non publique pour IMMUNORARE5"
        ),
        "median OS 4.0 months in two series gives about 0.38 at 24 weeks": (
            "une survie globale médiane de 4,0 mois dans deux séries donne environ 0,38 à 24 semaines"
        ),
        "R3: which cohort receives FOLFOX-4 is not said": ("R3 : la cohorte qui reçoit FOLFOX-4 n'est pas précisée"),
        "KEYNOTE-158 NET: 6-month PFS 39.3 %": ("KEYNOTE-158, TNE : survie sans progression à 6 mois de 39,3 %"),
        "the record gives no dose; the doses of STAR-121, once per cycle; FOLFOX-4 has no entry, so "
        "no intensity is given for it": (
            "l'enregistrement ne donne pas de dose ; doses de STAR-121, une fois par cycle ; FOLFOX-4 n'a"
            " pas d'entrée, donc pas de dose-intensité"
        ),
    }
)
