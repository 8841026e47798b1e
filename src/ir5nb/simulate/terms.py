"""The adverse events that can occur: MedDRA-style names, frequency with each regimen, severity, special interest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ir5nb.simulate.days import Flags, Reals, Wholes

MILD, MEDIUM, SEVERE = 0, 1, 2
# Shares of the CTCAE grades 1-4 by severity; grade 5 comes from the deaths, not from a share.
GRADES: Final = np.array([[0.62, 0.33, 0.05, 0.0], [0.38, 0.42, 0.18, 0.02], [0.11, 0.38, 0.41, 0.10]])


@dataclass(frozen=True, slots=True)
class Term:
    """A preferred term: weight among the events under the doublet and with FOLFOX-4, severity, category or None."""

    name: str
    system: str
    doublet: float
    folfox: float
    severity: int = MILD
    category: str | None = None


_GI, _SKIN, _INV = "Gastrointestinal disorders", "Skin and subcutaneous tissue disorders", "Investigations"
_GENERAL, _BLOOD = "General disorders and administration site conditions", "Blood and lymphatic system disorders"
_RESP, _NERVOUS = "Respiratory, thoracic and mediastinal disorders", "Nervous system disorders"
_MUSCLE, _META = "Musculoskeletal and connective tissue disorders", "Metabolism and nutrition disorders"
_ENDO, _INF, _HEART = "Endocrine disorders", "Infections and infestations", "Cardiac disorders"
_INJURY = "Injury, poisoning and procedural complications"
_MMM = "MYOCARDITIS/MYOSITIS/MYASTHENIA"
TERMS: Final = (
    Term("Fatigue", _GENERAL, 14, 14), Term("Pyrexia", _GENERAL, 4, 4), Term("Asthenia", _GENERAL, 6, 8),
    Term("Oedema peripheral", _GENERAL, 3, 2), Term("Nausea", _GI, 6, 14), Term("Vomiting", _GI, 3, 8),
    Term("Diarrhoea", _GI, 8, 10), Term("Constipation", _GI, 5, 5), Term("Abdominal pain", _GI, 5, 5, MEDIUM),
    Term("Stomatitis", _GI, 1, 6), Term("Pruritus", _SKIN, 8, 4), Term("Rash", _SKIN, 6, 3, MILD, "SKIN"),
    Term("Rash maculo-papular", _SKIN, 3, 2, MEDIUM, "SKIN"), Term("Vitiligo", _SKIN, 0.6, 0.3, MILD, "SKIN"),
    Term("Arthralgia", _MUSCLE, 6, 3), Term("Myalgia", _MUSCLE, 3, 2), Term("Back pain", _MUSCLE, 4, 3),
    Term("Cough", _RESP, 5, 2), Term("Dyspnoea", _RESP, 5, 3, MEDIUM), Term("Headache", _NERVOUS, 3, 2),
    Term("Peripheral sensory neuropathy", _NERVOUS, 0.5, 12), Term("Decreased appetite", _META, 5, 6),
    Term("Hyponatraemia", _META, 2, 2, MEDIUM), Term("Anaemia", _BLOOD, 5, 8, MEDIUM),
    Term("Neutropenia", _BLOOD, 0.4, 9, SEVERE), Term("Thrombocytopenia", _BLOOD, 0.4, 5, MEDIUM),
    Term("Alanine aminotransferase increased", _INV, 4, 4, MEDIUM), Term("Lipase increased", _INV, 3, 2, SEVERE),
    Term("Aspartate aminotransferase increased", _INV, 4, 4, MEDIUM), Term("Blood creatinine increased", _INV, 2, 1),
    Term("Hypothyroidism", _ENDO, 5, 3, MILD, "ENDOCRINE"), Term("Hyperthyroidism", _ENDO, 3, 2, MILD, "ENDOCRINE"),
    Term("Adrenal insufficiency", _ENDO, 0.7, 0.5, MEDIUM, "ENDOCRINE"),
    Term("Hypophysitis", _ENDO, 0.3, 0.2, MEDIUM, "ENDOCRINE"),
    Term("Pneumonitis", _RESP, 1.5, 1, SEVERE, "PNEUMONITIS"),
    Term("Immune-mediated enterocolitis", _GI, 1.2, 0.8, SEVERE, "COLITIS"),
    Term("Immune-mediated hepatitis", "Hepatobiliary disorders", 1.2, 0.8, SEVERE, "HEPATITIS"),
    Term("Nephritis", "Renal and urinary disorders", 0.4, 0.3, SEVERE, "NEPHRITIS"),
    Term("Myocarditis", _HEART, 0.4, 0.1, SEVERE, _MMM), Term("Myositis", _MUSCLE, 0.5, 0.2, SEVERE, _MMM),
    Term("Myasthenia gravis", _NERVOUS, 0.3, 0.1, SEVERE, _MMM),
    Term("Infusion related reaction", _INJURY, 2.5, 3, MILD, "INFUSION REACTION"),
    Term("Pneumonia", _INF, 2, 2, SEVERE), Term("Urinary tract infection", _INF, 2.5, 2),
    Term("Pulmonary embolism", "Vascular disorders", 0.8, 1, SEVERE),
)  # fmt: skip
SEVERITY: Final[Wholes] = np.array([term.severity for term in TERMS])
SPECIAL: Final[Flags] = np.array([term.category is not None for term in TERMS])


def weights(folfox: bool) -> Reals:
    """Share of each term among the events of a regimen.

    Examples
    --------
    >>> float(weights(folfox=True).sum().round(9))
    1.0
    """
    weight = np.array([term.folfox if folfox else term.doublet for term in TERMS], dtype=np.float64)
    return np.asarray(weight / weight.sum())


def among(*names: str) -> Wholes:
    """Places of terms by name.

    Examples
    --------
    >>> TERMS[int(among("Pneumonia")[0])].name
    'Pneumonia'
    """
    return np.array([[term.name for term in TERMS].index(name) for name in names])
