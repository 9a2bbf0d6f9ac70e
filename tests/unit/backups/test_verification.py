"""Judging a sample, and what the record keeps: values in, values out."""

from __future__ import annotations

import json

import pytest

from callout.backups.borg import judge_version
from callout.backups.manifest import Entry, EntryKind
from callout.backups.record import MAXIMUM_NAMES, Level, Names, Verification
from callout.backups.verification import choose_sample, judge_sample
from callout.findings import Finding, Status
from callout.ledger.event import canonical

STORED = Entry("files/opt/a", EntryKind.FILE, 5, 0o644, 0, 0, 1_700_000_000_500_000_000, sha256="ab" * 32)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (("ab" * 32, "5", "1700000000"), ""),
        (("ab" * 32, "5", "-"), ""),
        (("ab" * 32, "5", "1800000000"), ""),
        (("cd" * 32, "5", "1800000000"), "written to since"),
        (("cd" * 32, "6", "-"), "size changed since"),
        (("absent", "-", "-"), "no longer there"),
        (("cd" * 32, "5", "1700000000"), None),
        (("cd" * 32, "5", "-"), None),
        (("-", "-", "-"), None),
        (("-", "5", "1700000000"), None),
    ],
)
def test_a_difference_is_explained_or_it_fails(answer: tuple[str, str, str], verdict: str | None) -> None:
    assert judge_sample(STORED, answer) == verdict


def test_the_sample_is_the_same_for_the_same_seed_and_never_a_giant() -> None:
    entries = [Entry(f"files/opt/{number}", EntryKind.FILE, 1, 0, 0, 0, 0) for number in range(500)]
    odd = [
        Entry("files/opt/giant", EntryKind.FILE, 2**40, 0, 0, 0, 0),
        Entry("files/opt/folder", EntryKind.FOLDER, 0, 0, 0, 0, 0),
        Entry("database/pbxware.sql", EntryKind.FILE, 1, 0, 0, 0, 0),
    ]
    first = choose_sample([*entries, *odd], 12, "seed")
    assert first == choose_sample([*reversed(entries), *odd], 12, "seed")
    assert first != choose_sample(entries, 12, "another seed")
    assert not set(choose_sample([*entries, *odd], 10_000, "seed")) & set(odd)


@pytest.mark.parametrize(
    ("version", "status"),
    [("1.4.5", Status.PASS), ("1.2.5", Status.PASS), ("1.2.4", Status.WARN), ("", Status.UNKNOWN)],
)
def test_a_borg_from_before_the_fix_is_warned_about(version: str, status: Status) -> None:
    assert judge_version(version).status is status


def test_no_findings_is_no_verification() -> None:
    assert not Verification(Level.DATA, ()).good
    assert not Verification(Level.DATA, (Finding("x", Status.UNKNOWN, "x", "x"),)).good
    assert Verification(Level.DATA, (Finding("x", Status.WARN, "x", "x"),)).good


def test_names_are_bounded_escaped_and_fit_the_ledger() -> None:
    names = Names.of([*(f"/opt/{number}" for number in range(1000)), "/opt/caf\udce9\x1b[31m", "/opt/1"])
    assert names.count == 1001
    assert len(names.listed) == MAXIMUM_NAMES
    odd = Names.of(["/opt/caf\udce9\x1b[31m"])
    assert odd.listed == ("/opt/caf\\xe9\\x1b[31m",)
    assert Names.from_dict(json.loads(canonical(odd.as_dict()))) == odd
