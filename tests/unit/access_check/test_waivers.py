"""Waivers with ticket and expiry: in force to the end of their last day, then the finding counts again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from access_check.errors import InventoryError
from access_check.findings import Finding, Move, Status
from access_check.inventory_source import RawSystem
from access_check.requirements import with_waiver
from access_check.targets import Target, target_from_variables

LAST = dt.date(2026, 12, 31)
CLOSED = Finding("tcp@81", Status.FAIL, "refused", "Port 81 refuses.", Move.CUSTOMER, "Please forward it.")


def target(waivers: Any, today: dt.date | None = LAST) -> Target:
    own = {"product": "pbxware", "waivers": waivers}
    raw = RawSystem("acme-pbx1", ("acme",), {"callout_system": own}, {"callout_system": "acme.yml:3"}, {}, today)
    return target_from_variables(raw, Path("/nowhere/known_hosts"))


def dated(**changes: Any) -> dict[str, Any]:
    return {"reason": "closed on purpose", "ticket": "T-4711", "expires": "2026-12-31", **changes}


@pytest.mark.parametrize("expires", ["2026-12-31", LAST], ids=["text", "date"])
def test_holds_to_the_end_of_its_last_day(expires: Any) -> None:
    finding = with_waiver(target({"tcp@81": dated(expires=expires)}), CLOSED)
    assert finding.status is Status.WAIVED
    assert finding.remedy == "Waived: closed on purpose (ticket T-4711, until 2026-12-31)"


@pytest.mark.parametrize("name", ["tcp@81", "tcp"])
@pytest.mark.parametrize("today", [dt.date(2027, 1, 1), None])
def test_counts_again_afterwards_and_says_so(name: str, today: dt.date | None) -> None:
    finding = with_waiver(target({name: dated()}, today), CLOSED)
    assert finding.status is Status.FAIL
    assert finding.seen == "Port 81 refuses. Its waiver ended on 2026-12-31 (ticket T-4711)."
    assert (finding.move, finding.remedy) == (CLOSED.move, CLOSED.remedy)


def test_an_expired_one_leaves_a_wider_one_in_force() -> None:
    both = {"tcp@81": dated(expires="2020-01-01"), "tcp": "all of them are closed"}
    assert with_waiver(target(both), CLOSED).remedy == "Waived: all of them are closed"


def test_a_pass_says_nothing_of_waivers() -> None:
    well = Finding("tcp@81", Status.PASS, "open", "Open.")
    assert with_waiver(target({"tcp@81": dated(expires="2020-01-01")}), well) == well


@pytest.mark.parametrize("waiver", ["a plain sentence", {"reason": "until we say so", "ticket": "T-1"}])
def test_without_expiry_it_holds(waiver: Any) -> None:
    assert with_waiver(target({"tcp@81": waiver}, None), CLOSED).status is Status.WAIVED


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_empty_sentence_is_none(reason: str) -> None:
    assert with_waiver(target({"tcp@81": reason}), CLOSED) == CLOSED


@pytest.mark.parametrize(
    ("waiver", "key"),
    [
        ({"reason": "x", "expires": "2026-12-31"}, "tcp@81.ticket"),
        ({"ticket": "T-1"}, "tcp@81.reason"),
        (dated(reason=" "), "tcp@81.reason"),
        (dated(expires=20261231), "tcp@81.expires"),
        (dated(expires="31.12.2026"), "tcp@81.expires"),
        (dated(expires=dt.datetime(2026, 12, 31, 12, tzinfo=dt.UTC)), "tcp@81.expires"),
        (dated(expire="2026-12-31"), "tcp@81.expire"),
        (81, "tcp@81"),
    ],
)
def test_a_bad_one_is_named(waiver: Any, key: str) -> None:
    with pytest.raises(InventoryError) as refused:
        target({"tcp@81": waiver})
    assert refused.value.message.startswith(f"acme.yml:3: callout_system.waivers.{key} of acme-pbx1: ")
