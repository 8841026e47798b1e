"""A report in French is French: narrative, sentences of the code, labels of tables and charts."""

from __future__ import annotations

import re
from functools import cache

import nbformat
import pytest
import yaml
from tests.seen import kernelless

from ir5nb import source, wording
from ir5nb.render.narrative import paragraphs, translated
from ir5nb.wording.levels import LEVELS
from ir5nb.wording.told import _patterns as patterns
from ir5nb.wording.told_fr import SENTENCES, WORDS

# Function words of English that no French text and no name has; source texts (terms of MedDRA) are left out first.
ENGLISH = re.compile(r"\b(the|is|are|was|were|with|without|from|which|each|not|and|by|of|no)\b")
PLACE = re.compile(r"\{[a-z_0-9]+\}")


def read(stem):
    return nbformat.read(kernelless.ROOT / "notebooks" / f"{stem}.ipynb", as_version=4)


def narrative(stem):
    cells = (cell for cell in read(stem).cells if cell.cell_type == "markdown")
    return [" ".join(paragraph.split()) for cell in cells for paragraph in paragraphs(cell.source)]


@pytest.mark.parametrize("stem", kernelless.STEMS)
def test_every_paragraph_has_its_french(stem):
    told = narrative(stem)
    assert len(told) > 15
    assert [paragraph for paragraph in told if paragraph not in wording.NARRATIVE_FR] == []


def test_no_translation_is_of_a_paragraph_that_is_gone():
    assert set(wording.NARRATIVE_FR) == {paragraph for stem in kernelless.STEMS for paragraph in narrative(stem)}


def test_a_translation_keeps_headings_ids_and_emphasis():
    for english, french in wording.NARRATIVE_FR.items():
        assert english != french or "hCG" in english
        assert re.match(r"#* ?", english).group() == re.match(r"#* ?", french).group()
        ids = r"\b[PRSA]\d+b?\b"
        assert sorted(re.findall(ids, english)) == sorted(re.findall(ids, french)), english
        assert english.count("**") == french.count("**")


def test_only_the_narrative_of_a_notebook_is_translated():
    notebook = read("c3_tet")
    french = translated(notebook, "fr")
    assert translated(notebook, "en") == notebook
    assert [cell for cell in french.cells if cell.cell_type == "code"] == [
        cell for cell in notebook.cells if cell.cell_type == "code"
    ]
    assert "## 1. La décision" in [cell.source for cell in french.cells]


@cache
def of_the_source():
    """Every text of the demo data: it stays as the centres wrote it."""
    tables = source.read(None).tables.values()
    return {
        str(text)
        for table in tables
        for name in table.columns
        if table[name].dtype == object or str(table[name].dtype).startswith("str")
        for text in table[name].dropna().unique()
    }


def english_texts():
    """What the package says in English, where French says it otherwise."""
    pairs = {**wording.PHRASES, **LEVELS}.values()
    french = {text for _, text in pairs}
    said = {english for english, other in pairs if english != other and not PLACE.search(english)}
    return (said | set(WORDS)) - french


@pytest.mark.parametrize("stem", kernelless.STEMS)
def test_a_french_report_says_nothing_in_english(stem):
    shown = kernelless.in_language(stem, "fr")
    texts = {text for one in shown for text in one.texts}
    assert len(texts) > 300
    own = texts - of_the_source()
    assert sorted(own & english_texts() - PLAN_VALUES) == []
    left = {text for text in own if any(pattern.fullmatch(text) for pattern in english_patterns())}
    assert sorted(left) == []
    assert sorted(text for text in own if ENGLISH.search(without_source(text))) == []


# Entries of plans are shown as they stand in params/: name and value.
PLAN_VALUES = {"treatment", "success", "failure", "inclusion", "window", "whole", "recorded", "final", "interim"}
PLAN_VALUES |= {"analysis"}


def english_patterns():
    """The patterns of composed sentences that French writes otherwise."""
    return [
        pattern
        for (pattern, french), (english, _) in zip(patterns(), SENTENCES, strict=True)
        if PLACE.sub("", english).strip(" :;|") != PLACE.sub("", french).strip(" :;|")
        and PLACE.sub("", english).strip()
    ]


def without_source(text):
    """Take terms of the source and quoted values out of a text."""
    kept = re.sub(r"'[^']*'", "", text)
    for term in sorted((term for term in of_the_source() if ENGLISH.search(term)), key=len, reverse=True):
        kept = kept.replace(term, "")
    return kept


def test_every_reason_of_a_plan_has_its_french():
    for path in sorted((kernelless.ROOT / "params").glob("*.yaml")):
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert wording.label(entries["title"], "fr") != entries["title"], path.stem
        for key, entry in entries.items():
            if isinstance(entry, dict) and "why" in entry:
                assert wording.told(entry["why"], "fr") != entry["why"], f"{path.stem}: {key}"


@pytest.mark.parametrize(("english", "french"), SENTENCES)
def test_a_sentence_has_the_same_places_in_both_languages(english, french):
    assert sorted(PLACE.findall(english)) == sorted(PLACE.findall(french))


TOLD = [
    (
        "Radiological progression on or before the landmark 2025-10-08: RS 4 (visit WEEK 16, 2025-08-12): PD "
        "(first imaging day; the visit is dated 2025-08-13)",
        "Progression radiologique au plus tard à la date d'évaluation du 08/10/2025 : RS 4 (visite WEEK 16, "
        "12/08/2025) : PD (premier jour d'imagerie ; la visite est datée du 13/08/2025)",
    ),
    (
        "Death on or before the landmark 2025-10-08: DM 4 (2025-08-12) (day imputed: first possible day, not before "
        "last contact)",
        "Décès au plus tard à la date d'évaluation du 08/10/2025 : DM 4 (12/08/2025) (jour imputé : premier jour "
        "possible, pas avant le dernier contact)",
    ),
    (
        "Stage 1: 3 successes in 9 patients; more than r1 = 3 needed to continue: stop for futility (2 pending, too "
        "few to change it).",
        "Étape 1 : 3 succès chez 9 patients ; plus de r1 = 3 nécessaires pour poursuivre : arrêt pour futilité (2 en "
        "attente, trop peu pour changer la décision).",
    ),
    (
        "Normalised on day 35 (week 5): LB 12 (visit W 5, 2025-01-01): 4.5; resistance by rise completed by LB 20 "
        "(2025-03-01): 60",
        "Normalisation à J35 (semaine 5) : LB 12 (visite W 5, 01/01/2025) : 4,5 ; résistance par ascension, complétée "
        "par LB 20 (01/03/2025) : 60",
    ),
    (
        "found '2026-03'; expected a complete date: this dose can neither start nor end treatment",
        "trouvé '2026-03' ; attendu une date complète : cette dose ne peut ni débuter ni terminer le traitement",
    ),
    (
        "last contact 2025-01-25 is older than AE 4 (2025-01-26): the later contact is the last news",
        "dernier contact le 25/01/2025, plus ancien que AE 4 (26/01/2025) : le contact le plus récent donne les "
        "dernières nouvelles",
    ),
    (
        "RS 2 (visit W 16, 2026-04-29): PR after a CR: read as recorded (PR), as PD by RECIST 1.1 table 3",
        "RS 2 (visite W 16, 29/04/2026) : PR après une RC : lue telle que saisie (PR), comme PD selon le tableau 3 de "
        "RECIST 1.1",
    ),
    (
        "Vital status at the landmark unknown; no news of the patient",
        "Statut vital inconnu à la date d'évaluation ; aucune nouvelle du patient",
    ),
]


@pytest.mark.parametrize(("english", "french"), TOLD)
def test_sentences_keep_days_numbers_and_records(english, french):
    assert wording.told(english, "fr") == french
    assert wording.told(english, "en") == english


@pytest.mark.parametrize(
    "text",
    ["", "seen at home; counted on the spot", "RS 4 (visit <script>, 2025-08-12): PD", "{n} pending", "a" * 5000,
     "Death: " + "(" * 500, "2026-03-04", "; no resistance"],
)  # fmt: skip
def test_text_of_no_pattern_stays_and_costs_nothing(text):
    told = wording.told(text, "fr")
    assert told in (text, "RS 4 (visite <script>, 12/08/2025) : PD")
