"""What the manifest of a run says: what it was made of, under which readings, by which version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ir5nb import analyses, source
from ir5nb.cli.orders import Order
from ir5nb.plan import Plan
from ir5nb.render import record


def entries(order: Order, trials: Mapping[str, source.Trial]) -> dict[str, Any]:
    """Give the entries that do not depend on how the run went.

    The source folder's path is in the full edition alone; nothing of a patient is in either.

    Parameters
    ----------
    order
        The run.
    trials
        Source tables of each report.
    """
    found = {
        "edition": order.edition,
        "mask_below": order.mask_below,
        "plans": {stem: {"digest": plan.digest, **plan.model_dump(mode="json")} for stem, plan in order.plans.items()},
        "readings": {stem: _readings(plan) for stem, plan in order.plans.items()},
        "assumed": {stem: {key: item.why for key, item in plan.assumed.items()} for stem, plan in order.plans.items()},
        "source": {name: digest for trial in trials.values() for name, digest in trial.fingerprints.items()},
        "versions": analyses.versions().set_index("ITEM")["VALUE"].to_dict(),
        "commit": record.commit(order.root),
    }
    if order.edition == "full":
        found["data"] = {stem: str(place or "demo") for stem, place in order.sources.items()}
    return found


def _readings(plan: Plan) -> dict[str, str]:
    """Give every reading that the report prints in its provenance."""
    rows = analyses.provenance(plan, {})
    told = rows[rows["SECTION"].eq("reading")]
    return dict(zip(told["ITEM"], told["VALUE"], strict=True))
