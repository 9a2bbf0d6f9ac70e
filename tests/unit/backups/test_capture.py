"""Reading a site, under dash with GNU tools and with busybox alone: what comes, what does not, what is refused."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from callout.backups.capture import Changes, fetch_files, list_files
from callout.backups.dump import capture_dump
from callout.backups.increment import link_groups
from callout.backups.line import Line
from callout.backups.manifest import FILES, Entry, EntryKind, by_path, read_manifest
from callout.backups.packing import Packer
from callout.backups.probe import Abilities, Archiver, probe
from callout.backups.scope import CapturePlan, scope_of
from callout.errors import BackupFailed, Unreachable
from callout.inventory import System
from tests.unit.backups.practice_site import INVALID, LONG, NEWLINE, PracticeSite, write_program
from tests.unit.local_shell import BUSYBOX, LocalShellSession


@dataclass
class Captured:
    entries: Mapping[str, Entry]
    changes: Changes
    plan: CapturePlan
    abilities: Abilities


def look(session: LocalShellSession, system: System) -> tuple[Abilities, CapturePlan]:
    return probe(session, scope_of(system.operation.backup), system.operation.database)


def capture(session: LocalShellSession, system: System, one_file: Sequence[bytes] = ()) -> Captured:
    """`one_file` are paths to be taken for one, besides those that the listing says are one."""
    abilities, plan = look(session, system)
    with tempfile.TemporaryFile() as manifest:
        packer = Packer(io.BytesIO(), manifest)
        listed = list_files(session, abilities, plan, Line(), everything=True)
        groups = [*link_groups(listed.now), one_file]
        changes = fetch_files(session, abilities, list(listed.now), packer, Line(), groups)
        packer.finish()
        return Captured(by_path(read_manifest(manifest)), changes, plan, abilities)


def name_of(site: PracticeSite, path: str | bytes) -> str:
    """The archive's name for a path below the site's product."""
    return FILES + str(site.product / os.fsdecode(path)).lstrip("/")


def test_a_nasty_tree_comes_whole_and_nothing_is_written_there(site: PracticeSite, session: LocalShellSession) -> None:
    before = site.state()
    captured = capture(session, site.system())
    assert site.state() == before
    for name in (NEWLINE, INVALID, LONG, b"-rf", b" space ", b"'quote", b"*"):
        entry = captured.entries[name_of(site, b"nasty/" + name)]
        hard = entry.kind is EntryKind.HARD_LINK
        assert hard or entry.sha256 == hashlib.sha256(name).hexdigest()
    kinds = {path: entry.kind for path, entry in captured.entries.items()}
    links = {kinds[name_of(site, b"nasty/" + NEWLINE)], kinds[name_of(site, "nasty/hard")]}
    assert links == {EntryKind.FILE, EntryKind.HARD_LINK}
    assert captured.entries[name_of(site, "nasty/dangling")].target == "../../caf\udce9/gone"
    assert kinds[name_of(site, "nasty/fifo")] is EntryKind.FIFO
    assert name_of(site, "nasty/socket") not in kinds
    assert captured.entries[FILES + str(site.root / "etc/shadow").lstrip("/")].mode == 0
    large = (site.product / "nasty/large").read_bytes()
    assert captured.entries[name_of(site, "nasty/large")].sha256 == hashlib.sha256(large).hexdigest()
    assert captured.changes.changed == []


def test_a_file_with_names_in_several_batches_stays_one(site: PracticeSite, session: LocalShellSession) -> None:
    """Busybox tar reads in batches, of which none knows what links the others met."""
    links = []
    for number in range(6):
        folder = site.product / f"batch-{number}"
        folder.mkdir()
        for other in range(300):
            (folder / f"{other:0200d}").touch()
        links.append(folder / "one")
        if number:
            os.link(links[0], links[-1])
        else:
            links[0].write_text("one and the same")
    entries = capture(session, site.system()).entries
    told = [entries[name_of(site, str(link.relative_to(site.product)))] for link in links]
    (first,) = (entry for entry in told if entry.kind is EntryKind.FILE)
    assert first.sha256 == hashlib.sha256(b"one and the same").hexdigest()
    others = [entry for entry in told if entry.kind is EntryKind.HARD_LINK]
    assert [(entry.target, entry.size) for entry in others] == [(first.path, 0)] * 5


def test_what_is_no_longer_one_file_when_it_is_read_is_flagged(site: PracticeSite, session: LocalShellSession) -> None:
    (site.product / "a").write_text("before")
    (site.product / "b").write_text("after")
    paths = [os.fsencode(site.product / name) for name in "ab"]
    captured = capture(session, site.system(), one_file=paths)
    (flagged,) = captured.changes.changed
    assert os.fsencode(flagged) in paths


def test_every_file_outside_of_the_prunes_is_there(site: PracticeSite, session: LocalShellSession) -> None:
    captured = capture(session, site.system())
    pruned = ("pw/proc/", "pw/sys/", "pw/dev/", "pw/var/lib/mysql/")
    expected = {
        name_of(site, path.relative_to(site.product).as_posix().encode("utf-8", "surrogateescape"))
        for path in site.product.rglob("*")
        if not path.relative_to(site.product).as_posix().startswith(pruned) and not path.is_socket()
    }
    below = {path for path in captured.entries if path.startswith(name_of(site, "x")[:-1])}
    assert below == expected


def test_the_chroots_proc_is_an_empty_folder_at_every_depth(site: PracticeSite, session: LocalShellSession) -> None:
    old = site.root / "home/servers/old/pw/proc"
    old.mkdir(parents=True)
    (old / "kcore").write_text("128 TB")
    captured = capture(session, site.system())
    assert captured.entries[name_of(site, "pw/proc")].kind is EntryKind.FOLDER
    assert captured.entries[FILES + str(old).lstrip("/")].kind is EntryKind.FOLDER
    assert not [path for path in captured.entries if path.endswith(("kcore", "cdr.ibd"))]
    assert captured.entries[name_of(site, "pw/var/lib/mysql")].kind is EntryKind.FOLDER


def test_paths_that_are_not_there_are_told(site: PracticeSite, session: LocalShellSession) -> None:
    assert look(session, site.system())[1].absent == (str(site.root / "home/servers"),)


def test_without_the_product_there_is_nothing_to_back_up(site: PracticeSite, session: LocalShellSession) -> None:
    site.product.rename(site.root / "elsewhere")
    with pytest.raises(BackupFailed, match="the product itself, is not there"):
        look(session, site.system())


def test_a_linked_product_is_read_where_it_leads_to(site: PracticeSite, session: LocalShellSession) -> None:
    site.product.rename(site.root / "data")
    site.product.symlink_to("../data")
    captured = capture(session, site.system())
    below = FILES + str(site.root / "data").lstrip("/")
    assert captured.entries[FILES + str(site.product).lstrip("/")].kind is EntryKind.SYMLINK
    assert captured.entries[f"{below}/pw/etc/asterisk.conf"].kind is EntryKind.FILE
    assert f"{below}/pw/proc/1" not in captured.entries


@pytest.mark.parametrize("missing", ["tar", "find", "sha256sum"])
def test_a_missing_tool_is_refused_by_name(site: PracticeSite, missing: str) -> None:
    session = site.session(BUSYBOX)
    (site.home / "tools" / missing).unlink()
    with pytest.raises(BackupFailed, match=missing):
        look(session, site.system())


def test_a_tar_that_is_neither_gnu_nor_busybox_is_refused(site: PracticeSite) -> None:
    site.session()
    site.plant_tool("tar", "#!/bin/sh\necho bsdtar 3.6\n")
    with pytest.raises(BackupFailed, match="a tar that we know"):
        look(site.session(), site.system())


def test_no_dump_command_is_refused_and_says_what_was_tried(site: PracticeSite, session: LocalShellSession) -> None:
    site.dump.unlink()
    with pytest.raises(BackupFailed, match=r"no/such.*sh/mysqldump"):
        look(session, site.system())


def test_the_shells_find_their_own_tar(site: PracticeSite, session: LocalShellSession) -> None:
    expected = Archiver.BUSYBOX if session.shell == BUSYBOX else Archiver.GNU
    assert look(session, site.system())[0].archiver is expected


def test_a_file_that_vanishes_between_list_and_reading_is_flagged_not_fatal(site: PracticeSite) -> None:
    gone = site.product / "nasty/empty"
    session = site.session()
    site.plant_tool("tar", f'#!/bin/sh\ncase "$*" in *--files-from*) rm -f {gone} ;; esac\nexec /usr/bin/tar "$@"\n')
    captured = capture(session, site.system())
    assert captured.changes.vanished == [str(gone)]


@pytest.mark.parametrize(
    ("tool", "text"),
    [
        ("tar", '/usr/bin/tar "$@" | head -c 100000; exit 2'),
        ("tar", '/usr/bin/tar "$@"; exit 2'),
        ("find", '/usr/bin/find "$@"; echo "find: /opt: Input/output error" >&2; exit 1'),
        ("tar", '/usr/bin/tar "$@"; kill -9 $$'),
    ],
    ids=["tar-cut", "tar-fails-at-the-end", "find-meets-a-bad-disk", "tar-killed"],
)
def test_a_reader_that_fails_is_a_failure(site: PracticeSite, tool: str, text: str) -> None:
    session = site.session()
    known = 'case "$*" in *--version*|*maxdepth*) exec /usr/bin/' + tool + ' "$@" ;; esac\n'
    site.plant_tool(tool, f"#!/bin/sh\n{known}{text}\n")
    with pytest.raises(BackupFailed):
        capture(session, site.system())


def test_a_line_that_is_cut_is_unreachable_or_torn_never_whole(site: PracticeSite, session: LocalShellSession) -> None:
    abilities, plan = look(session, site.system())
    wanted = list(list_files(session, abilities, plan, Line(), everything=True).now)
    for cut in (0, 100, 5000, 700_000, 3_000_000):
        session.cut_after_bytes = cut
        with tempfile.TemporaryFile() as manifest, pytest.raises((Unreachable, BackupFailed)):
            fetch_files(session, abilities, wanted, Packer(io.BytesIO(), manifest), Line())


def dump_of(session: LocalShellSession, system: System) -> bytes:
    abilities, _ = look(session, system)
    assert system.operation.database
    spool, line = io.BytesIO(), Line()
    dump = capture_dump(session, abilities, system.operation.database, spool, line)
    assert line.total_bytes > 0
    assert dump.size == len(spool.getvalue())
    assert dump.sha256 == hashlib.sha256(spool.getvalue()).hexdigest()
    return spool.getvalue()


def test_the_dump_comes_whole(site: PracticeSite, session: LocalShellSession) -> None:
    assert b"CREATE TABLE cdr" in dump_of(session, site.system())


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ("echo 'Lost connection to server during query' >&2; exit 3", "Lost connection"),
        ("exit 0", "not whole"),
        ("kill -9 $$", "failed"),
    ],
    ids=["fails", "wrapper-loses-the-status", "killed"],
)
def test_a_dump_that_ends_half_way_is_a_failure(
    site: PracticeSite, session: LocalShellSession, ending: str, said: str
) -> None:
    write_program(site.dump, f"#!/bin/sh\necho 'CREATE TABLE cdr (id int);'\n{ending}\n")
    with pytest.raises(BackupFailed, match=said):
        dump_of(session, site.system())
