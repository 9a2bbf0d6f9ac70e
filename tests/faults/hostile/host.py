"""All hostile servers in one process of their own, so that what they use up is not taken for ours.

Usage: python -m tests.faults.hostile.host [TIMES]    each behaviour is served on TIMES ports
Prints one line of JSON when all listen (ports by name, the host key, a good server's port); to each line on
standard input it answers with one line of counts by port; ends with its standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Any

import asyncssh

from tests.faults.hostile.bent import PASSWORD, Bent, serve_bent
from tests.faults.hostile.pages import serve_sip
from tests.faults.hostile.peer import Count, serve_raw
from tests.faults.hostile.table import BEHAVIOURS, Hostile, Telephone


async def _serve(hostile: Hostile, count: Count, key: asyncssh.SSHKey) -> int:
    if isinstance(hostile.server, Bent):
        return await serve_bent(hostile.server, count, key)
    if isinstance(hostile.server, Telephone):
        return await serve_sip(hostile.server.answer, hostile.server.times, count)
    return await serve_raw(hostile.server, count)


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def _main(times: int) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    counts: dict[int, Count] = {}
    ports: dict[str, list[int]] = {}
    for hostile in BEHAVIOURS:
        for _ in range(times):
            count = Count()
            port = await _serve(hostile, count, key)
            counts[port] = count
            ports.setdefault(hostile.name, []).append(port)
    good = await serve_bent(Bent(), Count(), key)
    public = " ".join(key.export_public_key().decode().split()[:2])
    _say({"ports": ports, "good": good, "host_key": public, "password": PASSWORD})
    reader: Any = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.readline():
        _say({port: asdict(count) for port, count in counts.items()})


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
