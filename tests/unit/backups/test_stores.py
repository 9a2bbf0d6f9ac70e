"""Where backups go: an ssh:// store behind a real sshd, a mounted one that is not mounted, one that others use too."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from callout.backups.archive import BEING_MADE, PARTIAL, Repository, repository_of
from callout.backups.record import Level
from callout.errors import BackupFailed, BadInput, TrustRefused
from callout.inventory import System
from callout.shell.store import remote_shell
from callout.steps.backup import back_up, verify_again
from callout.steps.context import Context
from tests.unit.backups.practice_site import PracticeSite, settle
from tests.unit.shell.conftest import Sshd, sshd

__all__ = ["sshd"]  # the fixture
KNOWN = Path("/inv/known hosts")


@pytest.fixture
def far(site: PracticeSite, context: Context, sshd: Sshd, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """The system whose store is behind sshd, where one key, held by an agent, may run `borg serve` on one folder."""
    folder = site.home / "far"
    folder.mkdir()
    borg = repository_of(site.system(), context.places).borg.program
    serve = f"{shlex.quote(borg)} serve --restrict-to-path {shlex.quote(str(folder))}"
    own_keys = (sshd.folder / "authorized_keys").read_text()
    key = (sshd.folder / "id_ed25519.pub").read_text()
    (sshd.folder / "authorized_keys").write_text(f'command="{serve}",restrict {key}')
    try:
        agent = subprocess.run(["ssh-agent", "-s"], check=True, capture_output=True, text=True).stdout
        for name, value in re.findall(r"(SSH_\w+)=([^;]+);", agent):
            monkeypatch.setenv(name, value)
        subprocess.run(["ssh-add", "-q", str(sshd.folder / "id_ed25519")], check=True)
        yield reached_by(site.system(root=f"ssh://127.0.0.1:{sshd.port}{folder}"), sshd.folder / "known_hosts")
    finally:
        subprocess.run(["ssh-agent", "-k"], check=True, capture_output=True)
        (sshd.folder / "authorized_keys").write_text(own_keys)


def reached_by(system: System, known_hosts: Path) -> System:
    return system.model_copy(update={"target": system.target.model_copy(update={"known_hosts": known_hosts})})


def test_a_store_behind_ssh_takes_a_backup_and_gives_it_back(context: Context, far: System) -> None:
    record = back_up(context, far, level=Level.SAMPLE)
    assert record.repository.startswith("ssh://127.0.0.1:")
    assert verify_again(context, far, record.id, level=Level.STRUCTURE).good
    assert repository_of(far, context.places).names() == [record.id]


def test_a_second_backup_behind_ssh_takes_over_what_the_first_one_has(
    context: Context, far: System, site: PracticeSite
) -> None:
    settle(site)
    first = back_up(context, far, level=Level.SAMPLE)
    second = back_up(context, far, level=Level.SAMPLE)
    assert second.reused.backups == (first.id,)
    repository_of(far, context.places).remove([first.id])
    assert verify_again(context, far, second.id).good


def test_a_store_whose_key_is_not_on_file_is_refused_whatever_the_engineer_trusts(
    context: Context, far: System, tmp_path: Path
) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(TrustRefused) as told:
        back_up(context, reached_by(far, tmp_path / "empty"))
    assert told.value.exit_status == 6
    assert "fingerprint" in told.value.hint
    assert not list((tmp_path / "far").iterdir())


def test_a_store_behind_ssh_that_was_used_is_not_made_anew(context: Context, far: System, tmp_path: Path) -> None:
    back_up(context, far, level=Level.STRUCTURE)
    shutil.rmtree(tmp_path / "far/acme")
    with pytest.raises(BackupFailed, match="none was made anew"):
        back_up(context, far)
    assert not (tmp_path / "far/acme").exists()


def test_how_ssh_is_called() -> None:
    words = shlex.split(remote_shell("ssh://borg@store.example:2222/./backups/acme", KNOWN))
    assert {"StrictHostKeyChecking=yes", "BatchMode=yes", "HostKeyAlias=[store.example]:2222"} <= set(words)
    assert 'UserKnownHostsFile="/inv/known hosts"' in words
    assert "HostKeyAlias=store.example" in shlex.split(remote_shell("ssh://store.example/b", KNOWN))
    assert remote_shell("/srv/backups", KNOWN) == ""


@pytest.mark.parametrize("root", ["ssh://", "ssh:///folder", "ssh://u:secret@h/b", "ssh://h:port/b", "ssh://-oProxy/b"])
def test_an_address_that_is_none_is_bad_input_and_shows_no_password(root: str) -> None:
    with pytest.raises(BadInput, match=r"callout_policy\.backups\.root") as told:
        remote_shell(root, KNOWN)
    assert "secret" not in str(told.value) + told.value.hint


def test_a_mounted_store_that_is_not_mounted_is_not_made_anew(context: Context, site: PracticeSite) -> None:
    root = site.home / "mnt"
    system = site.system(root=str(root))
    record = back_up(context, system, level=Level.STRUCTURE)
    root.rename(site.home / "unmounted")
    for there in (False, True):
        if there:
            root.mkdir()
        with pytest.raises(BackupFailed, match="none was made anew") as told:
            back_up(context, system)
        assert "Mount it" in told.value.hint
        with pytest.raises(BackupFailed, match="the store is not there"):
            verify_again(context, system, record.id)
    assert not list(root.iterdir())
    assert [event.kind for event in context.ledger.events()] == ["backed_up", "backup_failed", "backup_failed"]
    root.rmdir()
    (site.home / "unmounted").rename(root)
    assert back_up(context, system, "CO-0002", level=Level.STRUCTURE).verification.good


def of_another_machine(repository: Repository) -> Repository:
    """The same store as another machine uses it: with a data folder of its own, and a lock of its own."""
    return replace(repository, borg=replace(repository.borg, base=repository.borg.base.with_name("another")))


def begin(repository: Repository, name: str) -> None:
    with repository.importing(name) as sink:
        sink.write(bytes(10240))


def test_what_another_machine_has_begun_in_a_shared_store_stays(context: Context, site: PracticeSite) -> None:
    ours = repository_of(site.system(), context.places)
    ours.ensure()
    theirs = of_another_machine(ours)
    begin(ours, "acme-pbx1-ours")
    begin(theirs, "acme-pbx1-theirs")
    assert ours.drop_partials() == [f"{PARTIAL}acme-pbx1-ours"]
    assert ours.partials() == []
    assert theirs.partials() == [f"{PARTIAL}acme-pbx1-theirs"]
    theirs.complete("acme-pbx1-theirs")
    assert ours.names() == ["acme-pbx1-theirs"]


def test_what_a_killed_run_began_to_make_is_in_nobodys_way(context: Context, site: PracticeSite) -> None:
    ours = repository_of(site.system(), context.places)
    folder = Path(ours.location)
    folder.parent.mkdir(parents=True)
    # The borg of the killed one is at work still: its folder is no longer empty, and it goes on filling it.
    begun = folder.with_name(f"{PARTIAL}acme{BEING_MADE}0123456789abcdef")
    (begun / "data").mkdir(parents=True)
    other = folder.with_name(f"{PARTIAL}acme.east{BEING_MADE}0123456789abcdef")
    other.mkdir()
    assert ours.ensure()
    assert sorted(path.name for path in folder.parent.iterdir()) == [other.name, "acme"]
    begun.mkdir()
    assert not ours.ensure()
    assert not begun.exists()
    assert ours.names() == []
