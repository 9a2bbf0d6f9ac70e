"""One whole call-out on a real system, as one story: refused, agreed, rehearsed, made, undone, interrupted."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.lab.call_outs import BIN, Desk, on_system

pytestmark = [pytest.mark.lab, pytest.mark.timeout(400)]

GUI = "/opt/pbxware/pw/opt/pbxware-gui"
NOTE = f"{GUI}/practice-note.txt"
CANARIES = ("practice-acme-root-", "practice-acme-gui-", "practiceacme", "practice-backup-")
STORY = [
    "opened", "access_checked", "planned", "consented", "gate_passed", "backed_up", "patched", "verified",
    "work_logged", "closed",
]  # fmt: skip
# Ansible forwards the signal to its workers; one that is just being forked still has its parent's handler, and Python
# prints what that handler says in a child. Nothing of ours is in it, and the worker ends as it should.
FORKED_UNDER_THE_SIGNAL = re.compile(
    r"Exception ignored in: <function _synchronize_textiowrapper(?:(?!\n\S+Error: ).)*\n"
    r"AssertionError: can only test a child process\n",
    re.DOTALL,
)
# Everything of the product but what it writes by itself: our own leavings would be among them.
TREE = (
    f"find /opt/pbxware /opt/httpd /root /tmp /var/tmp -xdev -path '*/var/lib/mysql' -prune -o "
    f"-path '*/var/log' -prune -o -path '*/var/lib/php' -prune -o -path '*/var/run' -prune -o "
    f"-path '*/run' -prune -o -path '*/tmp' -prune -o -path '*/astdb*' -prune -o -type f -print | sort; ls -A {GUI}"
)


@pytest.fixture(scope="module")
def desk(lab: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    subprocess.run([str(lab / "bundles" / "make")], check=True, capture_output=True, timeout=60)
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def bundle(desk: Desk) -> Path:
    """A small signed bundle that creates one file beside the GUI's."""
    folder = desk.data / "PW-9001"
    folder.mkdir()
    (folder / "note.txt").write_text("practice\n", encoding="ascii")
    (folder / "bundle.yml").write_text(
        "id: PW-9001\ntitle: A note\nseverity: low\nproducts: [pbxware]\nversions: any\nbug: PW-9001\n"
        "documentation: https://docs.vendor.example/PW-9001\ndowntime_minutes: 0\nfiles:\n"
        f"  - {{path: {NOTE}, action: create, content: note.txt, mode: '0644', owner: '0:0'}}\n",
        encoding="ascii",
    )
    built = desk.data / "PW-9001.callout"
    for words in (
        ["patch", "build", str(folder), "-o", str(built)],
        ["patch", "sign", str(built), "--key", str(ROOT / "lab" / ".state" / "release")],
    ):
        done = desk.run("callout", *words)
        assert done.returncode == 0, done.stderr
    return built


@pytest.fixture(scope="module", autouse=True)
def clean_system(desk: Desk) -> Iterator[None]:
    on_system(desk.system, f"rm -f {NOTE}")
    yield
    on_system(desk.system, f"rm -f {NOTE}")


def maintain(desk: Desk, bundle: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    given = {"ticket": "T-7", "reason": "Apply PW-9001", "bundle": str(bundle), **more}
    return desk.playbook("maintain", *words, **given)


def interruptible(desk: Desk, words: list[str]) -> subprocess.Popen[str]:
    """A playbook in a process group of its own, as a terminal would start it."""
    return subprocess.Popen(
        [str(BIN / words[0]), *words[1:]],
        cwd=ROOT,
        env=desk.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for(come: Callable[[], bool], limit_s: float = 90) -> None:
    deadline = time.monotonic() + limit_s
    while not come():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.03)


def test_1_refused_for_want_of_consent(desk: Desk, bundle: Path) -> None:
    before = on_system(desk.system, TREE)
    done = maintain(desk, bundle)
    assert done.returncode == 2
    assert "has not consented" in done.stdout + done.stderr
    callout = desk.newest()
    assert desk.kinds(callout) == ["opened", "access_checked", "planned", "gate_refused", "work_logged", "closed"]
    assert on_system(desk.system, TREE) == before


def test_2_rehearsal_records_nothing_and_changes_nothing(desk: Desk, bundle: Path) -> None:
    desk.consent(desk.newest())
    before, tree = desk.json("list"), on_system(desk.system, TREE)
    done = maintain(desk, bundle, "--check", "--diff")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "practice-note.txt" in done.stdout
    assert desk.json("list") == before
    assert on_system(desk.system, TREE) == tree


def test_3_made_and_told_in_order(desk: Desk, bundle: Path) -> None:
    before = set(on_system(desk.system, TREE).splitlines())
    done = maintain(desk, bundle)
    assert done.returncode == 0, done.stdout + done.stderr
    callout = desk.newest()
    kinds = desk.kinds(callout)
    assert [kind for kind in kinds if kind in STORY] == STORY
    assert on_system(desk.system, f"cat {NOTE}") == "practice\n"
    new = set(on_system(desk.system, TREE).splitlines()) - before
    assert new == {NOTE, "practice-note.txt"}
    assert desk.run("callout", "ledger", "verify").returncode == 0


def test_4_second_run_changes_nothing_and_needs_no_consent(desk: Desk, bundle: Path) -> None:
    done = maintain(desk, bundle)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "patched" not in desk.kinds(desk.newest())


def test_5_calls_in_progress_stop_the_change(desk: Desk, bundle: Path) -> None:
    on_system(desk.system, '/opt/pbxware/sh/asterisk -rx "channel originate Local/s@demo application Wait 60"')
    try:
        done = desk.playbook("roll_back", ticket="T-7", reason="try", bundle=str(bundle), wait_for_calls_minutes="0")
        assert done.returncode == 2
        assert "in progress" in done.stdout + done.stderr
        assert on_system(desk.system, f"cat {NOTE}") == "practice\n"
    finally:
        on_system(desk.system, '/opt/pbxware/sh/asterisk -rx "channel request hangup all"; sleep 1')


def test_6_rolled_back(desk: Desk, bundle: Path) -> None:
    done = desk.playbook("roll_back", ticket="T-7", reason="Customer asks for it", bundle=str(bundle))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rolled_back" in desk.kinds(desk.newest())
    assert on_system(desk.system, f"ls {NOTE} 2>&1 || true").endswith("No such file or directory\n")


def test_7_interrupted_in_the_middle(desk: Desk, bundle: Path) -> None:
    """Ctrl-C while the run works: time logged, record closed, ledger whole, system as it was."""
    tree = on_system(desk.system, TREE)
    words = desk.playbook_words("maintain", ticket="T-8", reason="Apply PW-9001", bundle=str(bundle))
    already = len(desk.recorded())
    with interruptible(desk, words) as process:
        wait_for(lambda: len(desk.recorded()) > already)
        # To Ansible alone, which tells its workers: a signal to the whole group can hit a child of its own in the
        # middle of being forked, and Python then prints that child's traceback.
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "Traceback" not in FORKED_UNDER_THE_SIGNAL.sub("", said)
    kinds = desk.kinds(desk.newest())
    assert kinds[0] == "opened"
    assert kinds[-2:] == ["work_logged", "closed"], said
    assert desk.run("callout", "ledger", "verify").returncode == 0
    assert on_system(desk.system, TREE) == tree


def test_8_interrupted_while_patching(desk: Desk, bundle: Path) -> None:
    """Ctrl-C between two commands to the system: what was begun is taken back, and nothing of ours stays."""
    tree = on_system(desk.system, TREE)
    callout = desk.json("open", "--ticket", "T-9", "--system", desk.system, "--reason", "Again")["callout"]
    assert desk.run("callout", "plan", callout, "--bundle", str(bundle)).returncode == 0
    desk.consent(callout)
    words = desk.playbook_words("maintain", callout=callout, bundle=str(bundle))
    with interruptible(desk, words) as process:
        wait_for((desk.data / "originals" / callout / "PW-9001" / "journal.json").exists)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=90)
    assert "the time is logged and the record closed" in said
    kinds = desk.kinds(callout)
    assert kinds[-2:] == ["work_logged", "closed"], said
    if "rollback_failed" in kinds:  # others need the system
        desk.run("callout", "patch", "recover", callout)
    assert ("rolled_back" in kinds) == ("patch_failed" in kinds), (kinds, desk.run("callout", "show", callout).stdout)
    if "patched" in kinds:  # it was quicker than we were: then it is in, and whole
        assert on_system(desk.system, f"cat {NOTE}; rm {NOTE}") == "practice\n"
    assert on_system(desk.system, TREE) == tree


def test_9_no_secret_is_anywhere(desk: Desk) -> None:
    for path in desk.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [canary for canary in CANARIES if canary.encode() in content], path
    for callout in desk.json("list")["callouts"]:
        said = desk.run("callout", "show", callout["callout"]).stdout
        assert not [canary for canary in CANARIES if canary in said]
