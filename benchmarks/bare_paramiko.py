"""The peer: Paramiko alone, a login and one command on each system, as a whole program.

Started as `python -m benchmarks.bare_paramiko PRIVATE_KEY PORT SYSTEMS JOBS`.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import paramiko

from benchmarks.loopback_systems import address_of


def log_in(address: str, port: int, key: paramiko.PKey) -> bytes:
    """What `echo 42` printed over there."""
    with paramiko.SSHClient() as client:
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        client.connect(address, port, "root", pkey=key, allow_agent=False, look_for_keys=False, timeout=20)
        _, out, _ = client.exec_command("echo 42")
        said: bytes = out.read()
        return said


def main() -> None:
    """Logs in everywhere; ends with 1 where one system did not answer right."""
    private_key, port, systems, jobs = sys.argv[1], *map(int, sys.argv[2:])
    one = partial(log_in, port=port, key=paramiko.Ed25519Key.from_private_key_file(private_key))
    with ThreadPoolExecutor(jobs) as pool:
        answers = list(pool.map(one, map(address_of, range(systems))))
    sys.exit(any(answer != b"42\n" for answer in answers))


if __name__ == "__main__":
    main()
