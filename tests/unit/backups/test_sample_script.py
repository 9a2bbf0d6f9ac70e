"""The sample's hashes as the system tells them: one line per file, whatever a tool over there cannot tell."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from callout.shell import script
from tests.unit.local_shell import BUSYBOX, DASH, LocalShellSession


@pytest.mark.parametrize("shell", [DASH, BUSYBOX])
def test_a_size_that_cannot_be_told_costs_one_word_and_not_the_answer(tmp_path: Path, shell: tuple[str, ...]) -> None:
    """A file may vanish between two looks; the other files are answered for all the same."""
    session = LocalShellSession(tmp_path / "tools", shell=shell)
    wc = tmp_path / "tools" / "wc"
    wc.unlink(missing_ok=True)
    wc.write_text("#!/bin/sh\nexit 1\n")
    wc.chmod(0o700)
    (tmp_path / "a").write_bytes(b"a")
    done = session.run(script("backup_sample"), str(tmp_path / "a"), str(tmp_path / "none"))
    first, second = done.text.splitlines()
    assert first.split(" ")[:3] == ["0", hashlib.sha256(b"a").hexdigest(), "-"]
    assert second == "1 absent - -"
    assert done.rc == 0
