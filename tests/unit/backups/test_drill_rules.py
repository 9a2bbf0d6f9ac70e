"""What a drill saw, judged: a fault is a fault, and what nobody looked at proves nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from callout.backups.drill_record import DrillRecord
from callout.backups.drill_rules import (
    Aspect,
    Compared,
    DatabaseSeen,
    Obstacle,
    Outcome,
    ServiceSeen,
    TableSeen,
    judge_database,
    judge_manifest,
    judge_obstacle,
    judge_services,
    judge_tree,
    outcome_of,
)
from callout.findings import Finding, Status

FINE = Compared(
    entries=8, unexpected=0, counts={}, named={}, refused=0, refused_named=(), devices=0, owned=True,
)  # fmt: skip
CDR = TableSeen("cdr", 6110, 6110, "OK")
LOADED = DatabaseSeen("pbxware", "10.5.29-MariaDB", tables=(CDR,))


def codes(findings: list[Finding]) -> dict[str, str]:
    """What blocks, by check."""
    return {finding.check: finding.code for finding in findings if finding.blocks}


def test_a_tree_as_the_manifest_has_it_is_proven() -> None:
    found = judge_tree(FINE)
    assert codes(found) == {}
    assert [finding.check for finding in found] == ["drill.archive", *(f"drill.{aspect}" for aspect in Aspect)]


@pytest.mark.parametrize("aspect", Aspect)
def test_each_aspect_fails_by_itself_and_names_the_entries(aspect: Aspect) -> None:
    found = judge_tree(replace(FINE, counts={aspect: 5}, named={aspect: ("files/a", "files/b", "files/c", "files/d")}))
    assert codes(found) == {f"drill.{aspect}": "differs"}
    (failed,) = [finding for finding in found if finding.blocks]
    assert "files/a, files/b, files/c and 2 more" in failed.seen


@pytest.mark.parametrize(
    ("changes", "blocking"),
    [
        ({"refused": 1, "refused_named": ("a: leads out",)}, {"drill.archive": "refused"}),
        ({"unexpected": 1}, {"drill.archive": "unexpected"}),
        ({"unexpected": -1}, {"drill.archive": "unexpected"}),
        ({"entries": 0}, {f"drill.{aspect}": "nothing-compared" for aspect in Aspect}),
        ({"owned": False}, {}),
    ],
)
def test_trees_that_are_not_as_they_should_be(changes: dict[str, Any], blocking: dict[str, str]) -> None:
    assert codes(judge_tree(replace(FINE, **changes))) == blocking


def test_owners_that_could_not_be_set_are_told() -> None:
    (owners,) = [found for found in judge_tree(replace(FINE, owned=False)) if found.check == "drill.owners"]
    assert (owners.status, owners.code) == (Status.WARN, "not-root")


@pytest.mark.parametrize(
    ("seen", "expected", "blocking"),
    [
        (LOADED, True, {}),
        (None, False, {}),
        (None, True, {"drill.database": "no-dump"}),
        (DatabaseSeen("pbxware", problem="no mariadbd"), True, {"drill.database": "no-server"}),
        (DatabaseSeen("pbxware", problem="ERROR 1064", load_failed=True), True, {"drill.database": "not-loaded"}),
        (replace(LOADED, tables=()), True, {"drill.rows": "nothing-counted", "drill.tables": "nothing-checked"}),
        (replace(LOADED, tables=(CDR, replace(CDR, loaded=6109))), True, {"drill.rows": "differs"}),
        (
            replace(LOADED, tables=(replace(CDR, loaded=None, check=""),)),
            True,
            {"drill.rows": "differs", "drill.tables": "nothing-checked"},
        ),
        (replace(LOADED, tables=(replace(CDR, in_dump=None),)), True, {"drill.rows": "not-understood"}),
        (replace(LOADED, tables=(replace(CDR, in_dump=0),)), True, {"drill.rows": "differs"}),
        (replace(LOADED, tables=(replace(CDR, check="Corrupt"),)), True, {"drill.tables": "broken"}),
        (replace(LOADED, tables=(replace(CDR, check=""),)), True, {"drill.tables": "broken"}),
    ],
)
def test_databases(seen: DatabaseSeen | None, expected: bool, blocking: dict[str, str]) -> None:
    assert codes(judge_database(seen, expected)) == blocking


def test_services_must_come_up_and_none_at_all_is_worth_a_warning() -> None:
    up = ServiceSeen("asterisk", True, "Asterisk 16.28", {"dialplan": "25 extensions"})
    assert codes(judge_services([up])) == {}
    assert codes(judge_services([up, replace(up, up=False)])) == {"drill.service@asterisk": "down"}
    assert [finding.status for finding in judge_services([])] == [Status.WARN]


def test_only_what_was_looked_at_and_is_well_is_proven() -> None:
    missing = judge_obstacle(Obstacle("podman is not installed here.", "Install it."))
    assert outcome_of(judge_tree(FINE)) is Outcome.PROVEN
    assert outcome_of([*judge_tree(FINE), missing]) is Outcome.NOT_PROVEN
    assert outcome_of([*judge_tree(replace(FINE, unexpected=1)), missing]) is Outcome.FAILED
    assert outcome_of([judge_manifest(False, "")]) is Outcome.FAILED
    assert outcome_of([judge_manifest(True, "a line that is none")]) is Outcome.FAILED
    assert outcome_of([]) is Outcome.NOT_PROVEN


def test_a_record_is_read_as_it_was_written() -> None:
    at = dt.datetime(2026, 11, 23, 7, 30, tzinfo=dt.UTC)
    record = DrillRecord(
        backup="acme-pbx1-20261123T071651Z", system="acme-pbx1", product="pbxware", backup_taken=at, started=at,
        ended=at, duration_ms=12_870, parts_ms={"restore": 5900}, entries=8, restored_bytes=99, root_hash="ab",
        dump_sha256="cd", outcome=Outcome.PROVEN, findings=tuple(judge_tree(FINE)),
    )  # fmt: skip
    assert DrillRecord.from_dict(record.as_dict()) == record
    assert record.proven
