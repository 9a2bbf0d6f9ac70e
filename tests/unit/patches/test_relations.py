"""How a bundle stands to what a system has had: superseded, conflicting, without what it needs, older, another's."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

import pytest

from callout.findings import Status
from callout.ledger import Draft
from callout.patches.build import build
from callout.patches.bundle import Bundle, read_payload
from callout.patches.images import ABSENT, Image, Observed
from callout.patches.obstacles import SystemFacts
from callout.patches.plan import Plan, make_plan
from callout.patches.relations import AppliedPatch
from callout.policy.charging import charging_clause
from callout.steps.patch import apply_bundle
from callout.steps.patch_history import patch_history
from callout.steps.plan import make_plan as plan_step
from callout.steps.plan import still_as_planned
from callout.steps.roll_back import roll_back
from tests.unit.patches.conftest import NOW, Site, idle, sha256, three_changes, well

CHARGING = charging_clause("maintenance", None, "EUR", 15)
FACTS = SystemFacts("acme", "acme-pbx1", "192.0.2.1", 2020, "pbxware", "8.1", {"web": "restart web"}, CHARGING, {})
OLD, NEW = b"old login\n", b"new login\n"


def seen(path: str, image: Image) -> Observed:
    return Observed(path, image, size_bytes=9, links=1, device=7, free_kib=10**6)


def there(content: bytes) -> Image:
    return Image("file", sha256(content), "0644", 0, 0)


def bundle_of(site: Site, **values: Any) -> Bundle:
    change = {"path": "gui/login.php", "action": "replace", "before": [sha256(OLD)], "content": NEW}
    return read_payload(build(site.source([change], **values)), "x")


def planned(bundle: Bundle, history: tuple[AppliedPatch, ...] = (), content: bytes = OLD, **facts: Any) -> Plan:
    observed = [seen(bundle.manifest.files[0].path, there(content))]
    return make_plan(bundle, ["anna"], observed, dataclasses.replace(FACTS, history=history, **facts), "T-1")


def applied(bundle_id: str, **values: Any) -> AppliedPatch:
    return AppliedPatch(bundle_id, "0" * 64, **values)


@pytest.mark.parametrize(
    ("values", "history", "codes"),
    [
        ({}, (), []),
        ({"customers": ["acme", "globex"]}, (), []),
        ({"customers": ["globex"]}, (), ["other-customer"]),
        ({"sequence": 3}, (applied("PW-2041", sequence=3),), []),
        ({"sequence": 3}, (applied("PW-2041", sequence=4), applied("PW-2041", sequence=2)), ["downgrade"]),
        ({"sequence": 3}, (applied("PW-2041", sequence=4, standing=False),), ["downgrade"]),
        ({}, (applied("PW-2041", sequence=1),), ["downgrade"]),
        ({"sequence": 3}, (applied("PW-1", sequence=9),), []),
        ({"requires": ["PW-1", "PW-2"]}, (applied("PW-1"),), ["missing-prerequisite"]),
        ({"requires": ["PW-1"]}, (applied("PW-1", standing=False),), ["missing-prerequisite"]),
        ({"requires": ["PW-1"]}, (applied("PW-1"),), []),
        ({"requires": ["PW-1"]}, (applied("PW-9", supersedes=("PW-1",)),), []),
        ({"conflicts": ["PW-1"]}, (applied("PW-1"),), ["conflicts"]),
        ({"conflicts": ["PW-1"]}, (applied("PW-1", standing=False),), []),
        ({}, (applied("PW-1", conflicts=("PW-2041",)),), ["conflicts"]),
        ({"supersedes": ["PW-1"]}, (applied("PW-1", conflicts=("PW-2041",)),), []),
    ],
)
def test_what_the_ledger_says_against_it(site: Site, values, history, codes):
    made = planned(bundle_of(site, **values), history)
    assert [one.code for one in made.reasons] == codes
    assert made.verdict == ("blocked" if codes else "applicable")


def test_superseded_needs_nothing_and_is_blocked_by_nothing(site: Site):
    later = (applied("PW-3000", supersedes=("PW-2041",)),)
    made = planned(bundle_of(site), later, content=b"what PW-3000 put there\n", version=None)
    assert (made.verdict, made.nothing_to_do, made.superseded_by) == ("superseded", True, "PW-3000")
    assert "superseded by PW-3000, which is in" in made.text
    gone = (dataclasses.replace(later[0], standing=False),)
    assert planned(bundle_of(site), gone, content=b"something\n").verdict == "blocked"


def test_superseded_or_in_by_a_bundle_for_somebody_else_is_blocked_all_the_same(site: Site):
    bundle = bundle_of(site, customers=["globex"])
    assert planned(bundle, content=NEW).verdict == "blocked"
    assert planned(bundle, (applied("PW-3000", supersedes=("PW-2041",)),)).verdict == "blocked"


def test_sql_without_a_known_database_is_blocked(site: Site):
    folder = site.source(three_changes(), sql={"up": "files/up", "down": "files/up", "transactional": False})
    (folder / "files/up").write_text("SELECT 1;\n")
    bundle = read_payload(build(folder), "x")
    images = (there(OLD), ABSENT, there(b"stale\n"))
    observed = [seen(one.path, image) for one, image in zip(bundle.manifest.files, images, strict=True)]
    assert [one.code for one in make_plan(bundle, ["anna"], observed, FACTS, "T-1").reasons] == ["no-database"]
    made = make_plan(bundle, ["anna"], observed, dataclasses.replace(FACTS, database="pbxware"), "T-1")
    assert made.as_dict()["sql"]["database"] == "pbxware"
    assert "Database pbxware: changed not in a transaction" in made.text
    # Files that are in say nothing of the database; the ledger does.
    images = (there(NEW), Image("file", sha256(b"\x00\xffextra"), "0640", 0, 0), ABSENT)
    observed = [seen(one.path, image) for one, image in zip(bundle.manifest.files, images, strict=True)]
    assert [one.code for one in make_plan(bundle, ["anna"], observed, FACTS, "T-1").reasons] == ["sql-unknown"]
    known = dataclasses.replace(FACTS, history=(applied("PW-2041"),))
    assert make_plan(bundle, ["anna"], observed, known, "T-1").verdict == "already-in"


def test_plan_of_a_bundle_in_format_1_has_the_hash_it_always_had(site: Site):
    """Made by callout 0.1.0 of the same values; paths are of no temporary folder here."""
    folder = site.source([])
    (folder / "bundle.yml").write_text(FORMAT_1)
    (folder / "files/old").write_bytes(OLD)
    (folder / "files/new").write_bytes(NEW)
    container = build(folder)
    assert container.sha256 == "5d8385a865fd367ffc4f60bdf2a2191e90fcacd8e6c30bcd2b8c3a53317c5889"
    bundle = read_payload(container, "x")
    images = (Image("file", sha256(OLD), "0755", 0, 0), ABSENT, there(OLD))
    observed = [seen(one.path, image) for one, image in zip(bundle.manifest.files, images, strict=True)]
    facts = dataclasses.replace(FACTS, restart={"web": "service web restart"}, database="pbxware")
    made = make_plan(bundle, ["anna"], observed, facts, "T-1")
    assert made.hash == "b83526064d7437d8c556808295bf1f17a8170aed265ef3cfa2b893c0e5497177"
    observed[0] = dataclasses.replace(observed[0], image=Image("file", "1" * 64, "0755", 3, 4))
    made = make_plan(bundle, ["anna"], observed, facts, "T-1")
    assert made.hash == "32a11d407e4fb2d3d990b2fa4e588865de2a1e9baa9ea663f9e7770138383b31"


FORMAT_1 = f"""
id: PW-2041
title: Keeps the login page from forgetting
severity: high
products: [pbxware]
versions: {{minimum: "8.0", maximum: "8.1"}}
bug: PBX-77
documentation: https://docs.example/PBX-77
downtime_minutes: 5
restart: [web]
files:
  - {{path: /opt/pbxware/gui/login.php, action: replace,
     before: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", {hashlib.sha256(OLD).hexdigest()}],
     content: files/new}}
  - {{path: /opt/pbxware/gui/new.txt, action: create, content: files/new, mode: "0640"}}
  - {{path: /opt/pbxware/etc/stale.conf, action: delete, before: [files/old]}}
"""


def test_ledger_tells_what_was_in_and_what_was_taken_back(site: Site):
    bundle = site.bundle(three_changes(), sequence=4, supersedes=["PW-1"], conflicts=["PW-7"])
    plan = plan_step(site.context, site.system, site.callout, bundle, lambda _: "8.1")
    apply_bundle(site.context, site.system, site.callout, bundle, plan.hash, well, idle)
    (one,) = patch_history(site.context.ledger, "acme-pbx1")
    assert one == AppliedPatch("PW-2041", plan.bundle.sha256, 4, ("PW-1",), ("PW-7",), True)
    assert patch_history(site.context.ledger, "acme-pbx2") == ()
    roll_back(site.context, site.system, site.callout, "PW-2041", well)
    assert [each.standing for each in patch_history(site.context.ledger, "acme-pbx1")] == [False]
    older = site.bundle(three_changes(), sequence=3)
    again = plan_step(site.context, site.system, site.callout, older, lambda _: "8.1")
    assert [reason.code for reason in again.reasons] == ["downgrade"]


def test_application_whose_plan_is_not_in_the_ledger_still_counts(site: Site):
    body = {"bundle": "PW-1", "plan_hash": "0" * 64, "transaction": "x"}
    site.context.ledger.append(Draft("patched", NOW, "eva", "acme", "acme-pbx1", "CO-0001", body))
    assert patch_history(site.context.ledger, "acme-pbx1") == (AppliedPatch("PW-1", ""),)


def test_superseded_bundle_is_nothing_to_do_from_plan_to_apply(site: Site):
    later = site.bundle(three_changes(), id="PW-3000", supersedes=["PW-2041"])
    plan = plan_step(site.context, site.system, site.callout, later, lambda _: "8.1")
    apply_bundle(site.context, site.system, site.callout, later, plan.hash, well, idle)
    tree = site.tree()
    change = {"path": "gui/login.php", "action": "replace", "before": [sha256(OLD)], "content": b"an earlier mend\n"}
    earlier = site.bundle([change])
    plan = plan_step(site.context, site.system, site.callout, earlier, lambda _: "8.1")
    assert plan.verdict == "superseded"
    assert not apply_bundle(site.context, site.system, site.callout, earlier, plan.hash, well, idle).changed
    (same,) = still_as_planned(site.context, site.system, plan.as_dict(), earlier, lambda _: "8.1")
    assert same.status == Status.PASS
    assert site.tree() == tree

    roll_back(site.context, site.system, site.callout, "PW-3000", well)
    again = plan_step(site.context, site.system, site.callout, earlier, lambda _: "8.1")
    assert again.verdict == "applicable"
    changed = still_as_planned(site.context, site.system, plan.as_dict(), earlier, lambda _: "8.1")
    assert "patch.plan@superseded_by" in [one.check for one in changed]
