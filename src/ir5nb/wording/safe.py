"""Text that stays text in the program that opens it: spreadsheet cells and markup."""

from __future__ import annotations

import re
from html import escape as _escape
from typing import Final

# Excel, LibreOffice and Google Sheets take these first characters for a formula (OWASP, "CSV injection").
_FORMULA: Final = re.compile(r"^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20|]")
_NUMBER: Final = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")


def csv_safe(value: object) -> object:
    r"""Put an apostrophe before text a spreadsheet would run; numbers, also as text, stay as they are.

    Examples
    --------
    >>> csv_safe('=HYPERLINK("x")'), csv_safe("-1.5"), csv_safe("@SUM(A1)"), csv_safe(-3)
    ('\'=HYPERLINK("x")', '-1.5', "'@SUM(A1)", -3)
    """
    if not isinstance(value, str) or _NUMBER.match(value):
        return value
    return f"'{value}" if _FORMULA.match(value) or value.startswith(("\t", "\r", "\n")) else value


def escape(text: object) -> str:
    """Escape text for an element or a quoted attribute of a page.

    Examples
    --------
    >>> escape('<script>"')
    '&lt;script&gt;&quot;'
    """
    return _escape(str(text), quote=True)
