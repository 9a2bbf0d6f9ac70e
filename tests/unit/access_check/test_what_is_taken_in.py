"""What a plain check imports: every package that it does not need costs each engineer's each start."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

_TELL = "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})), file=sys.stderr)"
_CHECK = f"import atexit, json, sys; from access_check.cli import run; atexit.register(lambda: {_TELL}); run()"
_WORKER = f"import json, sys; import access_check.probes.walk, access_check.workers.nursery; {_TELL}"
_FOR_OTHER_VERBS = {"netmiko", "ntc_templates", "textfsm", "babel", "rich", "weasyprint", "sqlalchemy"}
_INVENTORY = """\
all:
  vars: {callout_system: {product: pbxware}, ansible_ssh_private_key_file: /nonexistent}
  hosts: {silent: {ansible_host: 127.0.0.1, ansible_port: 1}}
"""


def _packages(program: str, *words: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_a_plain_check_takes_in_nothing_of_the_other_verbs_and_no_paramiko(tmp_path: Path) -> None:
    (tmp_path / "hosts.yml").write_text(_INVENTORY)
    taken_in = _packages(_CHECK, "-i", str(tmp_path / "hosts.yml"), "--format", "json")
    assert {"ansible", "pydantic"} <= taken_in
    assert not taken_in & (_FOR_OTHER_VERBS | {"paramiko", "invoke"})


def test_a_worker_takes_in_neither_the_command_line_nor_ansible() -> None:
    taken_in = _packages(_WORKER)
    assert "paramiko" in taken_in
    assert not taken_in & (_FOR_OTHER_VERBS | {"ansible", "typer", "click", "jinja2"})
