"""Reasons for censoring: each endpoint has its own patients, and the table says whose they are."""

from __future__ import annotations

import pytest
from tests.seen import examples

from ir5nb import tables


def reasons(responders: str = "responders"):
    return examples.frame(
        examples.row("total", 48, endpoint="PFS", population="included"),
        *examples.part("Inclusion", 1, 48, endpoint="PFS", population="included"),
        examples.row("total", 18, endpoint="DOR", population=responders),
        *examples.part("Last imaging assessment", 7, 18, endpoint="DOR", population=responders),
    )


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ("Progression-free survival | N = 48", "Duration of response | N = 18",
                "Population: Included (Progression-free survival); Responders (Duration of response).",
                "No imaging assessment: censored at inclusion | 1")),
        ("fr", ("Survie sans progression | N = 48", "Durée de réponse | N = 18",
                "Population : Inclus (Survie sans progression) ; Répondeurs (Durée de réponse).",
                "Aucune imagerie : censure à l'inclusion | 1")),
    ],
)  # fmt: skip
def test_each_endpoint_has_its_n_and_its_population(lang: str, said: tuple[str, ...]) -> None:
    page = repr(tables.censoring(reasons(), lang=lang))
    for words in said:
        assert words in page


def test_one_population_is_named_once() -> None:
    assert "Population: Included." in repr(tables.censoring(reasons("included")))
