"""What is looked at and allowed at one system: the profile's word, the system's, the customer's and the policy's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from access_check.inventory_source import RawSystem
from callout.drift.catalogue import catalogue_of
from callout.drift.globs import matches
from callout.drift.provenance import Provenance
from callout.drift.scope import drift_policy_of, drift_scope_of
from callout.errors import BadInput
from callout.inventory import System, system_from_raw
from callout.inventory.drift import Allowance, DriftPolicy
from callout.inventory.operation import OperatingProfile, operating_profile_values
from tests.unit.drift.judging_desk import changed, verdict

PROCEDURE = {
    "provenance": "documented", "subjects": ["/etc/hosts.allow"], "why": "Step by step in the manual.",
    "link": "https://docs.example/hosts",
}  # fmt: skip


def system(
    drift: dict[str, Any] | None = None,
    customer: dict[str, Any] | None = None,
    policy: dict[str, Any] | None = None,
    product: str = "pbxware",
) -> System:
    variables = {
        "callout_system": {"product": product, "operation": {"drift": drift or {}}, "gui": {"user": "a",
        "password": "b"}},
        "callout_customer": {
            "id": "acme", "name": "ACME", "contract": "support", "registered_addresses": ["a@acme.example"],
            "time_zone": "Europe/Vienna", "currency": "EUR", "drift": customer or {},
        },
        "callout_policy": {"drift": policy or {}},
    }  # fmt: skip
    raw = RawSystem("acme-pbx1", ("acme",), variables, {}, {})
    return system_from_raw(raw, Path("known_hosts"))


@pytest.mark.parametrize("product", ["pbxware", "serverware"])
def test_the_shipped_scope(product: str) -> None:
    scope = drift_scope_of(system(product=product))
    assert scope.roots == ("/",) and scope.file_systems == ("/", "/opt/pbxware/pw")
    for path in ("/proc", "/opt/pbxware/pw/proc", "/opt/pbxware/pw/sys", "/opt/pbxware/pw/dev", "/run"):
        assert path in scope.prunes
    assert "*/shadow*" in scope.secret_globs and "*/pbxware.ini" in scope.secret_globs
    assert (scope.database, scope.client[0]) == ("pbxware", "/opt/pbxware/sh/mysql")
    assert scope.nice == 19 and scope.idle_io


def test_what_adds_and_what_stands_in_place() -> None:
    plain = drift_scope_of(system())
    more = drift_scope_of(
        system({"also": {"prune": ["/srv"]}}, {"also": {"secret_files": ["*/x"], "count_tables": ["trunks"]}})
    )
    assert more.prunes == (*plain.prunes, "/srv") and "*/x" in more.secret_globs and more.count_tables == ("trunks",)
    assert more.hash != plain.hash
    assert drift_scope_of(system({"roots": ["/opt"]})).roots == ("/opt",)


def test_the_budget_is_no_part_of_what_is_looked_at() -> None:
    assert drift_scope_of(system(policy={"nice": 0, "idle_io": False})).hash == drift_scope_of(system()).hash


def test_the_systems_word_before_the_customers_before_the_policys() -> None:
    assert drift_policy_of(system()).gate == "warn"
    policy = {"gate": "refuse", "max_age_days": 30}
    assert drift_policy_of(system(policy=policy)).max_age_days == 30
    assert drift_policy_of(system(None, {"gate": "ignore", "max_age_days": 7}, policy)).gate == "ignore"
    found = drift_policy_of(system({"gate": "warn"}, {"gate": "ignore", "max_age_days": 7}, policy))
    assert (found.gate, found.max_age_days) == ("warn", 7)


@pytest.mark.parametrize("who", ["system", "customer", "policy"])
def test_a_documented_procedure_is_allowed_by_whoever_names_it(who: str) -> None:
    told: dict[str, dict[str, Any]] = {
        "system": {"drift": {"also": {"allowed": [PROCEDURE]}}},
        "customer": {"customer": {"also": {"allowed": [PROCEDURE]}}},
        "policy": {"policy": {"allowed": [PROCEDURE]}},
    }  # fmt: skip
    change = changed("/etc/hosts.allow")
    assert verdict(change).provenance is Provenance.UNSUPPORTED
    found = verdict(change, catalogue=catalogue_of(system(**told[who])))
    assert (found.provenance, found.link) == (Provenance.DOCUMENTED, "https://docs.example/hosts")
    rights = changed("/etc/hosts.allow", mode=0o4755)
    assert verdict(rights, catalogue=catalogue_of(system(**told[who]))).provenance is Provenance.UNSUPPORTED


def test_what_was_concluded_is_said_to_be() -> None:
    concluded = Allowance(provenance="product_data", subjects=("/srv/x",), why="Its data.", inferred=True)
    found = verdict(changed("/srv/x"), catalogue=catalogue_of(system(policy={"allowed": [concluded.model_dump()]})))
    assert any("concluded" in sentence for sentence in found.evidence)


@pytest.mark.parametrize(
    ("drift", "key"),
    [
        ({"allowed": [{**PROCEDURE, "link": ""}]}, "link"),
        ({"allowed": [{**PROCEDURE, "link": "javascript:alert(1)"}]}, "link"),
        ({"allowed": [{**PROCEDURE, "subjects": []}]}, "subjects"),
        ({"allowed": [{**PROCEDURE, "subjects": ["/a/../b"]}]}, "subjects"),
        ({"allowed": [{**PROCEDURE, "provenance": "ours"}]}, "provenance"),
        ({"allowed": [{**PROCEDURE, "provenance": "noise"}]}, "provenance"),
        ({"roots": ["etc"]}, "roots"),
        ({"gate": "maybe"}, "gate"),
        ({"max_age_days": 0}, "max_age_days"),
    ],
)
def test_bad_words_are_refused_by_their_key(drift: dict[str, Any], key: str) -> None:
    with pytest.raises(BadInput, match=rf"callout_system\.operation\.drift\..*{key}"):
        system(drift)


def test_every_inference_of_the_profile_is_marked_and_every_link_is_one() -> None:
    values = operating_profile_values("pbxware", {})
    profile = OperatingProfile.model_validate(values).drift
    published = [one.why for one in profile.allowed if not one.inferred]
    assert published == [
        "Recordings and voicemail, which calls leave.",
        "Greetings and music, recorded by telephone or put in by the product's pages.",
        "The product's local backups.",
    ]
    with pytest.raises(ValidationError):
        DriftPolicy.model_validate({"waiver_days": 0})


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/var/log/**", "/var/log/a/b", True),
        ("/var/log/**", "/var/log", False),
        ("/var/log/*", "/var/log/a/b", False),
        ("/a/**/b", "/a/b", True),
        ("/a/**/b", "/a/x/y/b", True),
        ("/etc/rc[0-6].d/*", "/etc/rc7.d/x", False),
        ("/etc/*.[0-9]", "/etc/x.0", True),
        ("/a/[!x]", "/a//", False),
        ("/a.b", "/axb", False),
        ("/a", "/a\n", False),
        ("/home/*/.ssh/**", "/home/x\ny/.ssh/k", True),
        ("**", "", True),
        ("/a[", "/a[", True),
        ("/(a|b)+", "/(a|b)+", True),
    ],
)
def test_patterns(pattern: str, path: str, fits: bool) -> None:
    assert matches(path, (pattern,)) is fits
    assert matches(path, ("/never", pattern)) is fits
    assert not matches(path, ())
