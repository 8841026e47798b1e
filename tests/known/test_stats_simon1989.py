"""Tables 1 and 2 of Simon (Controlled Clinical Trials 1989; 10: 1-10), typed from golden/stats/simon_designs.

The golden file holds 28 of the settings of the two tables (blocks simon1989_t1 and _t2); every one is here. PET as
printed in the paper has misprints; the column below is the recomputation at 40 digits, to two decimals.
"""

import pytest

from ir5nb.stats.simon import SimonDesign, search

TABLES = """
1 | 0.05 0.25 0.10 0.10 | 0/9 2/24 14.5 0.63 | 0/13 2/20 16.4 0.51
1 | 0.05 0.25 0.05 0.10 | 0/9 3/30 16.8 0.63 | 0/15 3/25 20.4 0.46
1 | 0.10 0.30 0.10 0.10 | 1/12 5/35 19.8 0.66 | 1/16 4/25 20.4 0.51
1 | 0.10 0.30 0.05 0.20 | 1/10 5/29 15.0 0.74 | 1/15 5/25 19.5 0.55
1 | 0.20 0.40 0.10 0.10 | 3/17 10/37 26.0 0.55 | 3/19 10/36 28.3 0.46
1 | 0.20 0.40 0.05 0.20 | 3/13 12/43 20.6 0.75 | 4/18 10/33 22.3 0.72
1 | 0.20 0.40 0.05 0.10 | 4/19 15/54 30.4 0.67 | 5/24 13/45 31.2 0.66
1 | 0.30 0.50 0.05 0.20 | 5/15 18/46 23.6 0.72 | 6/19 16/39 25.7 0.67
1 | 0.30 0.50 0.05 0.10 | 8/24 24/63 34.7 0.73 | 7/24 21/53 36.6 0.56
1 | 0.50 0.70 0.05 0.20 | 8/15 26/43 23.5 0.70 | 12/23 23/37 27.7 0.66
1 | 0.50 0.70 0.05 0.10 | 13/24 36/61 34.0 0.73 | 14/27 32/53 36.1 0.65
1 | 0.60 0.80 0.10 0.10 | 6/11 26/38 25.4 0.47 | 18/27 24/35 28.5 0.82
1 | 0.70 0.90 0.05 0.20 | 4/6 22/27 14.8 0.58 | 19/23 21/26 23.2 0.95
2 | 0.05 0.20 0.10 0.10 | 0/12 3/37 23.5 0.54 | 0/18 3/32 26.4 0.40
2 | 0.05 0.20 0.05 0.20 | 0/10 3/29 17.6 0.60 | 0/13 3/27 19.8 0.51
2 | 0.20 0.35 0.05 0.20 | 5/22 19/72 35.4 0.73 | 6/31 15/53 40.4 0.57
2 | 0.20 0.35 0.05 0.10 | 8/37 22/83 51.4 0.69 | 8/42 21/77 58.4 0.53
2 | 0.30 0.45 0.05 0.10 | 13/40 40/110 60.8 0.70 | 27/77 33/88 78.5 0.86
2 | 0.40 0.55 0.10 0.10 | 16/38 40/88 54.5 0.67 | 18/45 34/73 57.2 0.56
2 | 0.40 0.55 0.05 0.20 | 11/26 40/84 44.9 0.67 | 28/59 34/70 60.1 0.90
2 | 0.40 0.55 0.05 0.10 | 19/45 49/104 64.0 0.68 | 24/62 45/94 78.9 0.47
2 | 0.50 0.65 0.10 0.10 | 18/35 47/84 53.0 0.63 | 19/40 41/72 58.0 0.44
2 | 0.50 0.65 0.05 0.20 | 15/28 48/83 43.7 0.71 | 39/66 40/68 66.1 0.95
2 | 0.50 0.65 0.05 0.10 | 22/42 60/105 62.3 0.68 | 28/57 54/93 75.0 0.50
2 | 0.60 0.75 0.10 0.10 | 21/34 47/71 47.1 0.65 | 25/43 43/64 54.4 0.46
2 | 0.70 0.85 0.10 0.10 | 14/20 45/59 36.2 0.58 | 15/22 40/52 36.8 0.51
2 | 0.80 0.95 0.10 0.10 | 5/7 27/31 20.8 0.42 | 5/7 27/31 20.8 0.42
2 | 0.80 0.95 0.05 0.10 | 16/19 37/42 24.4 0.76 | 31/35 35/40 35.3 0.94
"""
EN_HALF_UNIT, PET_HALF_UNIT = 0.0501, 0.00501  # EN is printed with one decimal, PET with two


def rows():
    for line in TABLES.strip().splitlines():
        table, setting, optimal, minimax = (part.split() for part in line.split("|"))
        yield pytest.param(setting, optimal, minimax, id=f"table {table[0]}: {' '.join(setting)}")


@pytest.mark.parametrize(("setting", "optimal", "minimax"), list(rows()))
def test_simon_1989(setting, optimal, minimax):
    p0, p1, alpha, beta = map(float, setting)
    found = search(p0, p1, alpha, 1.0 - beta)
    assert found.certificate.complete
    for design, printed in ((found.optimal, optimal), (found.minimax, minimax)):
        first, final, en, pet = printed
        r1, n1 = map(int, first.split("/"))
        r, n = map(int, final.split("/"))
        assert design == SimonDesign(r1, n1, r, n, p0, p1)
        assert design.en(p0) == pytest.approx(float(en), abs=EN_HALF_UNIT)
        assert design.pet(p0) == pytest.approx(float(pet), abs=PET_HALF_UNIT)


def test_every_setting_of_the_golden_file_is_typed():
    assert len(list(rows())) == 28
