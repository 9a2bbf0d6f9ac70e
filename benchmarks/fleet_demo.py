"""Shows `maintain` on twenty systems of which one fails half-way: `python -m benchmarks.fleet_demo FOLDER`.

Twenty real ssh logins on loopback, each system with files of its own; a canary, then waves of four, five and ten. The
eighth system's Asterisk does not bear the new files: its patch is taken back, the last wave is never begun. Once that
is mended and agreed to again, the resumed run leaves out those that are done. FOLDER gets a change report of each kind.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.consented_callouts import consented
from benchmarks.practice_bundle import make_bundle
from benchmarks.separate_sites import sites

_SYSTEMS, _FAILS, _WAVES = 20, 7, [1, 4, 5, 10]


def main(reports: Path) -> int:
    """Prints what an engineer would see; gives back an exit status."""
    with tempfile.TemporaryDirectory() as name, sites(Path(name), _SYSTEMS) as made:
        inventory = made.inventory(
            "inventory", _SYSTEMS, vendor="Example Telephony", backups={"passphrase": "practice"}
        )
        bundle = make_bundle(made, inventory)
        _run(inventory, "callout", "patch", "announce", str(bundle))
        consented(inventory, bundle)
        (made.tree(_FAILS) / "breaks-with-patch").touch()
        stopped = _maintain(inventory, bundle)
        _run(inventory, "callout", "patch", "exposed", "PW-2041")
        (made.tree(_FAILS) / "breaks-with-patch").unlink()
        consented(inventory, bundle, only=f"site{_FAILS:02d}")
        resumed = _maintain(inventory, bundle, resume=True)
        _run(inventory, "ansible-playbook", "playbooks/patch_inventory.yml", "-f", "10")
        _run(inventory, "callout", "patch", "who", "PW-2041")
        for callout, ending in (("CO-0001", "pdf"), ("CO-0001", "html"), (f"CO-{_FAILS + 1:04d}", "md")):
            _run(inventory, "callout", "report", "change", callout, "-o", str(reports / f"{callout}.{ending}"))
        whole = all(made.is_new(number) == {True} for number in range(_SYSTEMS))
        print(f"All twenty files are in on all twenty systems: {'yes' if whole else 'NO'}.")
        return 0 if (stopped, resumed, whole) == (2, 0, True) else 1


def _maintain(inventory: Path, bundle: Path, **more: object) -> int:
    given = {
        "ticket": "T-1",
        "reason": "The login page forgets",
        "bundle": str(bundle),
        "take_up": True,
        "waves": _WAVES,
    }
    words = ["ansible-playbook", "playbooks/maintain.yml", "-f", "10", "-e", json.dumps({**given, **more})]
    return _run(inventory, *words)


def _run(inventory: Path, *words: str) -> int:
    print(f"\n$ {' '.join(words)}", flush=True)
    program = str(Path(sys.executable).with_name(words[0]))
    environment = {**os.environ, "CALLOUT_ACTOR": "eva@desk", "NO_COLOR": "1"}
    return subprocess.run(
        [program, *words[1:], "-i", str(inventory)], check=False, env=environment, stdin=subprocess.DEVNULL
    ).returncode


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("python -m benchmarks.fleet_demo FOLDER: where do the reports go?")
    raise SystemExit(main(Path(sys.argv[1])))
