"""The event loop of a sweep: how many systems are in the air, and who is told what becomes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from access_check.descriptors import descriptors
from access_check.look_around import Around, look_around
from access_check.observations import Observations
from access_check.requirements import tcp_ports
from access_check.slots import Slots, Stay
from access_check.targets import Target
from access_check.workers.pool import MODULE, Pool
from access_check.workers.ready_made import ReadyMade

if TYPE_CHECKING:
    from access_check.sweep import Progress, SystemReport

MOST_IN_THE_AIR = 2000
# Logins that merely wait: each costs a worker two threads and a connection.
MOST_LOGINS = 1000
LOGIN_PATIENCE_S = 0.5
# Knocks go out in waves, so that those who answer are not kept waiting by a crowd of their like.
_WAVE = 512
_WAVE_S = 0.25
# Each is a process.
_MOST_SECOND_TRIES = 16
_LOOKUPS = 32
_MOST_LOOKUPS = 512
_LOOKUP_PATIENCE_S = 1.0
_PROGRESS_EVERY_S = 0.5
_NAMED = 8
Report = Callable[[Target, Observations], "SystemReport"]


class Sweep:
    """One sweep; `run` once. `module` is what the workers run (tests bring their own)."""

    def __init__(
        self,
        jobs: int,
        timeout_s: float,
        only: Collection[str],
        report: Report,
        progress: Callable[[Progress], None] | None = None,
        module: str = MODULE,
        ready_made: ReadyMade | None = None,
    ) -> None:
        self._jobs = jobs
        self._timeout_s = timeout_s
        self._only = only
        self._report = report
        self._progress = progress
        self._module = module
        self._ready_made = ready_made
        self._reports: dict[int, SystemReport] = {}
        self._under_way: dict[int, str] = {}
        self._amiss = 0
        self._total = 0

    def run(self, targets: Sequence[Target]) -> list[SystemReport]:
        """The reports, in the order of the targets. Raises WorkerFault for a fault of ours."""
        self._total = len(targets)
        # One more for SIP's datagram.
        sockets = max((len(tcp_ports(target)) + 1 for target in targets), default=1)
        with descriptors(sockets * min(len(targets), MOST_IN_THE_AIR)) as most:
            try:
                asyncio.run(self._all(targets, max(1, most // sockets)))
            except BaseExceptionGroup as group:
                raise group.exceptions[0] from None
        return [self._reports[place] for place in range(len(targets))]

    async def _all(self, targets: Sequence[Target], most: int) -> None:
        logins = Slots(self._jobs, LOGIN_PATIENCE_S, max(self._jobs, MOST_LOGINS))
        names = Slots(_LOOKUPS, _LOOKUP_PATIENCE_S, _MOST_LOOKUPS)
        air = Slots(_WAVE, _WAVE_S, most)
        pool = Pool(self._module, self._ready_made, self._timeout_s)
        second_tries = Slots(_MOST_SECOND_TRIES, self._timeout_s, _MOST_SECOND_TRIES)
        around = Around(pool, logins, names, second_tries, self._timeout_s, self._only)
        telling = asyncio.create_task(self._tell_now_and_then())
        try:
            async with asyncio.TaskGroup() as group:
                for place, target in enumerate(targets):
                    stay = await air.enter()
                    await logins.calm()
                    group.create_task(self._one(place, target, around, stay))
        finally:
            telling.cancel()
            pool.close()

    async def _one(self, place: int, target: Target, around: Around, stay: Stay) -> None:
        self._under_way[place] = target.name
        try:
            report = self._report(target, await look_around(target, around))
        finally:
            stay.leave()
            del self._under_way[place]
        self._reports[place] = report
        self._amiss += any(finding.blocks for finding in report.findings)
        self._tell()

    async def _tell_now_and_then(self) -> None:
        while self._progress is not None:
            self._tell()
            await asyncio.sleep(_PROGRESS_EVERY_S)

    def _tell(self) -> None:
        if self._progress is None:
            return
        from access_check.sweep import Progress

        waiting = tuple(name for name, _ in zip(self._under_way.values(), range(_NAMED), strict=False))
        self._progress(Progress(len(self._reports), self._total, self._amiss, waiting))
