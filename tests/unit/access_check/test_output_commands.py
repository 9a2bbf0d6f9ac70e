"""Formats, letter and requirements sheet as a program on loopback: exit codes, one login, no secret."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from access_check.views.formats import Format

PROGRAM = [sys.executable, "-c", "from access_check.cli import run; run()"]
SECRETS = ("correct horse", "wrong-0815", "gui-canary-4711", "api-canary-4712")


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_COLOR": "1"}
    words = [*PROGRAM, *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert not any(secret in done.stdout + done.stderr for secret in SECRETS)
    return done


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Writes an inventory of one system that needs nothing but one port; gives back its folder."""

    def written(port: int, known_hosts: str = "", password: str = "correct horse", **more: Any) -> Path:
        waived = dict.fromkeys(("address.public", "web.gui", "web.gui_plain", "web.wizard"), "loopback")
        pages = {name: {"port": port} for name in ("gui", "gui_plain", "wizard")}
        access = {"work_port": port, "ssh_ports": [port], "tcp_ports": [port], "web": pages, "facts": {"asked": []}}
        own = {"product": "pbxware", "gui": {"user": "admin", "password": "gui-canary-4711"}, "waivers": waived}
        own |= {"access": access, "api": {"key": "api-canary-4712"}}
        host = {"ansible_host": "127.0.0.1", "ansible_password": password, "callout_system": own, **more}
        (tmp_path / "hosts.yml").write_text(json.dumps({"all": {"hosts": {"acme-pbx1": host, "other": host}}}))
        (tmp_path / "known_hosts").write_text(known_hosts)
        return tmp_path

    return written


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.mark.parametrize("wanted", Format)
def test_exit_codes_where_something_fails(write: Any, closed_port: int, wanted: Format) -> None:
    done = run("-i", write(closed_port), "-l", "acme-pbx1", "--format", wanted, "--timeout", 3)
    assert done.returncode == (2 if wanted is Format.NAGIOS else 3), done.stderr
    assert done.stderr == ""
    assert "acme-pbx1" in done.stdout


@pytest.mark.parametrize("wanted", [Format.NAGIOS, Format.JUNIT])
def test_exit_codes_where_all_is_well(write: Any, ssh_server: Any, wanted: Format) -> None:
    server = ssh_server()
    folder = write(server.port, server.known_hosts_line())
    done = run("-i", folder, "-l", "acme-pbx1", f"--format={wanted}", "--timeout", 5)
    assert done.returncode == 0, done.stdout
    assert server.passwords == ["correct horse"]
    if wanted is Format.NAGIOS:
        assert done.stdout.startswith("ACCESS OK - 1 of 1 systems well | ")
    else:
        assert ElementTree.fromstring(done.stdout.encode()).get("failures") == "0"


def test_exit_codes_where_there_is_a_warning_only(write: Any, ssh_server: Any) -> None:
    server = ssh_server(open_door=True)
    folder = write(server.port, server.known_hosts_line())
    ends = {each: run("-i", folder, "-l", "acme-pbx1", "--format", each).returncode for each in ("tap", "nagios")}
    assert ends == {"tap": 4, "nagios": 1}


@pytest.mark.parametrize(
    "arguments", [("-i", "/nowhere"), ("--jobs", "0"), ("--no-such-option",), ("no-such-command",), ("--json",)]
)
def test_a_plugin_that_cannot_look_is_unknown(arguments: tuple[str, ...]) -> None:
    done = run("--format", "nagios", *arguments)
    assert done.returncode == 3
    assert done.stdout.startswith("ACCESS UNKNOWN - ")
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_json_is_the_short_form(write: Any, closed_port: int) -> None:
    folder = write(closed_port)
    short, long = (run("-i", folder, *words) for words in (["--json"], ["--format", "json"]))
    documents = [json.loads(done.stdout) for done in (short, long)]
    moments = [document.pop("at") for document in documents]
    assert all(moment.endswith("Z") for moment in moments)
    assert documents[0] == documents[1]
    assert [system["system"] for system in json.loads(short.stdout)["systems"]] == ["acme-pbx1", "other"]


@pytest.mark.parametrize(
    "words",
    [
        ("--json", "--format", "tap"),
        ("--format", "yaml"),
        ("--jobs", "3", "letter", "acme-pbx1"),
        ("--json", "requirements", "acme-pbx1"),
        ("letter",),
        ("letter", "nobody"),
        ("letter", "all"),
        ("requirements", "acme-pbx1:other"),
    ],
)
def test_bad_usage(write: Any, closed_port: int, words: tuple[str, ...]) -> None:
    done = run("-i", write(closed_port), *words)
    assert done.returncode == 2, done.stdout
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_letter_in_the_customers_language_and_time(write: Any, ssh_server: Any) -> None:
    server = ssh_server()
    customer = {"id": "acme", "name": "ACME", "language": "de", "time_zone": "Europe/Vienna", "currency": "EUR"}
    folder = write(server.port, server.known_hosts_line(), password="wrong-0815", callout_customer=customer)
    done = run("letter", "-i", folder, "acme-pbx1", "--timeout", 5)
    assert done.returncode == 3, done.stderr
    assert "Sie sind am Zug" in done.stdout
    assert "Europe/Vienna)" in done.stdout
    assert "von unserer Adresse `127.0.0.1`" in done.stdout
    assert f"ssh -p {server.port} root@127.0.0.1" in done.stdout
    assert server.passwords == ["wrong-0815"]


def test_letter_where_all_is_well(write: Any, ssh_server: Any) -> None:
    server = ssh_server()
    folder = write(server.port, server.known_hosts_line())
    done = run("-i", folder, "letter", "acme-pbx1", "--format", "html", "--from", "203.0.113.5")
    assert done.returncode == 0, done.stdout
    assert "There is nothing for you to do." in done.stdout
    assert "<code>203.0.113.5</code>" in done.stdout


def test_requirements_look_at_nothing(write: Any, ssh_server: Any) -> None:
    server = ssh_server()
    done = run("requirements", "acme-pbx1", "-i", write(server.port), "--language", "de")
    assert done.returncode == 0, done.stderr
    assert f"| `TCP {server.port}` |" in done.stdout
    assert "Voraussetzungen" in done.stdout
    assert server.passwords == []


def test_a_time_zone_that_is_none_is_named(write: Any, closed_port: int) -> None:
    done = run("letter", "acme-pbx1", "-i", write(closed_port, callout_customer={"time_zone": "Mars/Base"}))
    assert done.returncode == 2
    assert "callout_customer.time_zone" in done.stderr
