"""The ssh command line: what stands in every process list says nothing, and odd paths mean themselves."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from callout.shell import OpenSSHSession


@pytest.mark.parametrize("odd", ["with spaces", "100%h", "50%% sure"])
def test_odd_paths_mean_themselves(sshd: Any, tmp_path: Path, odd: str) -> None:
    """ssh reads a percent sign as the beginning of a token."""
    folder = tmp_path / odd
    folder.mkdir()
    shutil.copy(sshd.folder / "known_hosts", folder)
    shutil.copy(sshd.folder / "id_ed25519", folder)
    session = OpenSSHSession(sshd.target(known_hosts=folder / "known_hosts", private_key=folder / "id_ed25519"))
    try:
        assert session.run("echo in").stdout == b"in\n"
    finally:
        session.close()


def test_the_socket_s_name_is_salted(session: OpenSSHSession) -> None:
    """It is made of the password too and stands in every process list: nobody may try passwords against it."""
    session.run("true")
    salt = session._control_path().parent / "salt"
    assert len(salt.read_bytes()) == 32
    assert salt.stat().st_mode & 0o077 == 0
