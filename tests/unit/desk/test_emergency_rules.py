"""Genuine, man-made or none: what follows for each piece of work, once and never twice."""

from __future__ import annotations

from typing import Any

import pytest

from callout.desk.emergency import (
    Deed,
    Emergency,
    WorkSeen,
    consequences,
    emergency_named,
    moved,
    reasons_against_judgement,
)
from callout.errors import BadInput

OURS = {"cause": "man_made_emergency", "cause_by": "am-1"}


@pytest.mark.parametrize(
    ("wanted", "work", "deeds"),
    [
        ("man_made", {}, [Deed.CAUSE]),
        ("man_made", OURS, [Deed.LEFT]),
        ("man_made", {"cause": "man_made_emergency", "cause_by": "somebody"}, [Deed.LEFT]),
        ("man_made", {"cause": "own_bug"}, [Deed.LEFT]),
        ("man_made", {"overridden": "no"}, [Deed.LEFT]),
        ("man_made", {"overridden": "yes"}, [Deed.LEFT]),
        ("man_made", {"invoice": "2026-001"}, [Deed.LEFT]),
        ("none", {}, [Deed.CHARGE]),
        ("none", {"overridden": "yes"}, [Deed.LEFT]),
        ("none", {"invoice": "2026-001"}, [Deed.LEFT]),
        ("none", OURS, [Deed.UNCAUSE, Deed.CHARGE]),
        ("none", {"cause": "man_made_emergency", "cause_by": "somebody"}, [Deed.LEFT]),
        ("none", {"cause": "own_bug"}, [Deed.LEFT]),
        ("genuine", {}, [Deed.LEFT]),
        ("genuine", OURS, [Deed.UNCAUSE]),
        ("genuine", {"cause": "man_made_emergency", "cause_by": "somebody"}, [Deed.LEFT]),
        ("genuine", {"cause": "man_made_emergency"}, [Deed.LEFT]),
        ("genuine", {**OURS, "invoice": "2026-001"}, [Deed.LEFT]),
    ],
)
def test_what_follows(wanted: str, work: dict[str, Any], deeds: list[Deed]) -> None:
    found = consequences(Emergency(wanted), [WorkSeen("w-1", 3600, **work)], {"am-1": "w-1"})
    assert [one.deed for one in found] == deeds
    assert all(bool(one.why) == (one.deed is Deed.LEFT) for one in found)
    assert [one.deed for one in moved(found)] == [one for one in deeds if one is not Deed.LEFT]


@pytest.mark.parametrize(
    ("was", "before", "wanted", "code"),
    [
        (True, "", "man_made", ""),
        (True, "man_made", "genuine", ""),
        (True, "man_made", "none", ""),
        (True, "none", "none", ""),
        (True, "none", "genuine", "charged-by-word"),
        (True, "none", "man_made", "charged-by-word"),
        (False, "", "none", "no-emergency"),
    ],
)
def test_when_it_can_be_judged(was: bool, before: str, wanted: str, code: str) -> None:
    found = reasons_against_judgement("CS-000001", was_emergency=was, before=before, wanted=Emergency(wanted))
    assert [one.code for one in found] == ([code] if code else [])


def test_words() -> None:
    assert emergency_named("man-made") is Emergency.MAN_MADE
    for wrong in ("", "fake"):
        with pytest.raises(BadInput):
            emergency_named(wrong)
