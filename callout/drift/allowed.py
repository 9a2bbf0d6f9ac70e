"""Pure: what the catalogue lets be changed, as a rule among the others."""

from __future__ import annotations

from callout.drift.case import Case
from callout.drift.change import Change
from callout.drift.explanation import Explanation


def explain_by_catalogue(change: Change, case: Case) -> Explanation | None:
    """The catalogue's word on a change, the first entry that speaks of it; None where none does."""
    return case.catalogue.allowance(change)
