"""What a system lists, hostile until it fits; and what follows from it: what is read, and what is taken over."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callout.backups.capture import Listed, list_files
from callout.backups.increment import Choice, Why, link_groups, why_everything, why_read
from callout.backups.line import Line
from callout.backups.listing import Facts, Header, ListingRefused, read_listing, read_opening, read_records, record
from callout.backups.manifest import FILES, Entry, EntryKind
from callout.backups.probe import probe
from callout.backups.record import BackupRecord, Reused
from callout.backups.scope import scope_of
from callout.errors import BackupFailed
from tests.unit.backups.histories import record as backup_record
from tests.unit.backups.practice_site import PracticeSite, write_program
from tests.unit.local_shell import BUSYBOX, LocalShellSession

HEADER = Header("printf", 1_000_000, "gnu", True)
FACTS = b"f 5 900000.5000000000 900001.2500000000 77 2049 644 0 0 1"


def listed(session: LocalShellSession, site: PracticeSite, since_s: int | None = None) -> Listed:
    system = site.system()
    abilities, plan = probe(session, scope_of(system.operation.backup), system.operation.database)
    return list_files(session, abilities, plan, Line(), everything=True, since_s=since_s)


def test_a_nasty_tree_is_listed_as_it_is(site: PracticeSite, session: LocalShellSession) -> None:
    (site.product / "nasty/ends in newline\n").touch()
    found = listed(session, site)
    below = bytes(site.product) + b"/"
    expected = {
        bytes(path)
        for path in site.product.rglob("*")
        if not bytes(path).startswith((below + b"pw/proc/", below + b"pw/sys/", below + b"pw/var/lib/mysql/"))
        and not path.is_socket()
    }
    assert {path for path in found.now if path.startswith(below)} == expected
    for path, told in found.now.items():
        facts, there = Facts.of(told), (site.root / path.decode("utf-8", "surrogateescape")).lstat()
        assert (facts.size, facts.mode, facts.uid, facts.links) == (
            there.st_size, there.st_mode & 0o7777, there.st_uid, there.st_nlink,
        )  # fmt: skip
        assert facts.ctime.partition(".")[0] == str(int(there.st_ctime_ns // 10**9))
    spool = io.BytesIO()
    found.write(spool)
    spool.seek(0)
    header, records = read_listing(spool)
    assert (header, {path: facts for facts, path in records}) == (found.header, found.now)


def test_only_what_was_changed_since_is_listed(site: PracticeSite, session: LocalShellSession) -> None:
    found = listed(session, site)
    assert listed(session, site, since_s=found.header.started_s + 3600).now == {}
    assert listed(session, site, since_s=found.header.started_s - 3600).now.keys() == found.now.keys()


def test_a_find_that_fails_is_a_failure(site: PracticeSite) -> None:
    session = site.session()
    known = 'case "$*" in *maxdepth*) exec /usr/bin/find "$@" ;; esac\n'
    write_program(site.home / "tools/find", f'#!/bin/sh\n{known}/usr/bin/find "$@" | head -c 300; exit 1\n')
    with pytest.raises(BackupFailed):
        listed(session, site)


def test_a_find_that_complains_and_ends_well_is_a_failure(site: PracticeSite) -> None:
    """As busybox's does where a batch of names is longer than the kernel takes: it leaves the batch out."""
    session = site.session()
    known = 'case "$*" in *maxdepth*) exec /usr/bin/find "$@" ;; esac\n'
    left_out = "echo 'find: sh: Argument list too long' >&2\n"
    write_program(site.home / "tools/find", f'#!/bin/sh\n{known}/usr/bin/find "$@" | head -n 0\n{left_out}')
    with pytest.raises(BackupFailed, match="Argument list too long"):
        listed(session, site)


def test_names_that_no_one_command_takes_are_all_listed(site: PracticeSite) -> None:
    """Over 2 MB of names: busybox find itself would make batches of just that size."""
    folder = site.product.joinpath(*("d" * 200,) * 3)
    folder.mkdir(parents=True)
    for number in range(3000):
        (folder / f"{number:0>200}").touch()
    found = listed(site.session(BUSYBOX), site)
    assert len([path for path in found.now if path.startswith(bytes(folder) + b"/")]) == 3000


def test_without_an_xargs_that_takes_any_name_entries_are_listed_one_by_one(site: PracticeSite) -> None:
    found = listed(site.session(BUSYBOX), site)
    site.plant_tool("xargs", "#!/bin/sh\nexit 1\n")
    assert listed(site.session(BUSYBOX), site).now == found.now


def stat_batch(*paths: bytes, line: bytes = b"81a4 5 900000 900001 77 2049 0 0 1") -> bytes:
    return b"batch %d\n" % len(paths) + (line + b"\n") * len(paths) + b"".join(path + b"\0" for path in paths)


def in_pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_both_ways_tell_the_same(size: int) -> None:
    printed = record(FACTS, b"/a\nb") + record(FACTS, b"/c d")
    assert list(read_records(in_pieces(printed, size))) == [(FACTS, b"/a\nb"), (FACTS, b"/c d")]
    told = list(read_records(in_pieces(stat_batch(b"/a\nb", b"/c d") + stat_batch(b"/gone", line=b"-"), size), "stat"))
    assert told == [(b"f 5 900000 900001 77 2049 644 0 0 1", path) for path in (b"/a\nb", b"/c d")]


@pytest.mark.parametrize(
    ("way", "data"),
    [
        ("printf", FACTS + b" /a"),
        ("printf", FACTS + b" a\0"),
        ("printf", FACTS + b" /a/../etc\0"),
        ("printf", FACTS.replace(b"644", b"99") + b" /a\0"),
        ("printf", b"x" * 10_000),
        ("printf", FACTS + b" /" + b"n" * 5000 + b"\0"),
        ("stat", stat_batch(b"/a")[:-1]),
        ("stat", b"batch 0\n"),
        ("stat", b"batch 999999999\n"),
        ("stat", b"bitch 1\n"),
        ("stat", stat_batch(b"/a", line=b"81a4 5 5")),
        ("stat", stat_batch(b"a")),
    ],
)
def test_what_is_no_listing_is_refused(way: str, data: bytes) -> None:
    with pytest.raises(ListingRefused):
        list(read_records(in_pieces(data, 700), way))


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["printf", "stat"]), st.integers(0, 120))
def test_damage_is_read_or_refused_never_anything_else(noise: bytes, way: str, place: int) -> None:
    good = record(FACTS, b"/a") * 2 if way == "printf" else stat_batch(b"/a", b"/b")
    for data in (noise, good[:place] + noise + good[place:]):
        try:
            for facts, path in read_records([data], way):
                assert Facts.of(facts)
                assert path.startswith(b"/")
        except ListingRefused:
            continue


@pytest.mark.parametrize("line", [b"", b"callout-listing printf", b"callout-listing printf zip 1", b"Welcome!"])
def test_an_opening_that_is_none_is_refused(line: bytes) -> None:
    with pytest.raises(ListingRefused):
        read_opening(line)


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b'{"version": 2}', b'{"version": 1, "way": "printf"}'])
def test_a_header_that_is_none_is_refused(line: bytes) -> None:
    with pytest.raises(ListingRefused):
        Header.from_line(line)


def facts(place: int, value: bytes) -> bytes:
    words = FACTS.split(b" ")
    words[place] = value
    return b" ".join(words)


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (FACTS, None),
        (facts(5, b"64513"), None),
        (facts(0, b"l"), Why.KIND),
        (facts(1, b"6"), Why.SIZE),
        (facts(2, b"900000.5000000001"), Why.WRITTEN),
        (facts(3, b"900001.2500000001"), Why.CHANGED),
        (facts(4, b"78"), Why.REPLACED),
        (facts(6, b"600"), Why.CHANGED),
        (facts(7, b"1"), Why.CHANGED),
        (facts(9, b"2"), Why.CHANGED),
    ],
)
def test_every_fact_that_differs_is_a_reason(now: bytes, why: Why | None) -> None:
    assert why_read(now, FACTS, HEADER) is why


@pytest.mark.parametrize(("ctime", "why"), [(b"999997.9", None), (b"999998.0", Why.RECENT), (b"1000003.5", Why.RECENT)])
def test_what_was_changed_within_a_tick_of_the_earlier_look_is_read(ctime: bytes, why: Why | None) -> None:
    same = facts(3, ctime)
    assert why_read(same, same, HEADER) is why


def stored(path: str, size: int = 5, kind: EntryKind = EntryKind.FILE, target: str = "") -> Entry:
    return Entry(FILES + path, kind, size, 0o644, 0, 0, 900_000_500_000_000, "", target)


def test_what_an_archive_has_whole_is_taken_over_and_the_rest_told_with_reasons() -> None:
    now = {b"/same": FACTS, b"/new": FACTS, b"/longer": facts(1, b"9"), b"/torn": FACTS, b"/not-there": FACTS}
    choice = Choice(now)
    listing = [(FACTS, path) for path in now if path != b"/new"]
    given = choice.offer(HEADER, listing, [stored("same"), stored("longer"), stored("torn", size=4)], stored("torn"))
    assert given == {b"/same"}
    assert choice.left() == [b"/new", b"/longer", b"/torn", b"/not-there"]
    assert choice.reasons() == {"new": 1, "not whole in the earlier one": 2, "size differs": 1}
    assert choice.may_resume(b"/torn")
    assert not choice.may_resume(b"/longer")
    choice.give_back({b"/same"})
    assert choice.left()[0] == b"/same"


def test_a_file_with_several_names_comes_from_one_archive_or_is_read() -> None:
    two = facts(9, b"2")
    now = {b"/a": two, b"/b": two, b"/c": FACTS}
    assert link_groups(now) == [[b"/a", b"/b"]]
    link = stored("b", 0, EntryKind.HARD_LINK, f"{FILES}a")
    listing = [(told, path) for path, told in now.items()]
    assert Choice(now).offer(HEADER, listing, [stored("a"), link, stored("c")]) == {b"/a", b"/b", b"/c"}
    assert Choice(now).offer(HEADER, listing, [stored("a"), stored("c")]) == {b"/c"}
    elsewhere = replace(link, target=f"{FILES}elsewhere")
    assert Choice(now).offer(HEADER, listing, [stored("a"), elsewhere, stored("c")]) == {b"/c"}


def test_every_nth_backup_reads_everything() -> None:
    whole = backup_record("pbx-1", dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    built = replace(whole, reused=Reused(5, 5, ("x",)))
    assert why_everything(False, None, [], 7)
    assert why_everything(True, built, [built], 7) == "it was asked for"
    assert why_everything(False, whole, [whole], 7) == ""
    assert why_everything(False, built, [whole, built], 3) == ""
    assert why_everything(False, built, [whole, built, built], 3)
    assert why_everything(False, whole, [whole], 1)


def test_a_record_from_before_there_was_anything_to_reuse_is_read() -> None:
    whole = backup_record("pbx-1", dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    older = {key: value for key, value in whole.as_dict().items() if key not in ("reused", "everything_because")}
    del older["read_again"]
    assert BackupRecord.from_dict(older) == whole
    newer = replace(whole, reused=Reused(5, 50, ("pbx-0",)))
    assert BackupRecord.from_dict(newer.as_dict()) == newer
