"""The verbs of `callout ledger` as a person types them: what they print, how they end, what they never show."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from callout.ledger import Draft, open_ledger
from tests.team_server import PASSWORD, TeamServer, name_in
from tests.unit.ledger.conftest import NOW

CALLOUT = str(Path(sys.executable).with_name("callout"))


class Desk:
    """A person at a terminal, with an inventory and a ledger."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        (folder / "inventory").mkdir()
        (folder / "inventory" / "hosts.yml").write_text("all: {}\n")

    def run(self, *words: str, url: str = "", status: int = 0, given: bytes = b"") -> str:
        environment = {**os.environ, "CALLOUT_LEDGER": url or self.url, "CALLOUT_ACTOR": "eva@desk"}
        done = subprocess.run(
            [CALLOUT, "ledger", *words, "-i", str(self.folder / "inventory")],
            check=False, capture_output=True, env=environment, cwd=self.folder, input=given,
        )  # fmt: skip
        said = (done.stdout + done.stderr).decode()
        assert done.returncode == status, said
        assert PASSWORD not in said
        assert "Traceback" not in said
        return said


def filled(folder: Path, url: str, draft: Callable[..., Draft]) -> Desk:
    """With three events."""
    with closing(open_ledger(url, lambda: NOW)) as ledger:
        ledger.append(draft("opened", "NEW"), draft(number=1), draft(number=2))
    return Desk(folder, url)


@pytest.fixture
def desk(tmp_path: Path, draft: Callable[..., Draft]) -> Desk:
    return filled(tmp_path, f"sqlite:///{tmp_path}/data/ledger.sqlite", draft)


@pytest.fixture
def team_desk(team_server: TeamServer, tmp_path: Path, draft: Callable[..., Draft]) -> Desk:
    """By a URL with its password in it."""
    return filled(tmp_path, team_server.url_by_tcp(name_in(team_server.emptied())), draft)


def test_from_seal_to_another_database(team_desk: Desk, tmp_path: Path) -> None:
    """Seal, verify, back up, export, import, and verify there by the same seal."""
    desk = team_desk
    key = tmp_path / "anna"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    public = key.with_suffix(".pub").read_text()
    (tmp_path / "inventory" / "allowed_signers").write_text(f'anna namespaces="callout-ledger-seal" {public}')
    assert "sealed up to event 3" in desk.run("seal", "head.seal", "--key", str(key))
    verified = desk.run("verify", "--seal", "head.seal")
    assert verified.splitlines()[0].startswith("pass: 4 events")
    assert "sealed by anna, 20" in verified
    assert "4 events, verified" in desk.run("backup", "kept.sqlite")
    desk.run("export", "ledger.jsonl")
    assert (tmp_path / "ledger.jsonl").stat().st_mode & 0o777 == 0o600
    assert desk.run("export") == (tmp_path / "ledger.jsonl").read_text()
    other = f"sqlite:///{tmp_path}/other.sqlite"
    assert "4 events imported" in desk.run("import", "ledger.jsonl", url=other)
    assert "is not empty" in desk.run("import", "ledger.jsonl", url=other, status=2)
    piped = f"sqlite:///{tmp_path}/piped.sqlite"
    desk.run("import", "-", url=piped, given=(tmp_path / "ledger.jsonl").read_bytes())
    exported = (tmp_path / "ledger.jsonl").read_text()
    for url in (other, f"sqlite:///{tmp_path}/kept.sqlite"):
        assert "All that was sealed by anna" in desk.run("verify", "--seal", "head.seal", url=url)
    assert desk.run("export", url=piped) == exported


def test_data_for_programs(desk: Desk) -> None:
    told = json.loads(desk.run("verify", "--json"))
    assert told["findings"][0]["code"] == "whole"
    assert "://" in told["ledger"]
    assert json.loads(desk.run("backup", "kept.sqlite", "--json"))["count"] == 3


def test_is_it_recorded(desk: Desk) -> None:
    with closing(open_ledger(desk.url, lambda: NOW)) as ledger:
        event = next(ledger.events(kind="opened"))
    assert "Recorded: event 1, opened, CO-0001" in desk.run("find", event.id)
    assert desk.run("find", "x" * 36, status=3) == "Not recorded.\n"


def test_bad_input_is_a_sentence(desk: Desk, tmp_path: Path) -> None:
    assert "cannot be read" in desk.run("import", "none.jsonl", url=f"sqlite:///{tmp_path}/e.sqlite", status=2)
    (tmp_path / "odd").write_text("odd")
    assert "odd is no seal of a ledger" in desk.run("verify", "--seal", "odd", status=2)
    assert "There is no key at none" in desk.run("seal", "s", "--key", "none", status=2)
    assert "is there already" in desk.run("backup", "odd", status=2)
    gone = "postgresql+psycopg://owner:pass-7@127.0.0.1:1/callout"
    said = desk.run("verify", url=gone, status=1)
    assert "no server answers" in said
    assert "pass-7" not in said
