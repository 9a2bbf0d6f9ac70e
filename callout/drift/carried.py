"""Pure: waived changes that a renewed baseline takes over. They go on standing beside it: otherwise they could never
speak again when their waiver has expired."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from callout.drift.change import Change, What, lasting
from callout.drift.compare import Compared, in_order
from callout.drift.judged import Judged

# More than so many waived changes are no exceptions any more: the baseline's record must stay readable.
MOST_CARRIED = 500


def carried_of(judged: Iterable[Judged]) -> list[dict[str, Any]]:
    """What the record of a new baseline says of the waived changes that it takes over; JSON-able, `MOST_CARRIED`."""
    waived = (one for one in judged if one.waiver is not None and not one.provenance.explains)
    return [one.change.as_dict() for one in waived][:MOST_CARRIED]


def with_carried(compared: Compared, carried: Sequence[Mapping[str, Any]]) -> Compared:
    """The comparison with the new baseline, with what that baseline took over still standing.

    Of a thing that was changed again the change is told from before the waiver; one that is again as it was before
    it is no change any more. Raises KeyError or ValueError where `carried` is not of `carried_of`.
    """
    standing, places = list(compared.changes), set()
    for raw in carried:
        old = Change.from_dict(raw)
        new = next((one for one in standing if (one.section, one.shown) == (old.section, old.subject)), None)
        if new is None:
            standing.append(old)
            places.add(old.place)
            continue
        standing.remove(new)
        if not _undone(old, new):
            standing.append(_together(old, new))
            places.add(new.place)
    return replace(compared, changes=in_order(standing), carried=frozenset(places))


def _undone(old: Change, new: Change) -> bool:
    return lasting(old.before) == lasting(Change.from_dict(new.as_dict()).after)


def _together(old: Change, new: Change) -> Change:
    before, after = old.before, new.after
    what = What.CHANGED if before and after else What.ADDED if after else What.REMOVED
    aspects = tuple(sorted({*old.aspects, *new.aspects})) if what is What.CHANGED else ()
    return Change(new.section, new.subject, what, aspects, before, after)
