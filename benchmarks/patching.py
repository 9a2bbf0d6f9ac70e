"""Claims: a bundle of twenty files costs far less than the same change by a playbook of stock modules, on one system
and on twenty. The peer's systems have Python, and its connection is pipelined and shared.

What is compared is the change: are the files those that are meant, new contents with the old ones kept, a restart, a
look whether the system is well. Backup, consent and the record of the call-out around it are in neither figure.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from benchmarks.consented_callouts import consented
from benchmarks.pairs import Ratio, in_turn, processor_ms, wall_ms
from benchmarks.practice_bundle import make_bundle
from benchmarks.separate_sites import Sites, new, old, sites
from callout.inventory import load_inventory
from callout.ledger import open_ledger
from callout.places import find_places
from callout.steps.world import context_at, now

_FORKS = 10
_ROUNDS = {1: 5, 20: 2}


def measure() -> Iterator[Ratio]:
    """Wall and the controller's processor time, on one system and on twenty, with the round trips over ssh of both."""
    with tempfile.TemporaryDirectory() as name, sites(Path(name), max(_ROUNDS)) as made:
        for systems in _ROUNDS:
            yield from _measured(made, systems)


@dataclass
class _Side:
    """One of the two: its processor times, and the round trips of its last run."""

    name: str
    processor: list[float] = field(default_factory=list)
    round_trips: int = 0

    def run(self, made: Sites, systems: int, words: list[str]) -> float:
        """Wall time of one run in milliseconds; a run that does not bring all files in is no figure."""
        made.round_trips()
        wall = wall_ms(lambda: self.processor.append(processor_ms(words)))
        self.round_trips = made.round_trips()
        if any(made.is_new(number) != {True} for number in range(systems)):
            raise SystemExit(f"bench: {self.name} did not bring all files in")
        return wall


def _measured(made: Sites, systems: int) -> Iterator[Ratio]:
    inventory = made.inventory(f"inventory-{systems}", systems)
    bundle = make_bundle(made, inventory, f"PW-{systems}")
    ours, peer = _Side("ours"), _Side("the peer")
    begin = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(inventory), "-f", str(_FORKS)]

    def patch() -> float:
        _reset(made, systems)
        given = {"callouts": _agreed(inventory, bundle), "bundle": str(bundle)}
        return ours.run(made, systems, [*begin, str(_our_playbook(made)), "-e", json.dumps(given)])

    def copy() -> float:
        _reset(made, systems)
        with _stock_settings(made):
            return peer.run(made, systems, [*begin, str(_stock_playbook(made))])

    wall, stock = in_turn(patch, copy, _ROUNDS[systems])
    claim = f"20-file bundle, {systems} system{'s' if systems > 1 else ''} / playbook of stock modules"
    trips = f"round trips {ours.round_trips} / {peer.round_trips}"
    yield Ratio(f"{claim}; {trips}", "wall", wall, stock, 0.4)
    # As in_turn does: the first round does not count.
    processor, stock = statistics.median(ours.processor[1:]), statistics.median(peer.processor[1:])
    yield Ratio(claim, "processor", processor, stock, 0.3)


def _reset(made: Sites, systems: int) -> None:
    """The old files, and no copies of them."""
    for number in range(systems):
        gui = made.tree(number) / "gui"
        for left in gui.iterdir():
            left.unlink()
        for path in made.paths:
            (gui / path.name).write_bytes(old(path))


def _agreed(inventory: Path, bundle: Path) -> dict[str, str]:
    """New call-outs, planned and agreed to; the gate has allowed the change, as it does right before one."""
    callouts = consented(inventory, bundle)
    places = find_places(inventory, {}, Path.cwd())
    with contextlib.closing(open_ledger(places.ledger, now)) as ledger:
        context = context_at(places, ledger)
        for system in load_inventory(places).systems.values():
            context.record("gate_confirmed", system, callouts[system.name], {"look": "right before", "findings": []})
    return callouts


def _our_playbook(made: Sites) -> Path:
    task = {"custom_patch": {"callout": "{{ callouts[inventory_hostname] }}", "bundle": "{{ bundle }}"}}
    return _playbook(made.folder / "ours.yml", [task])


def _stock_playbook(made: Sites) -> Path:
    """What an engineer would write: refuse other files than those meant, copy with a backup, restart, look."""
    source = made.folder / "new"
    source.mkdir(exist_ok=True)
    files = []
    for path in made.paths:
        (source / path.name).write_bytes(new(path))
        files.append({"path": str(path), "source": str(source / path.name), "before": _sha256(old(path))})
    asterisk = str(made.product / "sh/asterisk")
    tasks = [
        {
            "ansible.builtin.stat": {"path": "{{ item.path }}", "checksum_algorithm": "sha256"},
            "loop": files, "register": "seen",
        },
        {
            "ansible.builtin.assert": {"that": "item.stat.checksum == item.item.before", "quiet": True},
            "loop": "{{ seen.results }}", "loop_control": {"label": "{{ item.item.path }}"},
        },
        {
            "ansible.builtin.copy": {
                "src": "{{ item.source }}", "dest": "{{ item.path }}", "mode": "preserve", "backup": True,
            },
            "loop": files,
        },
        {"ansible.builtin.shell": f"echo restarted >>{made.product}/restarts"},
        {"ansible.builtin.command": {"argv": [asterisk, "-rx", "core show version"]}, "changed_when": False},
        {"ansible.builtin.command": {"argv": [asterisk, "-rx", "core show channels count"]}, "changed_when": False},
        {"ansible.builtin.command": {"argv": ["df", "-Pk", "/"]}, "changed_when": False},
    ]  # fmt: skip
    return _playbook(made.folder / "stock.yml", tasks)


def _playbook(path: Path, tasks: list[dict[str, object]]) -> Path:
    path.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
    return path


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@contextlib.contextmanager
def _stock_settings(made: Sites) -> Iterator[None]:
    """Pipelined, and one shared connection per system: Ansible at its quickest. Each run makes its own connections."""
    with tempfile.TemporaryDirectory(dir=made.folder, prefix="cp") as sockets:
        settings = made.folder / "stock.cfg"
        settings.write_text(
            "[defaults]\nhost_key_checking=False\n[ssh_connection]\npipelining=True\n"
            f"control_path_dir={sockets}\nssh_args=-o ControlMaster=auto -o ControlPersist=60s "
            "-o UserKnownHostsFile=/dev/null\n"
        )
        os.environ["ANSIBLE_CONFIG"] = str(settings)
        try:
            yield
        finally:
            del os.environ["ANSIBLE_CONFIG"]
