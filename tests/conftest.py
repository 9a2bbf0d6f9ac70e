"""What all tests share: golden files, and the lab when it is up."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.team_server import TeamServer

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
# Borg tries its own ciphers and hashes at each start, a quarter of what that costs; tests start it thousands of times.
os.environ.setdefault("BORG_SELFTEST", "disabled")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT / "tests/light_borg"), os.environ.get("PYTHONPATH")]))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write what is rendered over the golden files.")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a rendered text with tests/golden/NAME, byte for byte."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is missing: look at the output, then run pytest --update-golden"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def lab() -> Path:
    """The lab, brought up if it is not; its folder. Idempotent, so that one test can be run by itself."""
    subprocess.run([str(ROOT / "lab" / "up")], check=True, cwd=ROOT, timeout=600)
    return ROOT / "lab"


@pytest.fixture(scope="session")
def team_server() -> Iterator[TeamServer]:
    """A PostgreSQL of the tests' own, which forgets at a loss of power: quick."""
    server = TeamServer()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def durable_server() -> Iterator[TeamServer]:
    """One as a team has it: what is committed is on the disk."""
    server = TeamServer(durable=True)
    yield server
    server.remove()
