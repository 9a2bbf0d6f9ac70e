"""A slow line: `python -m benchmarks.slow_line PORT TO_PORT BITS_PER_SECOND` passes 127.0.0.1:PORT on to TO_PORT.

Each direction is slowed down by itself, over all connections together, as on a customer's DSL line.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable

_PIECE_BYTES = 16 * 1024


class Pace:
    """When so many bytes may be on their way: what is sent later than allowed does not make up for it.

    `bytes_per_s` is the rate, `now` a steady clock in seconds.
    """

    def __init__(self, bytes_per_s: float, now: Callable[[], float]) -> None:
        self._bytes_per_s, self._now = bytes_per_s, now
        self._free_at = now()

    async def wait(self, count: int) -> None:
        """Returns when `count` bytes have passed."""
        self._free_at = max(self._free_at, self._now()) + count / self._bytes_per_s
        await asyncio.sleep(self._free_at - self._now())


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pace: Pace) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(_PIECE_BYTES):
            await pace.wait(len(piece))
            writer.write(piece)
            await writer.drain()
    writer.close()


async def _main(port: int, to_port: int, bits_per_s: float) -> None:
    clock = asyncio.get_running_loop().time
    up, down = Pace(bits_per_s / 8, clock), Pace(bits_per_s / 8, clock)

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", to_port)
        await asyncio.gather(_pass_on(reader, back, up), _pass_on(there, writer, down))

    server = await asyncio.start_server(meet, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
