"""Folders with data by the million: what may be executed is seen among it, and nothing else is listed."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest

from callout.drift.compare import compare
from callout.drift.cross_check import chosen
from callout.drift.find_words import holds, listing_of
from callout.drift.look import LookFile, Section, differing
from callout.drift.reading import without_many_programs
from tests.unit.drift.looked_site import LookedSite
from tests.unit.local_shell import LocalShellSession

FOLDER = "var/spool/record*ings"


def looked(site: LookedSite, session: LocalShellSession, previous: LookFile | None = None) -> LookFile:
    folder = str(site.root / FOLDER)
    return site.look(session, previous, sifted=(folder,), prunes=(f"{folder}/pruned",))


def below(look: LookFile, site: LookedSite) -> set[str]:
    return {path.removeprefix(f"{site.root / FOLDER}/") for path, _ in look.files() if f"/{FOLDER}/" in path}


@pytest.fixture
def data(site: LookedSite) -> Path:
    for number in range(30):
        site.write(f"{FOLDER}/2026/call {number}.wav", "RIFF")
    site.write(f"{FOLDER}/two\nlines/x.wav", "RIFF")
    (site.root / FOLDER / "link").symlink_to("/nowhere")
    os.mkfifo(site.root / FOLDER / "fifo")
    # A pattern is no pattern in a name: what the stars would match lies beside it, and is listed whole.
    site.write("var/spool/recordXings/plain.txt", "x")
    site.write(f"{FOLDER}/pruned/deeper/tool", "x").chmod(0o4755)
    return site.root / FOLDER


def test_only_what_may_be_executed_is_seen(site: LookedSite, session: LocalShellSession, data: Path) -> None:
    first = looked(site, session)
    assert below(first, site) == set()
    files = dict(first.files())
    assert files[str(data)].kind == "d"
    assert str(site.root / "var/spool/recordXings/plain.txt") in files
    assert first.look.disagreements == ()
    site.write(f"{FOLDER}/2026/run.wav", "#!/bin/sh\n").chmod(0o711)
    site.write(f"{FOLDER}/2026/for the group", "x").chmod(0o2644)
    site.write(f"{FOLDER}/two\nlines/root.wav", "x").chmod(0o4755)
    site.write(f"{FOLDER}/2026/others", "x").chmod(0o641)
    second = looked(site, session, first)
    planted = {"2026/run.wav", "2026/for the group", "two\nlines/root.wav", "2026/others"}
    assert below(second, site) == planted
    assert second.look.disagreements == ()
    changes = compare(first.look, second.look, differing(first, second)).changes
    assert {one.subject.removeprefix(f"{data}/") for one in changes if one.section is Section.FILES} >= planted
    seen = dict(second.files())[str(data / "two\nlines/root.wav")]
    assert stat.filemode(seen.mode | stat.S_IFREG) == "-rwsr-xr-x" and len(seen.sha256) == 64


def test_too_many_programs_are_said_and_those_with_rights_stay() -> None:
    mode = {b"plain": b"755", b"rights": b"4755", b"device": b"644"}
    kind = {b"plain": b"f", b"rights": b"f", b"device": b"c"}
    told = {name: b"%b 10 %b 0 0 1 1 1 1 1 " % (kind[name], mode[name]) for name in mode}
    listed = sorted([
        *((b"/r/%03d" % number, told[b"plain"]) for number in range(5)), (b"/r/x", told[b"rights"]),
        (b"/r/y", told[b"device"]), (b"/rest/tool", told[b"plain"]), (b"/r", b"d 10 755 0 0 1 1 1 1 1 "),
    ])  # fmt: skip
    assert without_many_programs(list(listed), ("/r",), 5) == (listed, 0)
    kept, count = without_many_programs(list(listed), ("/r/",), 4)
    assert [path for path, _ in kept] == [b"/r", b"/r/x", b"/r/y", b"/rest/tool"]
    assert count == 5
    assert without_many_programs(list(listed), (), 0) == (listed, 0)


def test_no_name_is_missing_where_not_all_is_listed() -> None:
    folder = b"d 10 755 0 0 1 1 1 1 1 "
    paths = [b"/a", b"/a/x", b"/r", b"/r/2026", b"/r/2026/tool"]
    drawn = [chosen(paths, [folder] * 5, [], [], re.compile(b"(?!)"), seed, holds(("/r",))) for seed in range(5)]
    assert {path for items in drawn for path in items.folders} == {b"/a"}


def test_nothing_to_sift_adds_no_word() -> None:
    assert "-perm" not in listing_of(("/",), ("/x",), ()).arguments()
    assert holds(()).fullmatch(b"/x") is None
