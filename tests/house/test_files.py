"""Files: small, well named, and without a trace of the place where they were written."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

MAXIMUM_LINES = 300
MAXIMUM_PLAYBOOK_LINES = 40
ROOMS_OF_NO_NAME = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_a_person_reads_at_once(files, root):
    sources = files(suffixes=(".py", ".sh", ".yml", ".yaml"))
    long = {str(path): count for path in sources if (count := _lines(root / path)) > MAXIMUM_LINES}
    assert not long, f"split at {MAXIMUM_LINES} lines: {long}"


def test_playbooks_are_one_verb_each(files, root):
    long = {str(path): count for path in files("playbooks") if (count := _lines(root / path)) > MAXIMUM_PLAYBOOK_LINES}
    assert not long, long


def test_every_room_says_what_it_is_for(files):
    named = [str(path) for path in files() if {*path.parts[:-1], path.stem} & ROOMS_OF_NO_NAME]
    assert not named, named


def test_nothing_names_the_folder_it_was_written_in(files, root):
    here = str(root)
    if len(root.parts) < 3:
        pytest.skip(f"{here} is too short to be telling")
    told = [str(path) for path in files() if here.encode() in (root / path).read_bytes()]
    assert not told, told


def test_no_secret_of_the_lab_stands_in_a_file(files, root):
    """The vault's content is practice, and still belongs into no file: what is written once is copied."""
    from ansible.parsing.vault import VaultLib, VaultSecret

    password = (root / "lab" / "vault-password").read_bytes().strip()
    vault = VaultLib([("default", VaultSecret(password))])
    files_with_secrets = sorted((root / "inventory").glob("*/group_vars/all/vault.yml"))
    opened = "\n".join(vault.decrypt(path.read_bytes()).decode() for path in files_with_secrets)
    secrets = re.findall(r":\s*[\"']?([^\s\"']{8,})", opened)
    assert secrets
    told = [
        str(path)
        for path in files()
        if any(secret in (root / path).read_text("utf-8", "replace") for secret in secrets)
    ]
    assert not told, told


@pytest.mark.parametrize("shell", [["dash", "-n"], ["busybox", "sh", "-n"]], ids=["dash", "busybox"])
def test_scripts_for_systems_parse_in_the_smallest_shells(files, root, shell):
    scripts = files("callout/shell/scripts", "access_check/scripts", suffixes=(".sh",))
    assert scripts
    complaints = {}
    for path in scripts:
        done = subprocess.run([*shell, str(root / path)], check=False, capture_output=True, text=True)
        if done.returncode or done.stderr:
            complaints[str(path)] = done.stderr
    assert not complaints, complaints
