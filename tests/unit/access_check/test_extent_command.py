"""--before and --profile by the real command."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.access_check.test_command_line import inventory, run, write

__all__ = ["inventory"]  # a fixture


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A listener whose queue is full: what comes is dropped, as behind a firewall."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for filler in fillers:
            filler.close()


def test_a_ban_is_told_from_the_report_of_the_day_before(inventory: Path, tmp_path: Path, silent_port: int) -> None:
    write(inventory, silent_port)
    report = tmp_path / "report.json"
    silent = run("-i", str(inventory), "--json", "--timeout", "1").stdout
    opened = silent.replace(
        '"status": "fail",\n          "code": "timeout"', '"status": "pass",\n          "code": "open"'
    )
    assert opened != silent
    report.write_text(opened)
    done = run("-i", str(inventory), "--timeout", "1", "--before", str(report))
    assert done.returncode == 3
    assert "reads as a ban" in done.stdout
    report.write_text(silent)
    assert "reads as a ban" not in run("-i", str(inventory), "--timeout", "1", "--before", str(report)).stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--before", "/nonexistent/report.json"], "cannot be read"),
        (["--profile", "operational"], "no system chosen has a list"),
        (["--edge", "--profile", "operational"], "are for the walk"),
        (["--edge", "--before", "x"], "are for the walk"),
    ],
)
def test_bad_input_is_one_sentence(inventory: Path, arguments: list[str], says: str) -> None:
    write(inventory, 9)
    done = run("-i", str(inventory), *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
