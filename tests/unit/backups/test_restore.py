"""Restores on a practice site, with a real Borg and both shells: all of it as it was, or nothing of it touched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from access_check.targets import Target
from callout.backups.archive import repository_of
from callout.backups.restoring.selection import Asked
from callout.errors import BackupFailed, BadInput, Refused, RolledBack
from callout.inventory import System
from callout.shell import Session
from callout.steps.backup import back_up
from callout.steps.context import Context
from callout.steps.record import open_callout
from callout.steps.restore import let_go, undo_restore
from tests.unit.backups.practice_site import PracticeSite
from tests.unit.backups.restore_site import TABLES, database_of, put_back, reinstall, restorable, tree
from tests.unit.local_shell import BUSYBOX, DASH, LocalShellSession


@pytest.fixture
def system(site: PracticeSite) -> System:
    return restorable(site)


@pytest.fixture(params=[DASH, BUSYBOX], ids=["dash-gnu", "busybox"])
def both(request: pytest.FixtureRequest, context: Context, site: PracticeSite) -> Context:
    """The context, once with dash and GNU tools, once with nothing but busybox."""
    session = LocalShellSession(site.home / f"tools-{request.param[0]}", request.param)

    def connect(target: Target) -> Session:
        return session

    return replace(context, connect=connect)


def kinds(context: Context) -> list[str]:
    return [event.kind for event in context.ledger.events()]


def left_behind(site: PracticeSite) -> list[str]:
    return sorted(str(path.relative_to(site.root)) for path in site.root.rglob(".callout*"))


def again_in(context: Context) -> str:
    """The newest call-out."""
    return [event.callout for event in context.ledger.events(kind="opened")][-1]


def but_for_the_locks_folder(images: dict[str, Any]) -> dict[str, Any]:
    """Our lock came and went in the product's own folder before its time could be kept."""
    return {name: image for name, image in images.items() if name != "opt/pbxware"}


def test_a_whole_system_comes_back_onto_a_reinstalled_one(both: Context, site: PracticeSite, system: System) -> None:
    backup = back_up(both, system).id
    before = tree(site)
    reinstall(site)
    fresh = tree(site)
    done = put_back(both, system, backup)
    assert done.changed
    after = tree(site)
    # What the backup never had stays; nothing else differs, but the empty folders under kernel mounts.
    extra = {"opt/pbxware/pw/etc/installed"}
    missing = {name for name in before if "/pw/proc/" in name or "/pw/var/lib/mysql/" in name}
    assert set(after) == (set(before) - missing) | extra
    local = both.connect(system.target)
    if isinstance(local, LocalShellSession) and local.shell == BUSYBOX:
        # busybox tar makes links that lead out of the tree last of all, and sets no link's time.
        missing |= {"opt/pbxware/nasty", "opt/pbxware/nasty/dangling"}
    assert {name: after[name] for name in after if name not in extra | missing} == {
        name: before[name] for name in before if name not in missing
    }
    assert database_of(site).read_text() == TABLES
    assert (site.home / "restarts").read_text() == "restarted\n"
    rows = next(finding for finding in done.findings if finding.check == "restore.rows")
    assert (str(rows.status), rows.evidence["found"]) == ("pass", {"cdr": 3})
    assert kinds(both) == ["backed_up", "opened", "restore_begun", "restored"]
    assert repository_of(system, both.places).names() == [backup]

    # Again: nothing to do but the database, which nobody can compare.
    again = put_back(both, system, backup, Asked(database=False))
    assert again.changed == ("opt/pbxware/nasty" in missing)
    if again.changed:
        let_go(both, system, again_in(both), again.id)

    # And all of it taken back, database and all; then let go.
    callout = open_callout(both, system, "T-10", "Back again").callout
    undo_restore(both, system, callout, done.id)
    assert but_for_the_locks_folder(tree(site)) == but_for_the_locks_folder(fresh)
    assert database_of(site).read_text() == "-- MariaDB dump\n-- Dump completed\n"
    let_go(both, system, callout, done.id)
    assert left_behind(site) == []
    assert kinds(both)[-2:] == ["restore_undone", "restore_let_go"]
    with pytest.raises(BadInput, match="was let go"):
        undo_restore(both, system, callout, done.id)


def test_single_paths_bring_back_only_themselves(both: Context, site: PracticeSite, system: System) -> None:
    backup = back_up(both, system).id
    before = tree(site)
    nasty = site.product / "nasty"
    for path in nasty.iterdir():
        path.unlink()
    nasty.rmdir()
    (site.product / "pw/etc/asterisk.conf").write_text("[changed]\n")
    done = put_back(both, system, backup, Asked(paths=(str(nasty),), database=False))
    assert done.plan.plan.counts()["replace"] == 0
    after = tree(site)
    assert {name: after[name] for name in after if "nasty/" in name and "dangling" not in name} == {
        name: before[name] for name in before if "nasty/" in name and "dangling" not in name
    }
    assert (site.product / "pw/etc/asterisk.conf").read_text() == "[changed]\n"
    # One name of a hard-linked file alone: it comes as the file itself.
    (nasty / "hard").unlink()
    put_back(both, system, backup, Asked(paths=(str(nasty / "hard"),), database=False))
    assert (nasty / "hard").read_bytes() == b"two\nlines"
    with pytest.raises(BadInput, match="has no"):
        put_back(both, system, backup, Asked(paths=("/no/such",), database=False))


def test_only_the_database(both: Context, site: PracticeSite, system: System) -> None:
    backup = back_up(both, system).id
    database_of(site).write_text("-- MariaDB dump\n-- Dump completed\n")
    (site.product / "pw/etc/asterisk.conf").write_text("[changed]\n")
    put_back(both, system, backup, Asked(files=False))
    assert database_of(site).read_text() == TABLES
    assert (site.product / "pw/etc/asterisk.conf").read_text() == "[changed]\n"


def test_a_dump_that_does_not_load_takes_everything_back(context: Context, site: PracticeSite, system: System) -> None:
    backup = back_up(context, system).id
    reinstall(site)
    fresh = tree(site)
    (site.home / "broken").touch()
    with pytest.raises(RolledBack, match="did not take the dump"):
        put_back(context, system, backup, Asked())
    assert but_for_the_locks_folder(tree(site)) == but_for_the_locks_folder(fresh)
    assert database_of(site).read_text() == "-- MariaDB dump\n-- Dump completed\n"
    assert left_behind(site) == []
    assert kinds(context)[-2:] == ["restore_begun", "restore_failed"]


def test_nothing_goes_through_a_link_or_over_a_folder(context: Context, site: PracticeSite, system: System) -> None:
    backup = back_up(context, system).id
    elsewhere = site.home / "elsewhere"
    (site.product / "pw/etc").rename(elsewhere)
    (site.product / "pw/etc").symlink_to(elsewhere)
    with pytest.raises(Refused) as refused:
        put_back(context, system, backup, Asked(paths=(str(site.product / "pw/etc/asterisk.conf"),), database=False))
    assert "nothing goes through it" in str(refused.value.reasons)
    # Asked for with the folder itself, the link is replaced, and what it leads to is not touched.
    before = (elsewhere / "asterisk.conf").stat().st_mtime_ns
    put_back(context, system, backup, Asked(paths=(str(site.product / "pw/etc"),), database=False))
    assert not (site.product / "pw/etc").is_symlink()
    assert (elsewhere / "asterisk.conf").stat().st_mtime_ns == before
    (site.product / "nasty/large").unlink()
    (site.product / "nasty/large").mkdir()
    with pytest.raises(Refused) as refused:
        put_back(context, system, backup)
    assert "A folder stands where" in str(refused.value.reasons)
    assert kinds(context)[-1] == "gate_refused"


def test_a_tool_that_is_missing_is_named_and_nothing_done(both: Context, site: PracticeSite, system: System) -> None:
    backup = back_up(both, system).id
    reinstall(site)
    local = both.connect(system.target)
    assert isinstance(local, LocalShellSession)
    if local.shell == DASH:
        pytest.skip("this machine's own tools are all there")
    (local.tools / "xargs").unlink()
    with pytest.raises(BackupFailed, match="xargs"):
        put_back(both, system, backup)
    assert kinds(both) == ["backed_up", "opened"]


def test_an_archive_that_is_not_the_ledgers_is_refused(context: Context, site: PracticeSite, system: System) -> None:
    first = back_up(context, system)
    (site.product / "pw/etc/asterisk.conf").write_text("[forged]\n")
    second = back_up(context, system, "CO-0099")
    repository = repository_of(system, context.places)
    repository.remove([first.id])
    repository.borg.run("rename", f"{repository.location}::{second.id}", first.id, repository=repository.location)
    fresh = tree(site)
    with pytest.raises(BackupFailed, match="root hash differs"):
        put_back(context, system, first.id)
    assert tree(site) == fresh
