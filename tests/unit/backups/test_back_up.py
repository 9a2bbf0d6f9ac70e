"""The step, with a real Borg: what is in the ledger and the store after a good backup, and after every bad one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from access_check.targets import Target
from callout.backups.archive import PARTIAL, repository_of
from callout.backups.record import BackupRecord, Level
from callout.errors import BackupFailed, BadInput, Locked
from callout.shell.session import Session
from callout.steps.backup import back_up, latest_verified, verify_again
from callout.steps.context import Context
from tests.unit.backups.practice_site import PASSPHRASE, PracticeSite, write_program
from tests.unit.local_shell import BUSYBOX, LocalShellSession, LocalStream


def kinds(context: Context) -> list[str]:
    return [event.kind for event in context.ledger.events()]


def connected(context: Context, session: Session) -> Context:
    def connect(target: Target) -> Session:
        return session

    return replace(context, connect=connect)


def test_a_backup_is_recorded_verified_and_found_again(context: Context, site: PracticeSite) -> None:
    system = site.system()
    record = back_up(context, system, "CO-0001")
    assert record.id.startswith("acme-pbx1-2")
    assert record.id.endswith("Z-CO-0001")
    assert record.verification.good
    assert record.verification.level is Level.DATA
    assert record.database
    assert record.database.bytes > 60
    assert record.absent == (str(site.root / "home/servers"),)
    assert record.counts["file"] > 10
    assert record.bytes_over_line > record.total_bytes > 3 * 1024 * 1024
    (event,) = context.ledger.events()
    assert (event.kind, event.callout, event.customer) == ("backed_up", "CO-0001", "acme")
    assert BackupRecord.from_dict(event.body) == record
    found = latest_verified(context.ledger, "acme-pbx1")
    assert found == (event, record)
    assert repository_of(system, context.places).names() == [record.id]
    assert PASSPHRASE not in event.body_text

    # Verified again, with nothing but what the ledger and the store hold; then the store is damaged.
    assert verify_again(context, system, record.id).good
    largest = max(Path(record.repository).glob("data/0/*"), key=lambda path: path.stat().st_size)
    with largest.open("r+b") as stream:
        stream.seek(largest.stat().st_size // 2)
        stream.write(b"\xff" * 64)
    again = verify_again(context, system, record.id)
    assert not again.good
    assert kinds(context) == ["backed_up", "noted", "noted"]
    assert latest_verified(context.ledger, "acme-pbx1") is None


def test_a_second_backup_of_the_same_tree_has_the_same_root_hash(context: Context, site: PracticeSite) -> None:
    system = site.system()
    system = system.model_copy(update={"operation": system.operation.model_copy(update={"database": None})})
    first = back_up(context, system, "CO-0001", level=Level.SAMPLE)
    second = back_up(connected(context, site.session()), system, "CO-0002", level=Level.SAMPLE)
    assert first.root_hash == second.root_hash
    assert first.database is None
    assert {finding.check for finding in second.verification.findings} >= {
        "backup.sample.stored",
        "backup.sample.source",
    }
    assert repository_of(system, context.places).names() == [first.id, second.id]


def test_backups_of_one_second_do_not_share_a_name(context: Context, site: PracticeSite) -> None:
    at = context.now()
    frozen, cut = replace(context, now=lambda: at), site.session()
    cut.cut_after_bytes = 400_000
    with pytest.raises(BackupFailed, match="cut off"):
        back_up(connected(frozen, cut), site.system(), "CO-0001")
    (failed,) = context.ledger.events()
    first = back_up(connected(frozen, site.session()), site.system(), "CO-0001", level=Level.SAMPLE)
    second = back_up(connected(frozen, site.session()), site.system(), "CO-0001", level=Level.SAMPLE)
    assert len({failed.body["id"], first.id, second.id}) == 3
    assert repository_of(site.system(), context.places).names() == [first.id, second.id]


def test_busybox_alone_is_enough(context: Context, site: PracticeSite) -> None:
    context = connected(context, site.session(BUSYBOX))
    assert back_up(context, site.system()).verification.good


def test_what_borg_gives_back_is_the_site(context: Context, site: PracticeSite, tmp_path: Path) -> None:
    system = site.system()
    record = back_up(context, system)
    repository = repository_of(system, context.places)
    with repository.exporting(record.id) as stream, (tmp_path / "out.tar").open("wb") as out:
        shutil.copyfileobj(stream, out)
    (tmp_path / "out").mkdir()
    subprocess.run(["tar", "xpf", "../out.tar"], cwd=tmp_path / "out", check=True)
    restored = tmp_path / "out/files" / str(site.product).lstrip("/")
    for path in site.product.rglob("*"):
        relative = path.relative_to(site.product)
        if relative.parts[:2] in [("pw", "proc"), ("pw", "var")] or path.is_socket():
            continue
        there, here = (restored / relative).lstat(), path.lstat()
        assert (there.st_mode, there.st_size * (not path.is_dir()), there.st_nlink * (not path.is_dir())) == (
            here.st_mode,
            here.st_size * (not path.is_dir()),
            here.st_nlink * (not path.is_dir()),
        ), relative
        if path.is_file() and not path.is_symlink():
            assert (restored / relative).read_bytes() == path.read_bytes()
    assert "Dump completed" in (tmp_path / "out/database/pbxware.sql").read_text()


def test_a_failing_dump_leaves_no_backup_and_says_why(context: Context, site: PracticeSite) -> None:
    write_program(site.dump, "#!/bin/sh\necho half; echo 'Table cdr is marked as crashed' >&2; exit 2\n")
    with pytest.raises(BackupFailed, match="marked as crashed"):
        back_up(context, site.system(), "CO-0001")
    (event,) = context.ledger.events()
    assert event.kind == "backup_failed"
    assert "marked as crashed" in event.body["reason"]
    assert repository_of(site.system(), context.places).names() == []
    assert latest_verified(context.ledger, "acme-pbx1") is None


def test_a_cut_line_leaves_no_backup_and_the_next_run_cleans_up(context: Context, site: PracticeSite) -> None:
    cut = site.session()
    cut.cut_after_bytes = 2_000_000
    with pytest.raises(BackupFailed, match="cut"):
        back_up(connected(context, cut), site.system())
    assert kinds(context) == ["backup_failed"]
    assert repository_of(site.system(), context.places).names() == []
    record = back_up(context, site.system())
    assert repository_of(site.system(), context.places).names() == [record.id]


def test_interrupted_partials_are_no_backups_and_are_deleted_by_the_next_run(
    context: Context, site: PracticeSite
) -> None:
    system = site.system()
    repository = repository_of(system, context.places)
    repository.ensure()
    with repository.importing("acme-pbx1-stale") as sink:
        sink.write(bytes(10240))
    assert repository.names() == []
    back_up(context, system, level=Level.SAMPLE)
    listed = repository.borg.run("list", "--short", "--consider-checkpoints", repository.location, repository="x")
    assert PARTIAL not in listed.text


def test_two_at_once_on_one_customer_are_told_of_the_lock(context: Context, site: PracticeSite) -> None:
    system = site.system()
    with repository_of(system, context.places).held(), pytest.raises(Locked) as told:
        back_up(context, system)
    assert told.value.exit_status == 9
    assert kinds(context) == []


def test_a_lock_that_somebody_holds_by_hand_is_told_too(context: Context, site: PracticeSite) -> None:
    system = site.system()
    repository = repository_of(system, context.places)
    repository.ensure()
    sleeper = subprocess.Popen(
        [repository.borg.program, "with-lock", repository.location, "sleep", "30"],
        env={**os.environ, "BORG_PASSPHRASE": PASSPHRASE, "BORG_BASE_DIR": str(repository.borg.base)},
    )
    try:
        while not (Path(repository.location) / "lock.exclusive").exists():
            assert sleeper.poll() is None
        with pytest.raises(Locked):
            back_up(context, system)
    finally:
        sleeper.terminate()
        sleeper.wait()


def test_without_a_passphrase_the_key_to_set_is_named(context: Context, site: PracticeSite) -> None:
    with pytest.raises(BadInput, match=r"callout_policy\.backups\.passphrase"):
        back_up(context, site.system(passphrase=None))
    assert kinds(context) == []


def test_a_passphrase_that_does_not_open_the_store_is_said_so(context: Context, site: PracticeSite) -> None:
    repository_of(site.system(), context.places).ensure()
    with pytest.raises(BadInput, match="does not open"):
        back_up(context, site.system(passphrase="another-one"))


def test_the_passphrase_is_in_no_argument_and_no_environment(
    context: Context, site: PracticeSite, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    repository = repository_of(site.system(), context.places)
    spy = tmp_path / "borg"
    write_program(spy, f'#!/bin/sh\n(env; echo "$@") >>{seen}\nexec {repository.borg.program} "$@"\n')
    replace(repository, borg=replace(repository.borg, program=str(spy))).ensure()
    assert "BORG_PASSPHRASE_FD=" in seen.read_text()
    assert PASSPHRASE not in seen.read_text()


def test_nothing_of_borgs_is_left_in_the_home_folder(
    context: Context, site: PracticeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "a-home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    repository_of(site.system(), context.places).ensure()
    assert list(home.iterdir()) == []


def test_a_folder_that_is_no_repository_is_not_written_to(context: Context, site: PracticeSite) -> None:
    folder = context.places.backups / "acme"
    folder.mkdir(parents=True)
    (folder / "letter.txt").write_text("keep me")
    with pytest.raises(BadInput, match="no Borg repository"):
        back_up(context, site.system())
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


class Interrupting(LocalShellSession):
    """Ctrl-C is pressed here while the line is read."""

    @contextmanager
    def stream(self, script: str, *arguments: str, deadline_s: float = 3600) -> Iterator[LocalStream]:
        with super().stream(script, *arguments, deadline_s=deadline_s) as stream:
            yield stream
            raise KeyboardInterrupt


def test_ctrl_c_is_recorded_and_leaves_no_backup(context: Context, site: PracticeSite) -> None:
    with pytest.raises(KeyboardInterrupt):
        back_up(connected(context, Interrupting(site.home / "tools")), site.system(), "CO-0001")
    (event,) = context.ledger.events()
    assert (event.kind, event.body["reason"]) == ("backup_failed", "The backup was interrupted.")
    assert repository_of(site.system(), context.places).names() == []


def test_an_id_that_the_ledger_does_not_have_is_bad_input(context: Context, site: PracticeSite) -> None:
    with pytest.raises(BadInput, match="no backup"):
        verify_again(context, site.system(), "acme-pbx1-nothing")
