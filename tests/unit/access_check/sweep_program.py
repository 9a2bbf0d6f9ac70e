"""A sweep in a process of its own, which may be killed: `python -m tests.unit.access_check.sweep_program JSON`.

JSON holds `port`, `known_hosts`, `names`, `arguments` (ssh's own), `timeout_s` and `module` (what the workers run;
none: the nursery is made beforehand and is the real one). Prints the code of each system's shell and walk as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from access_check.profile import AccessProfile
from access_check.sweep import SystemReport
from access_check.sweep_loop import Sweep
from access_check.targets import Target
from access_check.verdicts import judge
from access_check.workers.ready_made import ready_made_nursery

ROOT = Path(__file__).resolve().parents[3]
NAME = "tests.unit.access_check.sweep_program"


def started(port: int, known_hosts: Path, names: list[str], **more: Any) -> subprocess.Popen[str]:
    """The process, whose standard output and error are pipes. It leads a process group."""
    told = {"port": port, "known_hosts": str(known_hosts), "names": names, **more}
    words = [sys.executable, "-m", NAME, json.dumps(told)]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


def main() -> None:
    told = json.loads(sys.argv[1])
    port, timeout_s = told["port"], told.get("timeout_s", 120.0)
    profile = AccessProfile(product="pbxware", work_port=port, ssh_ports=(port,), tcp_ports=(port,), web={})
    targets = [
        Target(
            name=name, product="pbxware", address="127.0.0.1", port=port, user="root",
            password=told.get("password", "x"), private_key=None, known_hosts=Path(told["known_hosts"]),
            connection_arguments=tuple(told.get("arguments", ())), gui=None, wizard=None, api=None, waivers={},
            profile=profile,
        )
        for name in told["names"]
    ]  # fmt: skip

    def report(target: Target, seen: Any) -> SystemReport:
        return SystemReport(target, tuple(judge(target, seen)))

    if "module" in told:
        reports = Sweep(64, timeout_s, (), report, module=told["module"]).run(targets)
    else:
        with ready_made_nursery() as nursery:
            reports = Sweep(64, timeout_s, (), report, ready_made=nursery).run(targets)
            assert nursery is not None
            assert nursery.taken
    json.dump({one.target.name: _codes(one) for one in reports}, sys.stdout)


def _codes(report: SystemReport) -> dict[str, str]:
    found = {finding.check.partition("@")[0]: finding.code for finding in report.findings}
    return {check: code for check, code in found.items() if check in ("walk", "ssh.login", "ssh.shell")}


if __name__ == "__main__":
    main()
