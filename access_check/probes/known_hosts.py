"""Asks OpenSSH's own reader what the trust store holds for one host and port.

Never Paramiko's reader: it drops a whole file for one `@revoked` line and matches no wildcards.
"""

from __future__ import annotations

from pathlib import Path

from access_check.escaping import shown
from access_check.probes.deadline import Deadline
from access_check.programs import CannotLook, run_program
from access_check.trust import KeyOnFile, keys_on_file, known_hosts_name

_NOT_FOUND = 1


def known_keys(host: str, port: int, known_hosts: Path, deadline: Deadline) -> list[KeyOnFile]:
    """The keys on file; none where the file is not there yet. Raises CannotLook for an unreadable file."""
    if not known_hosts.exists():
        return []
    name = known_hosts_name(host, port)
    ended = run_program(["ssh-keygen", "-F", name, "-f", str(known_hosts)], deadline_s=max(1.0, deadline.left_s))
    if ended.rc not in (0, _NOT_FOUND):
        said = shown(ended.stderr.strip())
        raise CannotLook(f"{known_hosts} cannot be read: {said or f'exit status {ended.rc}'}.", "Mend that file.")
    return keys_on_file(ended.stdout)
