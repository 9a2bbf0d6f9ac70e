"""Looks at a small system: what is seen of it, what is not read again, and what two ways tell differently."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from callout.drift.evidence_look import look_for_evidence
from callout.drift.look import FileSeen, Hashed, Section, Whole, differing
from callout.drift.package_words import AccountWord, Match
from tests.unit.backups.practice_site import write_program
from tests.unit.drift.looked_site import NASTY, RANDOMNESS, LookedSite, real_sums, seen_sums
from tests.unit.local_shell import LocalShellSession


def test_a_nasty_tree_is_seen_whole_and_nothing_is_written_there(site: LookedSite, session: LocalShellSession) -> None:
    before = site.state()
    look = site.look(session)
    assert site.state() == before
    assert look.look.sections[Section.FILES].state is Whole.WHOLE
    assert look.look.disagreements == ()
    assert look.look.unread_count == 0
    assert seen_sums(look, site.root / "opt") == real_sums(site.root / "opt")
    files = dict(look.files())
    nasty = str(site.root / "opt/nasty")
    assert {os.fsencode(path.removeprefix(nasty + "/")) for path in files if path.startswith(nasty + "/")} == {
        *NASTY, b"link", b"fifo",
    }  # fmt: skip
    assert files[f"{nasty}/link"].target == os.fsdecode(b"to \xff nowhere\n")
    assert files[f"{nasty}/fifo"].kind == "p"
    assert [path for path, _ in look.entries()] == sorted(path for path, _ in look.entries())
    spool = str(site.root / "var/spool/calls")
    assert files[spool].kind == "d"
    assert f"{spool}/1.call" not in files
    assert files[str(site.root / "var/log/dpkg.log")].sha256 == ""
    assert files[str(site.root / "etc/shadow")].mode == 0o640
    texts = look.look.texts
    assert texts[str(site.root / "etc/tidy.conf")] == "colour = blue\n"
    assert not [path for path in texts if "shadow" in path]


def test_only_what_changed_is_read_again(site: LookedSite, session: LocalShellSession, tmp_path: Path) -> None:
    first = site.look(session)
    assert first.look.hashed is Hashed.ALL
    tidy = site.root / "etc/tidy.conf"
    times = tidy.stat()
    tidy.write_text("colour = pink\n")
    # Its size is what it was, and its time is put back: the inode's own cannot be.
    os.utime(tidy, ns=(times.st_atime_ns, times.st_mtime_ns))
    (site.root / "opt/empty").unlink()
    site.write("etc/new\nname", "new")
    second = site.look(session, first)
    assert second.look.hashed is Hashed.CHANGED
    assert seen_sums(second, site.root / "etc") == real_sums(site.root / "etc")
    changed = {path: (before, after) for path, before, after in differing(first, second)}
    folders = {str(site.root / "etc"), str(site.root / "opt")}
    assert changed.keys() - folders == {str(tidy), str(site.root / "opt/empty"), str(site.root / "etc/new\nname")}
    before, after = changed[str(tidy)]
    assert isinstance(before, FileSeen)
    assert isinstance(after, FileSeen)
    assert (before.mtime, before.size) == (after.mtime, after.size)
    assert before.sha256 != after.sha256
    assert second.look.texts[str(tidy)] == "colour = pink\n"
    assert changed[str(site.root / "opt/empty")][1] is None


def test_a_find_that_hides_a_file_is_found_out(site: LookedSite, session: LocalShellSession, tmp_path: Path) -> None:
    site.write("root/.hidden-door", "#!/bin/sh\n")
    real = shutil.which("find") if session.shell[0] == "dash" else f"{shutil.which('busybox')} find"
    (session.tools / "find").unlink(missing_ok=True)
    # It leaves out what its maker wants, in the list of all files and wherever else it is asked.
    hiding = """#!/bin/sh
case " $* " in
    *" -prune -print0 "*) REAL "$@" | tr '\\n\\000' '\\001\\n' | grep -v hidden-door | tr '\\n\\001' '\\000\\n' ;;
    *"%p"*) shift 2; REAL -H ROOT ! -name .hidden-door -printf '%p\\0%y %s %m %U %G %T@ %C@ %i %D %n %l\\0' ;;
    *"-H"*) REAL -H ROOT ! -name .hidden-door -print0 ;;
    *) REAL "$@" ;;
esac
"""
    write_program(session.tools / "find", hiding.replace("REAL", str(real)).replace("ROOT", str(site.root)))
    look = site.look(session)
    assert str(site.root / "root/.hidden-door") not in dict(look.files())
    found = [one for one in look.look.disagreements if ".hidden-door" in one]
    assert found == [f"{site.root}/root/.hidden-door is there, and find does not list it."]


def test_a_sha256sum_that_lies_is_found_out(site: LookedSite, session: LocalShellSession) -> None:
    tidy = site.root / "etc/tidy.conf"
    real = shutil.which("sha256sum") if session.shell[0] == "dash" else f"{shutil.which('busybox')} sha256sum"
    (session.tools / "sha256sum").unlink(missing_ok=True)
    write_program(session.tools / "sha256sum", f"#!/bin/sh\n{real} \"$@\" | sed 's|^.*  {tidy}|{'0' * 64}  {tidy}|'\n")
    look = site.look(session)
    assert f"{tidy} has other bytes than sha256sum tells." in look.look.disagreements


def test_a_content_that_changed_beneath_its_times_is_found_out(site: LookedSite, in_dash: LocalShellSession) -> None:
    """As where the clock was set, or the disk was written to directly: a sample is read all the same."""
    first = site.look(in_dash)
    tidy = os.fsencode(site.root / "etc/tidy.conf")
    records = [(path, record[:-64] + b"0" * 64 if path == tidy else record) for path, record in first.entries()]
    look = site.look(in_dash, type(first)(first.look, lambda: iter(records)))
    assert [one for one in look.look.disagreements if "tidy.conf has another content than before" in one]


def test_a_look_without_a_list_of_files_knows_that(site: LookedSite, in_dash: LocalShellSession) -> None:
    (in_dash.tools / "find").unlink(missing_ok=True)
    write_program(in_dash.tools / "find", "#!/bin/sh\nexit 1\n")
    look = site.look(in_dash)
    assert look.look.sections[Section.FILES].state is Whole.UNKNOWN
    assert look.look.hashed is Hashed.NONE
    assert look.look.sections[Section.USERS].state is Whole.WHOLE


def test_a_file_that_cannot_be_read_is_no_clean_one(site: LookedSite, in_dash: LocalShellSession) -> None:
    real = shutil.which("sha256sum")
    (in_dash.tools / "sha256sum").unlink(missing_ok=True)
    write_program(in_dash.tools / "sha256sum", f'#!/bin/sh\n{real} "$@" | grep -v tidy.conf\n[ $? = 0 ]\n')
    look = site.look(in_dash)
    assert look.look.unread_count == 1
    assert dict(look.files())[str(site.root / "etc/tidy.conf")].sha256 == ""


def test_what_package_managers_say(site: LookedSite, session: LocalShellSession) -> None:
    site.write("etc/tidy.conf", "colour = pink\n")
    paths = [str(site.root / path) for path in ("usr/bin/tidy", "etc/tidy.conf", "etc/passwd", "opt/nasty/two\nlines")]
    said = look_for_evidence(session, site.scope(), paths, ["tidyd", "system", "eva"], randomness=RANDOMNESS)
    assert said.whole, said.why
    assert said.disagreements == ()
    words = {word.path.removeprefix(str(site.root)): word for word in said.paths}
    assert words.keys() == {"/usr/bin/tidy", "/etc/tidy.conf"}
    assert (words["/usr/bin/tidy"].shipped, words["/etc/tidy.conf"].shipped) == (Match.SAME, Match.DIFFERENT)
    assert (words["/etc/tidy.conf"].version, words["/etc/tidy.conf"].configuration) == ("1.2-3", True)
    assert said.accounts == (AccountWord("tidyd", "tidy", str(site.root)),)
    assert [(line.package, line.before, line.after) for line in said.log] == [("tidy:amd64", "1.2-2", "1.2-3")]


def test_a_pipe_keeps_no_package_manager_waiting(site: LookedSite, session: LocalShellSession) -> None:
    os.mkfifo(site.root / "usr/bin/pipe")
    paths = [str(site.root / path) for path in ("usr/bin/pipe", "usr/bin/tidy")]
    said = look_for_evidence(session, site.scope(), paths, [], randomness=RANDOMNESS)
    assert said.whole, said.why
    assert [word.shipped for word in said.paths] == [Match.SAME]


def test_an_md5sum_that_lies_is_believed_in_nothing(site: LookedSite, in_dash: LocalShellSession) -> None:
    tidy = site.write("usr/bin/tidy", b"\x7fELF evil\n")
    (in_dash.tools / "md5sum").unlink(missing_ok=True)
    shipped = (site.root / "var/lib/dpkg/info/tidy.md5sums").read_text().splitlines()[1].split()[0]
    write_program(in_dash.tools / "md5sum", f"#!/bin/sh\necho '{shipped}  {tidy}'\n")
    said = look_for_evidence(in_dash, site.scope(), [str(tidy)], [], randomness=RANDOMNESS)
    assert said.disagreements == (f"{tidy} has other bytes than md5sum tells.",)
    assert said.paths[0].shipped is Match.UNKNOWN


@pytest.mark.parametrize("gone", ["stat", "gzip", "xargs"])
def test_without_a_tool_nothing_is_clean(site: LookedSite, tmp_path: Path, gone: str) -> None:
    """Under busybox alone, where a tool can be taken away: what takes it is unknown, the rest is seen."""
    from tests.unit.local_shell import BUSYBOX

    session = LocalShellSession(tmp_path / "tools", BUSYBOX)
    (session.tools / gone).unlink()
    look = site.look(session).look
    if gone == "gzip":
        assert look.sections[Section.FILES].state is Whole.WHOLE
    else:
        assert look.sections[Section.FILES].state is Whole.UNKNOWN or look.unread_count or look.disagreements
    assert look.sections[Section.USERS].state is Whole.WHOLE
