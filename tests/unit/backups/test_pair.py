"""Two backups of a practice site, side by side, with a real Borg: files, contents, dumps, the call-out's story."""

from __future__ import annotations

import os

import pytest

from callout.backups.pair import FileDifference, PairDifference
from callout.backups.record import Level
from callout.cli.backup_diff import as_data, lines_of
from callout.errors import BackupFailed, BadInput
from callout.ledger.event import Draft
from callout.steps.backup import back_up, recorded_backup
from callout.steps.backup_diff import backup_before, diff_backups, record_difference
from callout.steps.context import Context
from callout.steps.record import close_callout, open_callout, story_of
from callout.views.story import story_text
from tests.unit.backups.practice_site import DUMP, PracticeSite, write_program

SECRET = "hunter2"
TABLE = "CREATE TABLE `cdr` (\n  `id` int\n) ENGINE=InnoDB;\nINSERT INTO `cdr` VALUES {};\n"


def dump(rows: str) -> str:
    text = DUMP.replace('echo "CREATE TABLE cdr (id int);"', f"cat <<'EOF'\n{TABLE.format(rows)}EOF")
    assert text != DUMP
    return text


@pytest.fixture
def pair(context: Context, site: PracticeSite) -> tuple[str, str, str]:
    """A call-out, and the ids of the backups before and after its change."""
    system, product = site.system(), site.product
    callout = open_callout(context, system, "T-1", "Patch").callout
    (product / "nasty/large").unlink()
    (product / "pw/etc/pbxware").mkdir()
    (product / "pw/etc/pbxware/pbxware.ini").write_text(f"pw_mysql_password={SECRET}1\n")
    (product / "pw/etc/odd.conf").write_text(f"port=5060\npassword={SECRET}1\n")
    (product / "old.txt").write_text("gone\n")
    (product / "link").symlink_to("a")
    (product / "mode").touch()
    (product / "binary").write_bytes(b"\0\1")
    write_program(site.dump, dump("(1,'a'),(2,'b')"))
    before = back_up(context, system, callout, level=Level.SAMPLE).id
    context.record("patched", system, callout, {"bundle": "PW-1", "transaction": "t1"})
    (product / "pw/etc/pbxware/pbxware.ini").write_text(f"pw_mysql_password={SECRET}2\n")
    (product / "pw/etc/odd.conf").write_text(f"port=5061\npassword={SECRET}2\n\x1b[2J\n")
    (product / "old.txt").unlink()
    (product / "new.txt").write_text("here\n")
    (product / "link").unlink()
    (product / "link").symlink_to("b")
    (product / "mode").chmod(0o4755)
    (product / "binary").write_bytes(b"\0\2")
    os.utime(product / "nasty/empty", (1, 1))
    write_program(site.dump, dump("(1,'a'),(3,'c'),(4,'d')"))
    after = back_up(context, system, "", level=Level.SAMPLE).id
    assert before != after
    return callout, before, after


def by_name(found: PairDifference) -> dict[str, FileDifference]:
    return {one.difference.path.rpartition("/")[2]: one for one in found.files}


def test_everything_that_differs_and_nothing_else(
    context: Context, site: PracticeSite, pair: tuple[str, str, str]
) -> None:
    callout, before, after = pair
    found = diff_backups(context, site.system(), before, after)
    files = by_name(found)
    assert {name: one.difference.what for name, one in files.items()} == {
        "pbxware.ini": "changed", "odd.conf": "changed", "old.txt": "removed", "new.txt": "added", "link": "changed",
        "mode": "changed", "binary": "changed", "mysqldump": "changed",
    }  # fmt: skip
    assert files["mode"].difference.aspects == ("mode",)
    assert "link target" in files["link"].difference.aspects
    assert files["new.txt"].diff[-1] == "+here"
    assert files["old.txt"].diff[-1] == "-gone"
    assert {"-port=5060", "+port=5061", "-password=(not shown)", "+\\x1b[2J"} <= set(files["odd.conf"].diff)
    assert (files["pbxware.ini"].withheld, files["binary"].withheld) == ("secret", "not text")
    assert {one.path.rpartition("/")[2] for one in found.touched} >= {"empty"}
    assert found.database
    (table,) = found.database.tables
    assert (table.name, table.added, table.removed) == ("cdr", 2, 1)
    told = "\n".join(lines_of(found)) + str(as_data(found))
    assert SECRET not in told
    assert all(line.isprintable() for line in lines_of(found))
    assert "sha256" in told

    # What goes into the story is bounded and has no contents; a call-out that a playbook has closed takes it too.
    close_callout(context, callout, "satisfied")
    assert backup_before(context, callout) == before
    event = record_difference(context, site.system(), callout, found)
    assert (event.kind, event.callout, event.body["changed"], event.body["before"]) == (
        "backups_compared", callout, 6, before,
    )  # fmt: skip
    assert SECRET not in event.body_text
    assert "5061" not in event.body_text
    story = story_text(story_of(context.ledger, callout))
    assert f"what: changed {site.product}/mode (mode)" in story
    assert SECRET not in story

    # A manifest that is not the one in the ledger is not compared with.
    _, record = recorded_backup(context.ledger, after)
    forged = {**record.as_dict(), "id": before, "root_hash": "0" * 64}
    assert diff_backups(context, site.system(), after, before, contents=False).counts["added"] == 1
    names = ("acme", record.system, "")
    context.ledger.append(Draft("backed_up", context.now(), "eva", *names, {**forged, "id": "acme-pbx1-x"}))
    with pytest.raises(BackupFailed):
        diff_backups(context, site.system(), before, "acme-pbx1-x")


def test_nothing_differs_between_two_backups_of_the_same(context: Context, site: PracticeSite) -> None:
    (site.product / "nasty/large").unlink()
    write_program(site.dump, dump("(1,'a')"))
    before = back_up(context, site.system(), "", level=Level.SAMPLE).id
    after = back_up(context, site.system(), "CO-0001", level=Level.SAMPLE).id
    found = diff_backups(context, site.system(), before, after)
    assert found.counts == {"added": 0, "removed": 0, "changed": 0, "touched": 0}
    assert found.database is None
    with pytest.raises(BadInput, match="the same backup"):
        diff_backups(context, site.system(), before, before)
    with pytest.raises(BadInput, match="no backup 'x'"):
        diff_backups(context, site.system(), before, "x")


def test_a_call_out_without_a_backup_before_its_change_has_none(context: Context, site: PracticeSite) -> None:
    callout = open_callout(context, site.system(), "T-1", "Patch").callout
    context.record("patched", site.system(), callout, {"bundle": "PW-1", "transaction": "t1"})
    with pytest.raises(BadInput, match="no backup from before its change"):
        backup_before(context, callout)
