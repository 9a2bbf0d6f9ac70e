"""Who has it, who needs it, by product, version and customer binding; nothing unknown is read as fine."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from callout.patches.announced import Announced
from callout.patches.exposure import Row, SystemSeen, rows_for
from callout.patches.standing import Holding, Occasion, Standing

SYSTEM = SystemSeen("acme-pbx1", "acme", "Acme", "support", False, "Europe/Vienna", "pbxware", "8.1.3")
BUNDLE = Announced(
    "PW-2041", "t", "critical", "b", ("pbxware",), ("8.0", "8.1"), (), (), (), "d" * 64,
    dt.datetime(2026, 3, 2, tzinfo=dt.UTC), None,
)  # fmt: skip


def holding(standing: Standing, bundle: str = "PW-2041", system: str = "acme-pbx1") -> Holding:
    return Holding("acme", system, bundle, (Occasion(standing, "2026-03-02T10:00:00.000000Z", "eva", "CO-1"),))


def row(system: SystemSeen = SYSTEM, held: tuple[Holding, ...] = (), *more: Announced, **told: Any) -> Row:
    bundle = dataclasses.replace(BUNDLE, **told)
    known = {one.bundle: one for one in (bundle, *more)}
    return rows_for("PW-2041", [system], held, known)[0]


@pytest.mark.parametrize(
    ("change", "told", "meant"),
    [
        ({}, {}, True),
        ({"version": "8.2"}, {}, False),
        ({"version": None}, {}, None),
        ({"version": "8.x"}, {}, None),
        ({"version": None}, {"versions": None}, True),
        ({"product": "serverware"}, {}, False),
        ({}, {"customers": ("globex",)}, False),
        ({}, {"customers": ("globex", "acme")}, True),
        ({"contract": ""}, {}, None),
    ],
)
def test_by_product_version_and_customer(change: dict[str, Any], told: dict[str, Any], meant: bool | None) -> None:
    found = row(dataclasses.replace(SYSTEM, **change), **told)
    assert found.meant is meant
    assert found.exposed is meant
    assert found.why


@pytest.mark.parametrize(
    ("standing", "exposed", "word"),
    [
        (Standing.IN, False, "in"),
        (Standing.ROLLED_BACK, True, "rolled back"),
        (Standing.FAILED, True, "failed"),
        (Standing.OVERWRITTEN, True, "overwritten"),
        (Standing.MODIFIED, True, "modified"),
        (Standing.TORN, True, "half-way"),
        (Standing.UNSURE, None, "unsure"),
    ],
)
def test_by_how_it_stands(standing: Standing, exposed: bool | None, word: str) -> None:
    found = row(SYSTEM, (holding(standing),))
    assert (found.exposed, found.word) == (exposed, word)


def test_an_upgrade_that_overwrote_it_and_is_past_it_exposes_nobody() -> None:
    newer = dataclasses.replace(SYSTEM, version="8.2")
    assert row(newer, (holding(Standing.OVERWRITTEN),)).exposed is False


def test_what_supersedes_it_will_do_also_by_way_of_another_and_in_a_circle() -> None:
    second = dataclasses.replace(BUNDLE, bundle="PW-2042", supersedes=("PW-2041",))
    third = dataclasses.replace(BUNDLE, bundle="PW-2043", supersedes=("PW-2042",))
    found = row(SYSTEM, (holding(Standing.IN, "PW-2043"),), second, third, supersedes=("PW-2043",))
    assert found.word == "superseded by PW-2043"
    assert found.exposed is False
    assert row(SYSTEM, (holding(Standing.ROLLED_BACK, "PW-2043"),), second, third).exposed is True


def test_a_bundle_that_nobody_announced_is_not_known_to_be_fine() -> None:
    (found,) = rows_for("PW-2041", [SYSTEM], [], {})
    assert found.exposed is None
    assert "announce" in found.why


def test_a_system_that_left_the_inventory_is_still_told() -> None:
    rows = rows_for("PW-2041", [SYSTEM], [holding(Standing.IN, system="gone-pbx")], {"PW-2041": BUNDLE})
    assert [one.system.name for one in rows] == ["acme-pbx1", "gone-pbx"]
    assert rows[1].word == "in"
