"""The system's lock: one winner, whatever the others saw."""

from __future__ import annotations

import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from callout.errors import Locked
from callout.patches.change import Transaction, new_transaction
from callout.patches.remote import Remote
from tests.unit.local_shell import BUSYBOX, DASH, LocalShellSession


def rival(folder: Path, number: int, shell: tuple[str, ...] = DASH) -> Remote:
    (folder / "product").mkdir(exist_ok=True)
    session = LocalShellSession(folder / f"tools-{shell[0]}", shell)
    return Remote(
        session, new_transaction("PW-1", "", [], []), str(folder / "product/.callout"), f"eva{number}@desk:CO-1"
    )


def holders(remotes: list[Remote], seize: str = "-") -> list[Transaction]:
    """Those who got the lock, all having tried at once."""

    def attempt(remote: Remote) -> Transaction | None:
        try:
            remote.lock(seize)
        except Locked:
            return None
        return remote.transaction

    with ThreadPoolExecutor(8) as pool:
        return [won for won in pool.map(attempt, remotes) if won]


@pytest.mark.parametrize("shell", [DASH, BUSYBOX])
def test_eight_at_once_one_winner(tmp_path: Path, shell):
    for round_ in range(3):
        remotes = [rival(tmp_path, number, shell) for number in range(8)]
        won = holders(remotes)
        assert len(won) == 1, round_
        winner = next(remote for remote in remotes if remote.transaction in won)
        winner.lock()
        winner.finish(forgetting=False)
        assert not Path(winner.work).exists()


@pytest.mark.parametrize("shell", [DASH, BUSYBOX])
def test_one_run_that_asks_eight_times_at_once_has_it(tmp_path: Path, shell):
    """An asking whose line was cut may still be on its way there while the same run asks again to take things back."""
    for round_ in range(5):
        own = rival(tmp_path, 1, shell)
        assert holders([own] * 8) == [own.transaction] * 8, round_
        assert Path(own.work, "owner.1").read_text().split()[1] == own.transaction.token
        own.finish(forgetting=False)
        assert not Path(own.work).exists()


def test_eight_find_a_lock_of_an_earlier_boot_none_takes_it_but_its_own_run(tmp_path: Path):
    remotes = [rival(tmp_path, number) for number in range(8)]
    work = Path(remotes[0].work)
    work.mkdir(mode=0o700)
    own = remotes[0].transaction.token
    (work / "owner.1").write_text(f"former-boot {own} 1700000000 otto@desk:CO-0009\n")
    assert holders(remotes[1:]) == []
    assert holders(remotes) == [remotes[0].transaction]
    remotes[0].finish(forgetting=False)
    assert not work.exists()


def test_eight_are_told_to_take_over_one_winner(tmp_path: Path):
    for round_ in range(3):
        remotes = [rival(tmp_path, number) for number in range(8)]
        work = Path(remotes[0].work)
        work.mkdir(mode=0o700)
        (work / "owner.1").write_text("former-boot 0123 1700000000 otto@desk:CO-0009\n")
        won = holders(remotes, seize="0123")
        assert len(won) == 1, round_
        next(remote for remote in remotes if remote.transaction in won).finish(forgetting=False)
        assert not work.exists()


def start_of(process: int | str) -> str:
    return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()[19]


@pytest.mark.parametrize("shell", [DASH, BUSYBOX])
@pytest.mark.parametrize(
    ("line", "script", "told"),
    [
        ("dead", "", "nothing of that run is left on the system"),
        ("up", "", "its line is up"),
        ("dead", "at work", "a script of that run is at work now"),
        ("dead", "dead", "nothing of that run is left on the system"),
        ("dead", "line up", "its line is up"),
    ],
)
def test_what_is_left_of_the_holder_is_told(tmp_path: Path, shell, line: str, script: str, told: str):
    """`dead` are numbers that were given to another process since: the start says so."""
    remote = rival(tmp_path, 1, shell)
    work = Path(remote.work)
    work.mkdir(mode=0o700)
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    alive, dead = f"1 {start_of(1)}", f"1 {int(start_of(1)) + 1}"
    (work / "owner.1").write_text(f"{boot} 0123 1700000000 otto@desk:CO-0009 {alive if line == 'up' else dead}\n")
    if script:
        here = alive if script == "at work" else dead
        (work / "running").write_text(f"{boot} {here} {alive if script == 'line up' else dead}\n")
    with pytest.raises(Locked, match=told) as refused:
        remote.lock()
    gone = "nothing" in told
    assert refused.value.hint.startswith("End that run" if gone else "Wait; if that run is dead")


def test_whoever_lost_the_lock_can_do_nothing_any_more(tmp_path: Path):
    first, second = rival(tmp_path, 1), rival(tmp_path, 2)
    first.lock()
    with pytest.raises(Locked, match="eva1@desk:CO-1"):
        second.lock()
    second.lock(seize=first.transaction.token)
    for act in (first.commit, first.undo, lambda: first.finish(forgetting=False), lambda: first.stage({})):
        with pytest.raises(Locked, match="eva2@desk:CO-1"):
            act()
    second.finish(forgetting=False)


def test_script_of_an_earlier_try_that_still_runs_is_waited_for(tmp_path: Path):
    remote = rival(tmp_path, 1)
    remote.lock()
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    since = Path("/proc/1/stat").read_text().rpartition(") ")[2].split()[19]
    running = Path(remote.work) / "running"
    running.write_text(f"{boot} 1 {since}\n")
    with pytest.raises(Locked, match="is still at work"):
        replace(remote, patience_s=0.6).undo()
    # One that ends meanwhile is waited for.
    with subprocess.Popen(["sleep", "1"]) as earlier:
        start = Path(f"/proc/{earlier.pid}/stat").read_text().rpartition(") ")[2].split()[19]
        running.write_text(f"{boot} {earlier.pid} {start}\n")
        threading.Thread(target=earlier.wait).start()
        remote.undo()
        assert earlier.poll() == 0
    # The number was given to another process since: that one is not ours.
    running.write_text(f"{boot} 1 {int(since) + 1}\n")
    remote.finish(forgetting=False)


def test_work_folder_that_is_a_symlink_is_not_used(tmp_path: Path):
    remote = rival(tmp_path, 1)
    (tmp_path / "elsewhere").mkdir()
    Path(remote.work).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Exception, match="the folder for our lock cannot be used"):
        remote.lock()
    assert list((tmp_path / "elsewhere").iterdir()) == []
