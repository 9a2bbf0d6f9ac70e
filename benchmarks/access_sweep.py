"""Claims: a full check of many systems costs little more than bare logins, far less than Ansible's ping; the dead
slow nobody; memory is bounded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.loopback_systems import Loopback, loopback, tar_pits
from benchmarks.memory import peak_mb
from benchmarks.pairs import Ratio, in_turn, processor_ms

_FORKS = 16
_SYSTEMS = 100
_MORE_SYSTEMS = 300
# A hundred of them are real, and this machine's sshd needs some 20 s for their logins alone.
_DEADLINE_S = 40


def measure() -> Iterator[Ratio]:
    """The ratios of the sweep: processor time of the client against both peers, wall of a sweep of the dead, memory."""
    with tempfile.TemporaryDirectory() as name, loopback(Path(name)) as systems, tar_pits() as pit_port:
        few, more = systems.inventory("few", _SYSTEMS), systems.inventory("more", _MORE_SYSTEMS)
        ours, ping = in_turn(lambda: _check(few, _SYSTEMS), lambda: _ping(systems, few), rounds=3)
        yield Ratio("check of 100 systems / ansible all -m ping, pipelined", "processor", ours, ping, 0.12)
        ours, bare = in_turn(lambda: _check(few, _SYSTEMS), lambda: _bare(systems, _SYSTEMS), rounds=5)
        yield Ratio("check of 100 systems / bare Paramiko, whole programs", "processor", ours, bare, 1.8)
        # The sshd needs a minute for the logins of one round.
        ours_more, bare_more = in_turn(lambda: _check(more, _MORE_SYSTEMS), lambda: _bare(systems, _MORE_SYSTEMS), 1)
        added = _MORE_SYSTEMS - _SYSTEMS
        further, bare_further = (ours_more - ours) / added, (bare_more - bare) / added
        yield Ratio("each further system / bare Paramiko's", "processor", further, bare_further, 1.8)
        dead = _sweep(systems.inventory("silent", 1000, hurt=900, hurt_port=pit_port), good=100)
        claim = "1,000 systems, 900 silent or tar pits / deadline"
        yield Ratio(claim, "wall", dead.wall_ms, 1000 * _DEADLINE_S, 1.2)
        many = _sweep(systems.inventory("many", 5000, hurt=4900, hurt_port=pit_port), good=100)
        yield Ratio("5,000 systems: peak memory / 300 MB", "MB", many.peak_mb, 300, 1)


def _check(inventory: Path, systems: int) -> float:
    """Its processor time; a check that does not log in everywhere is no figure."""
    with tempfile.TemporaryFile() as printed:
        # One machine is all systems here, and its sshd costs more than we do: the deadline is not what is measured.
        words = [_command(), "-i", str(inventory), "--format", "ndjson", "--timeout", "120"]
        figure = processor_ms(words, printed, ended_with=(0, 3, 4))
        printed.seek(0)
        reports = [json.loads(line) for line in printed]
    if sum(map(_logged_in, reports)) != systems:
        raise SystemExit(f"bench: not all of {systems} systems were logged in to")
    return figure


def _bare(systems: Loopback, number: int) -> float:
    words = [sys.executable, "-m", "benchmarks.bare_paramiko", str(systems.private_key), str(systems.ssh_port)]
    return processor_ms([*words, str(number), str(_FORKS)])


def _ping(systems: Loopback, inventory: Path) -> float:
    settings = systems.folder / "ansible.cfg"
    settings.write_text(
        "[defaults]\nhost_key_checking=False\n[ssh_connection]\npipelining=True\n"
        f"control_path_dir={systems.folder}/cp\nssh_args=-o ControlMaster=no -o UserKnownHostsFile=/dev/null\n"
    )
    os.environ["ANSIBLE_CONFIG"] = str(settings)
    try:
        ansible = str(Path(sys.executable).with_name("ansible"))
        return processor_ms([ansible, "-i", str(inventory), "all", "-m", "ping", "-f", str(_FORKS)])
    finally:
        del os.environ["ANSIBLE_CONFIG"]


def _command() -> str:
    return str(Path(sys.executable).with_name("access-check"))


@dataclass(frozen=True, slots=True)
class _Swept:
    wall_ms: float
    peak_mb: float


def _sweep(inventory: Path, good: int) -> _Swept:
    """Wall time, and the peak of the memory of the program and all its children, looked at ten times a second."""
    words = [_command(), "-i", str(inventory), "--format", "json", "--timeout", str(_DEADLINE_S)]
    began = time.perf_counter()
    with tempfile.TemporaryFile() as printed:
        program = subprocess.Popen(words, stdout=printed)
        peak = peak_mb(program)
        wall_ms = 1000 * (time.perf_counter() - began)
        printed.seek(0)
        reports = json.load(printed)["systems"]
    passed = sum(_logged_in(report) for report in reports)
    if passed != good:
        raise SystemExit(f"bench: {passed} of {good} good systems were logged in to")
    return _Swept(wall_ms, peak)


def _logged_in(report: dict[str, list[dict[str, str]]]) -> bool:
    return any(one["check"].startswith("ssh.login") and one["status"] == "pass" for one in report["findings"])
