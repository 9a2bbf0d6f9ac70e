"""access-check --edge and --edge-paste as commands: exit codes, one sentence for bad input, nothing leaks."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncssh
import pytest

from access_check.cli import run as entry_point
from tests.unit.access_check.conftest import PASSWORD
from tests.unit.access_check.test_edge_parsers import PORTS, TEXTS
from tests.unit.access_check.test_edge_probe import PROMPTS, FakeRouter, outputs_of

EDGE = {"device": "mikrotik", "inside_address": "192.168.88.10", "address": "127.0.0.1", "user": "callout"}


def write(folder: Path, edge: Any, known_hosts: str = "", systems: int = 1) -> Path:
    access = {"ssh_ports": [2020, 2222], "tcp_ports": PORTS}
    own = {"product": "pbxware", "access": access, "waivers": {}}
    host = {"ansible_host": "192.0.2.10", "callout_system": own, **({} if edge is None else {"callout_edge": edge})}
    folder.mkdir(exist_ok=True)
    (folder / "hosts.yml").write_text(
        json.dumps({"all": {"hosts": {f"acme-pbx{place + 1}": host for place in range(systems)}}})
    )
    (folder / "known_hosts").write_text(known_hosts)
    return folder


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["access-check", *arguments])
    with pytest.raises(SystemExit) as ended:
        entry_point()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_a_router_is_read_and_every_port_told(
    tmp_path: Path, ssh_server: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    fake = FakeRouter(PROMPTS["mikrotik"], outputs_of("mikrotik"))
    server = ssh_server(fake, options={"line_editor": False})
    folder = write(tmp_path / "i", {**EDGE, "port": server.port, "password": PASSWORD}, server.known_hosts_line())
    assert run(monkeypatch, "-i", str(folder), "--edge", "--json") == 3
    told = capsys.readouterr()
    (system,) = json.loads(told.out)["systems"]
    assert {one["check"]: one["code"] for one in system["findings"]}["edge.forward@5061"] == "absent"
    assert server.passwords == [PASSWORD]
    assert PASSWORD not in told.out + told.err


def test_a_key_stands_in_for_the_password(
    tmp_path: Path, ssh_server: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    path = tmp_path / "id_ed25519"
    path.write_bytes(key.export_private_key())
    server = ssh_server(
        FakeRouter(PROMPTS["mikrotik"], outputs_of("mikrotik")), options={"line_editor": False}, user_key=key
    )
    edge = {**EDGE, "port": server.port, "password": "", "private_key": str(path)}
    assert run(monkeypatch, "-i", str(write(tmp_path / "i", edge, server.known_hosts_line())), "--edge", "--json") == 3
    (system,) = json.loads(capsys.readouterr().out)["systems"]
    assert {one["check"]: one["code"] for one in system["findings"]}["edge.forward@5061"] == "absent"
    assert server.passwords == []


def test_a_letter_tells_what_the_router_says(
    tmp_path: Path, ssh_server: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    server = ssh_server(FakeRouter(PROMPTS["mikrotik"], outputs_of("mikrotik")), options={"line_editor": False})
    edge = {**EDGE, "port": server.port, "password": PASSWORD}
    folder = write(tmp_path / "i", edge, server.known_hosts_line())
    hosts = (folder / "hosts.yml").read_text().replace("192.0.2.10", "127.0.0.1")
    (folder / "hosts.yml").write_text(hosts)
    assert run(monkeypatch, "letter", "acme-pbx1", "-i", str(folder), "--edge", "--timeout", "20") == 3
    told = capsys.readouterr().out
    assert "Your router does not forward TCP port 5061" in told
    assert "/ip firewall nat add chain=dstnat" in told
    assert server.passwords == [PASSWORD]
    assert PASSWORD not in told


@pytest.mark.parametrize("how", ["file", "-"])
def test_a_paste_reaches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, how: str) -> None:
    folder = write(tmp_path / "i", {"inside_address": "192.168.88.10"})
    text = TEXTS / "vyos.txt"
    if how == "-":
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.read_bytes())))
    given = "-" if how == "-" else str(text)
    assert run(monkeypatch, "-i", str(folder), "--edge-paste", given, "--device", "vyos") == 3
    told = capsys.readouterr().out
    assert "set nat destination rule 5061 destination port 5061" in told
    assert "wrong-host" not in told
    assert "192.168.88.20" in told


def test_a_restriction_only_warns_and_all_right_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    folder = write(tmp_path / "i", {"inside_address": "192.168.88.10", "device": "cisco-ios"})
    lines = [f"ip nat inside source static tcp 192.168.88.10 {port} interface Dialer1 {port}\n" for port in PORTS]
    text = tmp_path / "text"
    text.write_text("".join(lines))
    assert run(monkeypatch, "-i", str(folder), "--edge-paste", str(text)) == 0
    text.write_text("".join(lines).replace("Dialer1 80\n", "Dialer1 80 route-map OFFICE\n"))
    assert run(monkeypatch, "-i", str(folder), "--edge-paste", str(text)) == 4
    assert "route-map OFFICE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("edge", "sentence"),
    [
        (None, "callout_edge is missing for acme-pbx1"),
        (EDGE, "callout_edge.password is missing for acme-pbx1"),
        ({**EDGE, "password": ""}, "callout_edge.password is missing for acme-pbx1"),
        ({**EDGE, "password": "hunter22-0815", "device": "toaster"}, "callout_edge.device of acme-pbx1"),
        ({**EDGE, "password": "hunter22-0815", "pasword": "x"}, "callout_edge.pasword of acme-pbx1: there is no such"),
        ({**EDGE, "password": "hunter22-0815", "port": 70000}, "callout_edge.port of acme-pbx1"),
        ({**EDGE, "password": "hunter22-0815", "inside_address": "pbx.lan"}, "callout_edge.inside_address"),
        ({**EDGE, "password": "hunter22-0815", "address": "-oProxy=x; y"}, "callout_edge.address of acme-pbx1"),
    ],
)
def test_bad_variables_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, edge: Any, sentence: str
) -> None:
    folder = write(tmp_path / "i", edge)
    assert run(monkeypatch, "-i", str(folder), "--edge") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert sentence in told.err
    assert "yml" in told.err
    assert "hunter22" not in told.err


@pytest.mark.parametrize(
    ("arguments", "systems", "sentence"),
    [
        (("--edge-paste", "TEXT", "--device", "toaster"), 1, "--device toaster is not known"),
        (("--edge-paste", "TEXT"), 1, "callout_edge.device is missing"),
        (("--edge-paste", "TEXT", "--device", "vyos"), 2, "2 systems are chosen"),
        (("--edge-paste", "/nowhere/text", "--device", "vyos"), 1, "cannot be read"),
        (("--edge-paste", "EMPTY", "--device", "vyos"), 1, "holds no text"),
        (("--device", "vyos"), 1, "--device"),
    ],
)
def test_bad_use_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, arguments: Any, systems: int, sentence: str
) -> None:
    folder = write(tmp_path / "i", {"inside_address": "192.168.88.10"}, systems=systems)
    empty = tmp_path / "empty"
    empty.write_text("\n \n")
    named = {"TEXT": str(TEXTS / "vyos.txt"), "EMPTY": str(empty)}
    assert run(monkeypatch, "-i", str(folder), *(named.get(word, word) for word in arguments)) == 2
    assert sentence in capsys.readouterr().err
