"""access-check as a program: exit codes, the JSON document, one sentence for bad input."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from access_check.cli import run as entry_point

# Whoever runs the tests in the background of a shell has them ignore interrupts; the program under test shall not.
HEEDS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
PROGRAM = [sys.executable, "-c", f"{HEEDS}; from access_check.cli import run; run()"]


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    folder = tmp_path / "inventory"
    folder.mkdir()
    return folder


def write(folder: Path, port: int, known_hosts: str = "", password: str = "correct horse", **system: Any) -> None:
    """An inventory of one system on loopback that needs nothing but its SSH port."""
    own = {"product": "pbxware", "gui": {"user": "admin", "password": "x"}, "waivers": {"address.public": "loopback"}}
    access = {"work_port": port, "ssh_ports": [port], "tcp_ports": [port], "web": {}, "facts": {"asked": []}}
    # A page cannot be taken out of a profile, only moved: all three look at the same closed door and are waived.
    access["web"] = {name: {"port": port} for name in ("gui", "gui_plain", "wizard")}
    waived = ("address.public", "web.gui", "web.gui_plain", "web.wizard", "sip.options")
    own["waivers"] = dict.fromkeys(waived, "loopback")
    host = {"ansible_host": "127.0.0.1", "ansible_password": password, "callout_system": {**own, "access": access}}
    host["callout_system"].update(system)
    (folder / "hosts.yml").write_text(json.dumps({"all": {"hosts": {"acme-pbx1": host}}}))
    (folder / "known_hosts").write_text(known_hosts)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "NO_COLOR": "1", **environment},
        check=False,
    )


def test_well_and_the_document(inventory: Path, ssh_server: Any) -> None:
    server = ssh_server()
    write(inventory, server.port, server.known_hosts_line())
    done = run("-i", str(inventory), "--json", "--timeout", "5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    document = json.loads(done.stdout)
    assert document["schema_version"] == 1
    (system,) = document["systems"]
    assert (system["system"], system["product"], system["status"]) == ("acme-pbx1", "pbxware", "waived")
    assert list(system["findings"][0]) == ["check", "status", "code", "seen", "move", "remedy", "evidence"]
    assert "correct horse" not in done.stdout


def test_failing_says_step_move_and_remedy(inventory: Path, ssh_server: Any) -> None:
    server = ssh_server()
    write(inventory, server.port, server.known_hosts_line(), password="wrong-0815")
    done = run("-i", str(inventory), "--timeout", "5")
    assert done.returncode == 3
    assert f"ssh.login@{server.port}" in done.stdout
    assert "[customer]" in done.stdout
    assert "\x1b" not in done.stdout
    assert "wrong-0815" not in done.stdout + done.stderr
    assert server.passwords == ["wrong-0815"]


def run_here(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The same entry point in this process: importing Ansible anew for every bad line costs a second each."""
    monkeypatch.setattr(sys, "argv", ["access-check", *arguments])
    with pytest.raises(SystemExit) as ended:
        entry_point()
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("all: [", "not valid YAML"),
        (json.dumps({"all": {"hosts": {"x": {"callout_system": {"product": "toaster"}}}}}), "callout_system.product"),
        (json.dumps({"all": {"hosts": {"x": {}}}}), "callout_system is missing"),
        (json.dumps({"all": {"hosts": {}}}), "no system"),
    ],
)
def test_bad_inventory_is_one_sentence(
    inventory: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, content: str, sentence: str
) -> None:
    (inventory / "hosts.yml").write_text(content)
    assert run_here(monkeypatch, "-i", str(inventory)) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert sentence in told.err


@pytest.mark.parametrize("arguments", [("-i", "/nowhere/inventory"), ("--jobs", "0"), ("--no-such-option",)])
def test_usage(monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    assert run_here(monkeypatch, *arguments) == 2


def test_limit_without_match(inventory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(inventory, 9)
    assert run_here(monkeypatch, "-i", str(inventory), "-l", "nobody") == 2


def test_help_names_every_option(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    assert run_here(monkeypatch, "--help") == 0
    told = capsys.readouterr().out
    for option in ("--inventory", "--limit", "--json", "--verbose", "--jobs", "--timeout"):
        assert option in told


def test_warnings_only(inventory: Path, ssh_server: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    server = ssh_server(open_door=True)
    write(inventory, server.port, server.known_hosts_line())
    assert run_here(monkeypatch, "-i", str(inventory), "--timeout", "5") == 4


def test_inventory_from_the_environment(inventory: Path, closed_port: int) -> None:
    write(inventory, closed_port)
    done = run("--timeout", "2", "-v", ANSIBLE_INVENTORY=str(inventory))
    assert done.returncode == 3
    assert f"tcp@{closed_port}" in done.stdout


@pytest.mark.parametrize("first_words", [b"", b"SSH-2.0-OpenSSH_9.9\r\n"])
def test_interrupt_ends_at_once(inventory: Path, serve: Any, first_words: bytes) -> None:
    came = threading.Event()

    def silent(connection: socket.socket, closing: threading.Event) -> None:
        connection.sendall(first_words)
        came.set()
        while connection.recv(100):
            pass

    write(inventory, serve(silent).port)
    process = subprocess.Popen(
        [*PROGRAM, "-i", str(inventory), "--timeout", "60"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert came.wait(20)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)  # half of --timeout: it did not wait for the system
    assert process.returncode == 130
    assert out == ""
    assert "Interrupted" in err
    assert "Traceback" not in err
