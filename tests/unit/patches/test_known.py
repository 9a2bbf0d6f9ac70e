"""Announced, put in, read back: the steps behind `callout patch who`, on real files and with the real scripts."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from callout.errors import BadInput, TrustRefused
from callout.inventory import Inventory, Policy
from callout.patches.build import build
from callout.patches.standing import Standing
from callout.steps.patch import apply_bundle
from callout.steps.patch_known import announce, held_by, known_of
from callout.steps.patch_read_back import Inventoried, inventory_patches
from callout.steps.plan import make_plan
from callout.steps.record import close_callout
from callout.steps.roll_back import roll_back
from callout.steps.waves import standing_of, waiting_callout
from callout.views.patch_inventory import (
    clock_text,
    exposed_text,
    held_dict,
    held_text,
    rows_csv,
    rows_dict,
    who_text,
)
from tests.unit.patches.conftest import NOW, Site, idle, three_changes, well


def everything(site: Site) -> Inventory:
    system = site.system
    return Inventory({system.name: system}, {system.customer.id: system.customer}, Policy())


def put_in(site: Site, bundle: Path, version: str | None = "8.1") -> None:
    plan = make_plan(site.context, site.system, site.callout, bundle, lambda _: version)
    apply_bundle(site.context, site.system, site.callout, bundle, plan.hash, well, idle)
    site.context.record("verified", site.system, site.callout, {"findings": [], "product_version": version})


def look(site: Site, version: str | None = "8.1") -> Inventoried:
    return inventory_patches(site.context, site.system, "", lambda _: version)


def stands(site: Site) -> str:
    (row,) = known_of(site.context, everything(site), "PW-2041").rows
    return row.word


def test_announced_needed_put_in_taken_back(site: Site) -> None:
    bundle = site.bundle(three_changes(), severity="critical")
    announce(site.context, everything(site), bundle, NOW - dt.timedelta(hours=3))
    assert stands(site) == "needs it"
    put_in(site, bundle)
    assert stands(site) == "in"
    roll_back(site.context, site.system, site.callout, "PW-2041", well)
    known = known_of(site.context, everything(site), "PW-2041")
    assert known.rows[0].word == "rolled back"
    assert known.rows[0].exposed is True
    assert known.clock is not None
    assert known.clock.made_after == dt.timedelta(hours=3)


def test_an_announcement_is_recorded_once_and_believed_by_its_signature(site: Site, keys: dict[str, Path]) -> None:
    bundle = site.bundle(three_changes())
    first = announce(site.context, everything(site), bundle, None)
    assert announce(site.context, everything(site), bundle, None) == first
    assert announce(site.context, everything(site), bundle, NOW).body["confirmed_at"]
    assert announce(site.context, everything(site), bundle, None).body["confirmed_at"]
    assert site.kinds().count("patch_announced") == 2
    with pytest.raises(BadInput, match="future"):
        announce(site.context, everything(site), bundle, NOW + dt.timedelta(seconds=1))
    foreign = site.signed(build(site.source(three_changes())), keys["boris"])
    with pytest.raises(TrustRefused):
        announce(site.context, everything(site), foreign, None)


def test_a_bundle_that_nobody_heard_of_is_a_typing_error(site: Site) -> None:
    with pytest.raises(BadInput, match="PW-9"):
        known_of(site.context, everything(site), "PW-9")


def test_read_back_in_then_overwritten_by_an_upgrade(site: Site) -> None:
    put_in(site, site.bundle(three_changes()))
    seen = look(site)
    assert [(one.standing, one.files) for one in seen.found] == [(Standing.IN, ())]
    assert seen.looked_at == 3
    (site.root / "gui/login.php").write_bytes(b"the upgrade's login\n")
    (upgraded,) = look(site, "8.2").found
    assert upgraded.standing is Standing.OVERWRITTEN
    assert [path for path, _ in upgraded.files] == [str(site.root / "gui/login.php")]
    assert stands(site) == "overwritten"
    (row,) = known_of(site.context, everything(site), "PW-2041").rows
    assert (row.system.version, row.exposed) == ("8.2", None)  # nobody announced what it is for


@pytest.mark.parametrize(("version", "word"), [("8.1", "program"), (None, "not known")])
def test_read_back_modified(site: Site, version: str | None, word: str) -> None:
    put_in(site, site.bundle(three_changes()))
    (site.root / "gui/login.php").write_bytes(b"somebody's login\n")
    seen = look(site, version)
    assert seen.found[0].standing is Standing.MODIFIED
    assert word in seen.found[0].note
    assert [finding.status for finding in seen.findings] == ["fail"]


def test_what_lies_there_without_this_ledger_is_found_by_its_announcement(site: Site, tmp_path: Path) -> None:
    bundle = site.bundle(three_changes())
    put_in(site, bundle)
    # Another engineer's ledger, which knows of the bundle only that it exists.
    from callout.ledger import open_ledger

    other = dataclasses.replace(site.context, ledger=open_ledger(f"sqlite:///{tmp_path}/other.sqlite", lambda: NOW))
    announce(other, everything(site), bundle, None)
    (found,) = inventory_patches(other, site.system, "", lambda _: None).found
    assert (found.bundle, found.standing) == ("PW-2041", Standing.IN)
    (row,) = known_of(other, everything(site), "PW-2041").rows
    assert row.word == "in"
    other.ledger.close()


def test_a_system_without_any_bundle_is_not_contacted(site: Site) -> None:
    def refuse(target: object) -> Any:
        raise AssertionError("contacted")

    quiet = dataclasses.replace(site.context, connect=refuse)
    seen = inventory_patches(quiet, site.system, "", refuse)
    assert seen.found == ()
    assert [finding.status for finding in seen.findings] == ["pass"]


def test_done_is_this_very_bundle_verified_and_still_there(site: Site) -> None:
    bundle = site.bundle(three_changes())
    assert not standing_of(site.context, site.system, str(bundle)).done
    plan = make_plan(site.context, site.system, site.callout, bundle, lambda _: None)
    apply_bundle(site.context, site.system, site.callout, bundle, plan.hash, well, idle)
    assert not standing_of(site.context, site.system, str(bundle)).done  # in, but nobody found it well yet
    site.context.record("verified", site.system, site.callout, {"findings": []})
    assert standing_of(site.context, site.system, str(bundle)).done
    site.context.record("restored", site.system, site.callout, {})
    assert not standing_of(site.context, site.system, str(bundle)).done
    look(site)
    assert standing_of(site.context, site.system, str(bundle)).done
    # The same id with another content is another bundle.
    other = site.bundle([{**three_changes()[0], "content": b"newer login\n"}, *three_changes()[1:]])
    assert not standing_of(site.context, site.system, str(other)).done
    with pytest.raises(BadInput):
        standing_of(site.context, site.system, "")


def test_the_callout_that_waits_for_its_change(site: Site) -> None:
    assert waiting_callout(site.context, site.system, "T-1") == ""  # open, but nothing is planned in it
    make_plan(site.context, site.system, site.callout, site.bundle(three_changes()), lambda _: None)
    assert waiting_callout(site.context, site.system, "T-1") == "CO-0001"
    assert waiting_callout(site.context, site.system, "T-2") == ""
    close_callout(site.context, "CO-0001", "satisfied")
    assert waiting_callout(site.context, site.system, "T-1") == ""


def test_views(site: Site) -> None:
    bundle = site.bundle(three_changes(), severity="critical")
    announce(site.context, everything(site), bundle, NOW - dt.timedelta(hours=23))
    known = known_of(site.context, everything(site), "PW-2041")
    text = exposed_text("PW-2041", known.rows, known.clock, known.announced)
    assert "1 h 00 min left" in text
    assert "Tue 2026-03-03 12:00 CET" in text
    assert "us: put it in" in text
    put_in(site, bundle)
    known = known_of(site.context, everything(site), "PW-2041")
    assert "No system is exposed." in exposed_text("PW-2041", known.rows, known.clock, known.announced)
    who = who_text("PW-2041", known.rows, every=False)
    assert "2026-03-03 10:00  eva@desk  CO-0001" in who
    assert "1 have it, 0 need it, 0 not known." in who
    assert rows_dict(known.rows, known.clock)[0]["due_there"] == "Tue 2026-03-03 12:00 CET"
    held = held_by(site.context, "acme-pbx1")
    assert "PW-2041  in      2026-03-03 10:00  eva@desk  CO-0001   never" in held_text("acme-pbx1", held)
    assert [one["what"] for one in held_dict(held)[0]["occasions"]] == ["in"]


@pytest.mark.parametrize("evil", ["=1+1", "\x1b[2Jx", "\u202egnirts", "a\r\nb", "<script>"])
def test_what_a_ledger_holds_is_only_ever_text(site: Site, evil: str) -> None:
    put_in(site, site.bundle(three_changes()))
    evil_desk = dataclasses.replace(site.context, actor=evil)
    body = {"bundles": [{"bundle": "PW-2041", "standing": "modified", "note": evil}]}
    evil_desk.record("patch_inventoried", site.system, evil, body)
    known = known_of(site.context, everything(site), "PW-2041")
    table, sheet = who_text(evil, known.rows, every=True), rows_csv(known.rows, None)
    held = held_text("acme-pbx1", held_by(site.context, "acme-pbx1"))
    for told in (table, sheet, held, exposed_text(evil, known.rows, None, None)):
        assert all(character.isprintable() or character in "\r\n" for character in told)
    assert not [cell for line in sheet.splitlines() for cell in line.split(",") if cell.startswith("=")]
    assert len(table.splitlines()) == 4


def test_no_clock_is_said_with_its_reason(site: Site) -> None:
    bundle = site.bundle(three_changes(), severity="critical")
    announce(site.context, everything(site), bundle, None)
    known = known_of(site.context, everything(site), "PW-2041")
    assert known.announced is not None
    assert "--confirmed-at" in clock_text(None, known.announced)
    assert "critical bugs" in clock_text(None, dataclasses.replace(known.announced, severity="high"))
