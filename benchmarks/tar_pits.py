"""A server of servers that hold on: started as `python -m benchmarks.tar_pits PORT`, answers on all of 127.0.0.0/8.

What a connection meets depends on the address that it came to, so that a sweep meets every kind in equal numbers.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import sys

_BANNER = b"SSH-2.0-OpenSSH_8.4p1 Debian-5\r\n"


async def _silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def _byte_by_byte(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(1)


async def _quiet_behind_banner(writer: asyncio.StreamWriter) -> None:
    writer.write(_BANNER)
    await writer.drain()
    await asyncio.sleep(3600)


_KINDS = (_silent, _byte_by_byte, _quiet_behind_banner)


async def _meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    own = writer.get_extra_info("sockname")[0]
    holding = asyncio.ensure_future(_KINDS[int(own.rsplit(".", 1)[1]) % len(_KINDS)](writer))
    with contextlib.suppress(OSError):
        while await reader.read(4096):
            pass
    holding.cancel()
    with contextlib.suppress(OSError, asyncio.CancelledError):
        await holding
    writer.close()


async def _main(port: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = await asyncio.start_server(_meet, "0.0.0.0", port, backlog=4096)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
