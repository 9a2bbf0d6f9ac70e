"""Two looks held against each other: what differs, and what cannot be told is never told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callout.drift.change import Change, What, finding_id
from callout.drift.compare import compare, file_change
from callout.drift.look import Fact, FileSeen, Hashed, Look, Section, SectionState, Whole
from tests.unit.drift.judging_desk import BASELINE_AT, NEW, OLD, changed, seen, touched

WHOLE = {section: SectionState(Whole.WHOLE) for section in Section}
CUT = SectionState(Whole.UNKNOWN, "It was cut off.")
CRON = Fact(Section.CRON, "/etc/crontab: x", {"path": "/etc/crontab", "line": "x"})
BOB = Fact(Section.USERS, "bob", {"uid": "1001", "shell": "/bin/sh"})


def look(*facts: Fact, **states: SectionState) -> Look:
    sections = {**WHOLE, **{Section(name): state for name, state in states.items()}}
    return Look("K", "acme-pbx1", BASELINE_AT, 0, "8.1", "scope", Hashed.ALL, sections, facts)


def told(*changes: Change) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(one.section, one.subject, one.what, one.aspects) for one in changes]


def test_facts_that_came_went_and_differ() -> None:
    other = replace(BOB, value={"uid": "1001", "shell": "/bin/bash"})
    assert told(*compare(look(CRON, BOB), look(other)).changes) == [
        ("users", "bob", "changed", ("shell",)),
        ("cron", "/etc/crontab: x", "removed", ()),
    ]
    assert told(*compare(look(), look(BOB)).changes) == [("users", "bob", "added", ())]
    assert compare(look(CRON, BOB), look(CRON, BOB)).changes == ()


@pytest.mark.parametrize("cut_before", [True, False])
def test_what_a_cut_look_does_not_have_is_neither_gone_nor_new(cut_before: bool) -> None:
    full, cut = look(CRON, BOB), look(cron=CUT, users=CUT)
    compared = compare(cut, full) if cut_before else compare(full, cut)
    assert compared.changes == ()
    assert set(compared.not_whole) == {Section.CRON, Section.USERS}
    assert all("It was cut off." in why for why in compared.not_whole.values())


def test_what_a_cut_look_has_all_the_same_counts() -> None:
    other = replace(BOB, value={"uid": "0", "shell": "/bin/sh"})
    compared = compare(look(CRON, BOB), look(other, users=CUT))
    assert told(*compared.changes)[0] == ("users", "bob", "changed", ("uid",))
    assert Section.USERS in compared.not_whole


def test_a_section_that_nobody_looked_at_is_unknown() -> None:
    bare = replace(look(), sections={})
    assert set(compare(look(), bare).not_whole) == set(Section)


def test_absent_is_not_unknown_and_two_ways_of_asking_are_not_one() -> None:
    absent = SectionState(Whole.ABSENT, "There is no rpm.")
    assert compare(look(packages=absent), look(packages=absent)).unknown == ()
    one, other = SectionState(Whole.WHOLE, way="sshd -T"), SectionState(Whole.WHOLE, way="files")
    setting = Fact(Section.SSHD, "port", {"value": "2020"})
    compared = compare(look(setting, sshd=one), look(sshd=other))
    assert compared.changes == () and "sshd -T" in compared.not_whole[Section.SSHD]


def test_another_scope_tells_nothing_of_what_is_missing() -> None:
    files = [("/a", None, seen()), ("/b", seen(), None), ("/c", seen(), touched(sha256=NEW))]
    assert [one.subject for one in compare(look(), look(), files).changes] == ["/a", "/b", "/c"]
    compared = compare(look(), replace(look(), scope_hash="another"), files)
    assert [one.subject for one in compared.changes] == ["/c"]
    assert Section.FILES in compared.not_whole
    # A root file system that was not looked into then: its accounts are not new.
    inside = Fact(Section.USERS, "/srv/chroot root", {"uid": "0"})
    assert compare(look(), look(inside)).changes != ()
    compared = compare(look(), replace(look(inside), scope_hash="another"))
    assert compared.changes == () and Section.USERS in compared.not_whole


FILES: list[tuple[FileSeen, FileSeen, tuple[str, ...]]] = [
    (seen(), touched(sha256=NEW), ("content", "time")),
    (seen(), touched(sha256=NEW, size=7), ("content", "size", "time")),
    (seen(sha256=""), seen(sha256="", size=7), ("content", "size")),
    (seen(sha256=""), touched(sha256=""), ("unread", "time")),
    (seen(), touched(sha256=""), ("unread", "time")),
    (seen(sha256="", size=0), touched(sha256="", size=0), ("time",)),
    (seen(), seen(mode=0o4644), ("mode",)),
    (seen(), seen(uid=7), ("owner",)),
    (seen(), seen(kind="l", sha256="", target="/x"), ("kind", "target")),
    (
        seen(kind="l", sha256="", target="/y", mode=0o777),
        seen(kind="l", sha256="", target="/x", mode=0o755),
        ("target",),
    ),
    (seen(), seen(capabilities="cap_net_raw=ep"), ("capabilities",)),
    (seen(), seen(capabilities="?"), ()),
    (seen(kind="c", sha256="", device="1"), seen(kind="c", sha256="", device="2"), ("device",)),
    (seen(), seen(device="99"), ()),
    (seen(), seen(links=2), ("links",)),
    (seen(kind="d", sha256=""), seen(kind="d", sha256="", links=9, size=9), ()),
]


@pytest.mark.parametrize(("before", "after", "aspects"), FILES)
def test_in_what_two_files_differ(before: FileSeen, after: FileSeen, aspects: tuple[str, ...]) -> None:
    found = file_change("/x", before, after)
    assert (found.aspects if found else ()) == aspects


def test_a_findings_name_stays_while_the_change_does() -> None:
    first = changed("/etc/profile")
    name = finding_id("acme-pbx1", first)
    assert name.startswith("D-") and len(name) == 12
    again = changed("/etc/profile", mtime="1.0", ctime="2.0", inode="99", links=3)
    assert finding_id("acme-pbx1", again) == name
    others: list[Change] = [
        changed("/etc/profile", sha256=OLD),
        changed("/etc/profile", mode=0o600),
        changed("/etc/profile2"),
        Change(Section.CRON, "/etc/profile", What.CHANGED),
    ]
    assert len({name, *(finding_id("acme-pbx1", one) for one in others), finding_id("globex", first)}) == 6


@pytest.mark.parametrize("name", ["/a\nb", "/\x1b[2J", "/\udcff", "/" + "n" * 5000, "/{{7*7}}", "/‮"])
def test_what_a_system_says_is_safe_in_the_ledger_and_comes_back(name: str) -> None:
    change = changed(name, target="\x1b" * 3, capabilities="x" * 3000)
    safe = change.as_dict()
    texts: list[Any] = [safe["subject"], *safe["before"].values(), *safe["after"].values()]
    assert all(text.isprintable() and len(text) <= 4096 for text in texts)
    again = Change.from_dict(safe)
    assert again.as_dict() == safe
    assert finding_id("s", again) == finding_id("s", change)


def test_two_long_values_are_never_taken_for_one() -> None:
    one, other = (changed("/x", capabilities="y" * 2000 + end) for end in "ab")
    assert finding_id("s", one) != finding_id("s", other)
