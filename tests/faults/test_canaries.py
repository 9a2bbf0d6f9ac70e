"""Secrets stay in: no output, log, file, traceback or process list has any of them, though servers say them back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from ansible.constants import DEFAULT_VAULT_ID_MATCH
from ansible.parsing.vault import VaultLib, VaultSecret

from access_check.masking import MASK
from tests.faults.conftest import ROOT
from tests.faults.hostile.canaries import Canaries, Watch
from tests.faults.hostile.parrots import WAYS, Parrots

# Whatever OpenSSH runs as a ProxyCommand has its words in the process list, with ssh itself as well.
SEEN_BY_ALL = {"password of the proxy"}
PROGRAM = [sys.executable, "-c", "from access_check.cli import run; run()"]
FORMATS = ("table", "json", "ndjson", "junit", "tap", "nagios", "prometheus", "markdown", "html")
RUNS = {
    "edge": ("--edge", "--json"),
    "full disk": ("-v", "--format", "json"),
    "no descriptors left": ("-v",),
}
SIGN_IN = {"user_field": "user", "password_field": "pass", "success": {"text": "our own page"}, "in_clear": True}
MORE_RUNS = {
    "everything": ("-v",),
    **{f"format {name}": ("--format", name) for name in FORMATS},
    "letter": ("letter", "acme-command"),
    "letter in German": ("letter", "acme-refusal", "--format", "html", "--language", "de"),
    "requirements": ("requirements", "acme-command"),
    "edge table": ("--edge",),
    "one system": ("-l", "acme-question", "--format", "markdown"),
    "no such system": ("-l", "nobody"),
    "a word too many": ("--format", "json", "surprise"),
}


@dataclass(frozen=True)
class Said:
    """What one run told: on standard output, and all that it said, wrote and logged anywhere."""

    output: bytes
    everything: bytes


@dataclass
class Site:
    """An inventory full of canaries, a home of its own, and servers that say all of them back."""

    folder: Path
    canaries: Canaries
    parrots: Parrots

    def run(self, *arguments: str, limits: str = "", stdout: Any = subprocess.PIPE) -> Said:
        """What one run of access-check told."""
        home = self.folder / "home"
        environment = {
            **os.environ, "PYTHONPATH": str(ROOT), "HOME": str(home), "TMPDIR": str(home), "NO_COLOR": "1",
            "ANSIBLE_VAULT_PASSWORD_FILE": str(self.folder / "vault-password"),
            "ANSIBLE_LOG_PATH": str(home / "ansible.log"), "ANSIBLE_HOME": str(home / "ansible"),
        }  # fmt: skip
        inventory = ["-i", str(self.folder / "inventory")]
        words = [*PROGRAM, arguments[0], *inventory, *arguments[1:]]
        if arguments[0].startswith("-"):
            words = [*PROGRAM, *inventory, "--timeout", "4", *arguments]
        if limits:
            words = ["sh", "-c", f'{limits}; exec "$@"', "sh", *words]
        with Watch(self.canaries) as watch:
            done = subprocess.run(words, env=environment, stdout=stdout, stderr=subprocess.PIPE, check=False, cwd=home)
        assert watch.looks
        assert watch.heard - SEEN_BY_ALL == set()
        kept = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
        return Said(done.stdout or b"", b"\n".join([done.stdout or b"", done.stderr, *kept]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, canaries = tmp_path_factory.mktemp("canaries"), Canaries()
    (folder / "home").mkdir()
    secret = {
        "ssh": canaries.new("SSH password"),
        "gui": canaries.new("GUI password", "gü & <{}>\"'/+ %"),
        "wizard": canaries.new("wizard password", "w{}\\n$(id)"),
        "api": canaries.new("API key"),
        "edge": canaries.new("password of the router", "edge {} ü"),
        "passphrase": canaries.new("passphrase of the key"),
        "become": canaries.new("become password"),
        "sip": canaries.new("SIP password"),
    }
    key = asyncssh.generate_private_key("ssh-ed25519")
    plain = key.export_private_key()
    (folder / "id").write_bytes(plain)
    canaries.songs["private key"] = plain.split(b"\n")[3].decode()[-20:]
    (folder / "locked").write_bytes(key.export_private_key(passphrase=secret["passphrase"]))
    (folder / "vault-password").write_text(canaries.new("vault password"))
    known = [secret["gui"], secret["wizard"], secret["api"], secret["ssh"]]
    with Parrots(known, secret["ssh"], secret["edge"]) as parrots:
        _write_inventory(folder / "inventory", folder, secret, canaries, parrots)
        yield Site(folder, canaries, parrots)


def _write_inventory(folder: Path, above: Path, secret: dict[str, str], canaries: Canaries, parrots: Parrots) -> None:
    (folder / "group_vars" / "all").mkdir(parents=True)
    vault = VaultLib([(DEFAULT_VAULT_ID_MATCH, VaultSecret((above / "vault-password").read_bytes()))])
    vaulted = json.dumps({f"vault_{name}": value for name, value in secret.items()})
    (folder / "group_vars" / "all" / "vault.yml").write_bytes(vault.encrypt(vaulted))
    hosts = {}
    for way in WAYS:
        port, web = parrots.ports[way], parrots.ports["web" if way != "banner" else "no web"]
        page = {"scheme": "http", "port": web, "sign_in": SIGN_IN}
        hosts[f"acme-{way}"] = {
            "ansible_host": "127.0.0.1",
            "ansible_password": "{{ vault_ssh }}",
            "ansible_become_password": "{{ vault_become }}",
            "ansible_ssh_private_key_passphrase": "{{ vault_passphrase }}",
            "ansible_ssh_private_key_file": str(above / ("locked" if way == "question" else "id")),
            "ansible_ssh_common_args": f"-o SetEnv=TOKEN={canaries.new(f'token of {way}')}",
            "callout_sip_password": "{{ vault_sip }}",
            "callout_edge": {
                "device": "mikrotik", "inside_address": "192.0.2.9", "address": "127.0.0.1", "user": "admin",
                "port": parrots.ports["edge"], "password": "{{ vault_edge }}",
            },
            "callout_system": {
                "product": "pbxware", "gui": {"user": "admin", "password": "{{ vault_gui }}"},
                "wizard": {"password": "{{ vault_wizard }}"}, "api": {"key": "{{ vault_api }}"},
                "note": canaries.new(f"password in the note of {way}", "root: {}"),
                "waivers": {"address.public": "loopback"},
                "access": {
                    "work_port": port, "ssh_ports": [port], "tcp_ports": [port], "sip_port": port,
                    "web": {"gui": page, "gui_plain": {**page, "sign_in": None}, "wizard": page},
                },
            },
        }  # fmt: skip
    proxy = canaries.new("password of the proxy")
    hosts["acme-proxied"] = {
        **hosts["acme-command"],
        "ansible_ssh_common_args": f"-o ProxyCommand='no-such-program eva:{proxy}@proxy %h %p'",
    }
    (folder / "hosts.yml").write_text(json.dumps({"all": {"hosts": hosts}}))
    (folder / "known_hosts").write_text(parrots.known_hosts())


def require_silence(site: Site, name: str, arguments: tuple[str, ...]) -> None:
    before = len(site.parrots.passwords)
    if name == "full disk":
        with Path("/dev/full").open("wb") as full:
            said = site.run(*arguments, stdout=full)
    elif name == "no descriptors left":
        said = site.run(*arguments, limits="ulimit -n 14")
    else:
        said = site.run(*arguments)
    assert b"Traceback" not in said.everything
    assert len(said.everything) > 40
    assert site.canaries.heard_in(said.everything) == set()
    if name in RUNS:
        assert len(site.parrots.passwords) > before


@pytest.mark.faults
def test_there_are_twelve_secrets_and_they_are_heard_when_they_sing(site: Site) -> None:
    songs = site.canaries.songs
    assert len(songs) >= 12
    assert len({name.partition(" of ")[0] for name in songs}) >= 10
    assert site.canaries.heard_in(" ".join(songs.values()).encode()) == set(songs)


@pytest.mark.faults
@pytest.mark.parametrize("name", RUNS)
def test_no_secret_gets_out(site: Site, name: str) -> None:
    require_silence(site, name, RUNS[name])


@pytest.mark.faults_whole
@pytest.mark.parametrize("name", MORE_RUNS)
def test_no_secret_gets_out_of_any_output(site: Site, name: str) -> None:
    require_silence(site, name, MORE_RUNS[name])


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(("--evidence-full",), marks=pytest.mark.faults, id="full"),
        pytest.param((), marks=pytest.mark.faults_whole, id="short"),
    ],
)
def test_no_secret_gets_into_the_evidence(site: Site, more: tuple[str, ...]) -> None:
    folder = site.folder / "home" / "evidence"
    said = site.run("--json", "--evidence", str(folder), *more)
    assert list(folder.iterdir())
    assert b"Traceback" not in said.everything
    assert site.canaries.heard_in(said.everything) == set()


@pytest.mark.faults
def test_the_servers_did_hear_and_say_them(site: Site) -> None:
    """Else all of this would prove nothing."""
    passwords, forms = len(site.parrots.passwords), len(site.parrots.forms)
    said = site.run("--json")
    assert site.canaries.heard_in(said.everything) == set()
    assert len(site.parrots.passwords) > passwords
    assert len(site.parrots.forms) > forms
    assert MASK.encode() in said.output
