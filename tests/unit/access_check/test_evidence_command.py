"""--evidence, judge and diff as a program on loopback: same findings, private files, whole files, no secret."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from access_check.evidence.keeping import KEY_NAME, CannotKeep, Keeper, file_name
from access_check.evidence.reading import newest_looks
from tests.unit.access_check.conftest import PASSWORD
from tests.unit.access_check.test_output_commands import PROGRAM
from tests.unit.access_check.test_verdicts import WELL

AT = dt.datetime(2026, 11, 23, 4, 5, 6, 123456, dt.UTC)
CANARIES = (PASSWORD, "gui-canary-4711", "wizard-canary-4712", "api-canary-4713", "key-canary-4714", "edge-canary-4715")
# Writes one look after the other until it is killed.
WRITER = """
import sys, datetime as dt
from pathlib import Path
from access_check.evidence.record import decode, parsed
from access_check.evidence.keeping import Keeper
one = decode(parsed(Path(sys.argv[2]).read_bytes(), "f"), "f")
moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
keeper = Keeper(Path(sys.argv[1]), full=False, version="1", now=lambda: moment, ours=lambda *_: "")
while True:
    keeper.keep(one.target, one.seen, moment)
    moment += dt.timedelta(seconds=1)
    print("kept", flush=True)
"""


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_COLOR": "1"}
    words = [*PROGRAM, *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, env=environment, check=False)
    assert not [canary for canary in CANARIES if canary in done.stdout + done.stderr]
    return done


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Writes an inventory of one system with a canary in every place for a secret; gives back its folder."""

    def written(port: int, known_hosts: str = "", password: str = PASSWORD, **more: Any) -> Path:
        names = ("address.public", "connection.arguments", "sip.options", "api")
        pages_of = ("web.gui", "web.gui_plain", "web.wizard", "web.wizard_exposed")
        waived = dict.fromkeys((*names, *pages_of, "api.license", "api.services"), "loopback")
        pages = {name: {"port": port} for name in ("gui", "gui_plain", "wizard")}
        own = {
            "product": "pbxware",
            "gui": {"user": "gui-user", "password": "gui-canary-4711"},
            "wizard": {"password": "wizard-canary-4712"},
            "api": {"key": "api-canary-4713"},
            "waivers": waived,
            "access": {
                "work_port": port,
                "ssh_ports": [port],
                "tcp_ports": [port],
                "web": pages,
                "facts": {"asked": []},
            },
            **more,
        }
        edge = {"device": "mikrotik", "user": "callout", "password": "edge-canary-4715"}
        host = {
            "ansible_host": "127.0.0.1",
            "ansible_password": password,
            "ansible_ssh_common_args": "-o SetEnv=TOKEN=key-canary-4714",
            "callout_system": own,
            "callout_edge": edge,
        }
        folder = tmp_path / "inventory"
        folder.mkdir(exist_ok=True)
        (folder / "hosts.yml").write_text(json.dumps({"all": {"hosts": {"acme-pbx1": host}}}))
        (folder / "known_hosts").write_text(known_hosts)
        return folder

    return written


def codes(text: str) -> list[tuple[str, ...]]:
    (system,) = json.loads(text)["systems"]
    return [(one["check"], one["status"], one["code"], one["move"]) for one in system["findings"]]


@pytest.mark.parametrize("full", [False, True])
def test_what_was_printed_is_judged_again(write: Any, ssh_server: Any, tmp_path: Path, full: bool) -> None:
    server = ssh_server()
    folder, kept = write(server.port, server.known_hosts_line()), tmp_path / "deep" / "evidence"
    how = ["--evidence-full"] if full else []
    printed = run("-i", folder, "--json", "--timeout", 10, "--evidence", kept, *how)
    assert printed.returncode == 0, printed.stdout
    assert server.passwords == [PASSWORD]
    (file,) = kept.glob("*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert not [canary for canary in CANARIES if canary in file.read_text()]
    told = json.loads(file.read_text())
    assert (told["redacted"], told["looked_from"], told["target"]["name"]) == (not full, "127.0.0.1", "acme-pbx1")
    assert abs(dt.datetime.fromisoformat(told["looked_at"]) - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=10)
    (folder / "hosts.yml").unlink()
    for named in (file, kept):
        again = run("judge", named, "--format", "json")
        assert again.returncode == 0
        assert codes(again.stdout) == codes(printed.stdout)
        assert (json.loads(again.stdout)["systems"] == json.loads(printed.stdout)["systems"]) is full
    assert server.passwords == [PASSWORD]


def test_what_became_broken_and_what_was_mended(write: Any, ssh_server: Any, tmp_path: Path) -> None:
    server = ssh_server()
    kept = [tmp_path / name for name in ("before", "after")]
    folder = write(server.port, server.known_hosts_line())
    assert run("-i", folder, "--evidence", kept[0], "--timeout", 10).returncode == 0
    (kept[1]).mkdir(mode=0o700)
    (kept[1] / KEY_NAME).write_bytes((kept[0] / KEY_NAME).read_bytes())
    folder = write(server.port, server.known_hosts_line(), password="wrong")
    assert run("-i", folder, "--evidence", kept[1], "--timeout", 10).returncode == 3
    worse = run("diff", *kept)
    assert worse.returncode == 3
    assert "became broken" in worse.stdout
    assert f"ssh.login@{server.port}  pass (accepted) → fail (refused)" in worse.stdout
    assert "and 1 check not reached because of it" in worse.stdout
    better = run("diff", kept[1], kept[0])
    assert better.returncode == 4
    assert f"mended        ssh.login@{server.port}" in better.stdout
    same = run("diff", kept[0], next(kept[0].glob("*.json")))
    assert (same.returncode, same.stdout) == (0, "Nothing changed.\n")
    told = json.loads(run("diff", *kept, "--format", "json").stdout)
    assert told["status"] == "worse"
    (system,) = told["systems"]
    assert [(one["check"], one["change"], one["follows"]) for one in system["changes"]] == [
        (f"ssh.login@{server.port}", "broken", False),
        (f"ssh.shell@{server.port}", "broken", True),
    ]


def test_two_reports_in_json_can_be_compared(write: Any, ssh_server: Any, tmp_path: Path) -> None:
    server = ssh_server()
    reports = [tmp_path / name for name in ("a.json", "b.json")]
    for report, password in zip(reports, (PASSWORD, "wrong"), strict=True):
        folder = write(server.port, server.known_hosts_line(), password=password)
        report.write_text(run("-i", folder, "--json", "--timeout", 10).stdout)
    assert run("diff", *reports).returncode == 3
    assert run("diff", reports[0], reports[0]).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["judge", "NOTHING"], "cannot be read"),
        (["judge", "TEXT"], "is not JSON as we write it"),
        (["judge", "EMPTY"], "holds no evidence"),
        (["judge", "PIPE"], "is no plain file"),
        (["judge", "OBJECT"], "is no evidence"),
        (["judge", "--now", "tomorrow", "OBJECT"], "is no moment"),
        (["judge", "--now", "2026-11-23T12:00", "OBJECT"], "has no zone"),
        (["diff", "OBJECT", "OBJECT"], "neither evidence nor a report"),
        (["diff", "REPORT", "REPORT"], "are not as --format json writes them"),
        (["diff", "NOTHING", "EMPTY"], "cannot be read"),
        (["--evidence-full"], "--evidence DIR"),
        (["--evidence", "OPEN"], "can be read by others"),
        (["--evidence", "TEXT"], "cannot be kept in"),
        (["--evidence", "EMPTY", "--edge"], "Leave out one"),
    ],
)
def test_bad_use_is_one_sentence(write: Any, tmp_path: Path, arguments: list[str], says: str) -> None:
    folder = write(9)
    named = {name: tmp_path / name for name in ("NOTHING", "TEXT", "EMPTY", "PIPE", "OBJECT", "REPORT", "OPEN")}
    named["TEXT"].write_text("hello")
    named["EMPTY"].mkdir(mode=0o700)
    named["OPEN"].mkdir(mode=0o755)
    os.mkfifo(named["PIPE"])
    named["OBJECT"].write_text("{}")
    named["REPORT"].write_text('{"schema_version": 1, "systems": [{"system": "x", "findings": [{"check": 1}]}]}')
    inventory = ["-i", str(folder)] if arguments[0].startswith("--") else []
    done = run(*inventory, *(str(named.get(word, word)) for word in arguments))
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def keep(tmp_path: Path) -> Any:
    return lambda folder=tmp_path / "kept": Keeper(
        folder, full=False, version="1", now=lambda: AT, ours=lambda address, port: "127.0.0.1"
    )


def test_a_folder_that_is_gone_takes_no_finding_away(keep: Any, make_target: Any, tmp_path: Path) -> None:
    keeper = keep()
    (tmp_path / "kept" / KEY_NAME).unlink()
    (tmp_path / "kept").rmdir()
    keeper.seen(make_target(), WELL)
    assert [type(failure) for failure in keeper.failures] == [CannotKeep]


def test_many_at_once_share_one_key_and_lose_nothing(keep: Any, make_target: Any, tmp_path: Path) -> None:
    target, start = make_target(), threading.Barrier(8)

    def work(number: int) -> Path:
        start.wait()
        path: Path = keep().keep(target.model_copy(update={"name": f"pbx{number}"}), WELL, AT)
        return path

    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(work, range(8)))) == 8
    looks = newest_looks(tmp_path / "kept")
    assert [one.target.name for one in looks] == [f"pbx{number}" for number in range(8)]
    assert len({one.pseudonyms for one in looks}) == 1
    assert sorted(path.name for path in (tmp_path / "kept").iterdir() if not path.name.endswith(".json")) == [KEY_NAME]


@pytest.mark.parametrize(
    ("system", "begins"),
    [("acme-pbx1", "acme-pbx1-2026"), ("../../etc/x", "_.._etc_x-"), ("..", "system-"), ("a\n" * 200, "a_a_a_")],
)
def test_a_file_is_named_for_its_system(system: str, begins: str) -> None:
    name = file_name(system, AT)
    assert name.startswith(begins)
    assert name.endswith("-20261123T040506.123456Z.json")
    assert "/" not in name
    assert len(name) < 200


def test_a_kill_leaves_whole_files_only(keep: Any, make_target: Any, tmp_path: Path) -> None:
    first = keep(tmp_path / "one").keep(make_target(), WELL, AT)
    folder = tmp_path / "many"
    for kills in range(1, 6):
        words = [sys.executable, "-c", WRITER, str(folder), str(first)]
        with subprocess.Popen(words, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            for _ in range(kills):
                assert writer.stdout.readline() == b"kept\n"
            writer.send_signal(signal.SIGKILL)
        assert newest_looks(folder)[0].target.name == "acme-pbx1"
    assert len(list(folder.glob("*.json"))) >= 5
