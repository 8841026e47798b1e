"""What several analyses ask of one derived cohort, found once however often it is asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import TypeVar
from weakref import WeakKeyDictionary

Data = TypeVar("Data")
Found = TypeVar("Found")


def once(function: Callable[[Data], Found]) -> Callable[[Data], Found]:
    """Keep what a function finds for as long as the thing it was asked of lives.

    Things are told apart by identity, so they must be frozen and compare by identity. What is found is handed out
    again, so callers must not change it.

    Parameters
    ----------
    function
        Of one derived cohort, or of gathered safety frames.

    Examples
    --------
    >>> class Thing: pass
    >>> asked = []
    >>> number = once(lambda thing: asked.append(thing) or len(asked))
    >>> one, other = Thing(), Thing()
    >>> number(one), number(one), number(other)
    (1, 1, 2)
    """
    found: WeakKeyDictionary[Data, Found] = WeakKeyDictionary()

    def kept(data: Data) -> Found:
        if data not in found:
            found[data] = function(data)
        return found[data]

    update_wrapper(kept, function)
    return kept
