"""One system in the sweep's event loop: name, knocks, and a worker for every port that has something to say."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from access_check.addresses import is_literal
from access_check.connection_arguments import connection_arguments
from access_check.observations import NameObservation, Observations, Obstacle, Resolution, SshObservation
from access_check.probes.deadline import Deadline
from access_check.probes.first_words import banner_seen
from access_check.probes.knock import Knock, Knocked, Listen
from access_check.probes.names import NO_ANSWER, literal, look_up
from access_check.probes.sip import ask_options
from access_check.requirements import Requirement, ssh_ports, tcp_ports, through_ssh
from access_check.slots import Slots
from access_check.steps import needed
from access_check.targets import Target
from access_check.workers.job import Job
from access_check.workers.outcome import Lost, Outcome, Prevented, Seen
from access_check.workers.pool import Pool

# The longest wait for the answer to the one OPTIONS: much is firewalled, and the walk need not wait for it.
_SIP_WAIT_S = 4.0
_LOST = "The process that looked at port {port} was lost; {what}."
_LOST_HINT = "Look at that port by hand; check again when you know why."


@dataclass(frozen=True, slots=True)
class Around:
    """What all systems of a sweep share."""

    pool: Pool
    logins: Slots
    names: Slots
    second_tries: Slots
    timeout_s: float
    only: Collection[str] = ()


async def look_around(target: Target, around: Around) -> Observations:
    """All that can be seen of `target` within the time; there at the latest 1 s after it.

    What was not finished then is missing in the observations, what was in the way on our side is among them.
    Raises WorkerFault for a fault of ours.
    """
    at = dt.datetime.now(dt.UTC)
    if not target.address:
        return Observations(at=at)
    deadline = Deadline(around.timeout_s)
    if connection_arguments(target.connection_arguments).way:
        return merged([Observations(at=at), *await _all(_through_jump(target, deadline, around))])
    name = await _resolve(target.address, deadline, around.names)
    if name.resolution is not Resolution.RESOLVED:
        return Observations(name=name, at=at)
    parts = list(_parts(target, needed(target, around.only)))
    looks = [_look_at(part, target, name.addresses, deadline, around) for part in parts]
    return merged([Observations(name=name, at=at), *await _all(looks)])


def _through_jump(target: Target, deadline: Deadline, around: Around) -> list[Coroutine[None, None, Observations]]:
    """Where a jump host stands before it, its name and its sockets are not ours to see: a worker has the whole look."""
    wanted = frozenset(one.check for one in needed(target, around.only) if through_ssh(one, target))
    part = _Part(target.port, wanted, ssh=True, knocks=False)
    return [_look_at(part, target, (), deadline, around)] if wanted else []


@dataclass(frozen=True, slots=True)
class _Part:
    """One port, and what is wanted there beyond that it opens. `knocks` is False where there is no TCP to it."""

    port: int
    wanted: frozenset[str]
    ssh: bool = False
    knocks: bool = True

    @property
    def listen(self) -> Listen:
        if not self.ssh or not self.wanted:
            return Listen.NOT_AT_ALL
        return Listen.BANNER if self.wanted == {f"ssh.banner@{self.port}"} else Listen.FIRST_PACKET


def _parts(target: Target, wanted: list[Requirement]) -> Iterator[_Part]:
    behind: dict[int, set[str]] = {}
    apart: dict[int, set[str]] = {}
    needs = {requirement.check: requirement.needs for requirement in wanted}
    checks = {requirement.check for requirement in wanted}
    for requirement in wanted:
        check, port = requirement.check, requirement.port
        if port and check != f"tcp@{port}":
            (behind if _needs(check, f"tcp@{port}", needs) else apart).setdefault(port, set()).add(check)
    for port in tcp_ports(target):
        if f"tcp@{port}" in checks:
            yield _Part(port, frozenset(behind.get(port, ())), ssh=port in ssh_ports(target))
    for port, without_tcp in apart.items():
        yield _Part(port, frozenset(without_tcp), knocks=False)


def _needs(check: str, wanted: str, needs: dict[str, str]) -> bool:
    while check and check != wanted:
        check = needs.get(check, "")
    return bool(check)


async def _resolve(host: str, deadline: Deadline, names: Slots) -> NameObservation:
    if is_literal(host):
        return literal(host)
    try:
        stay = await names.enter(deadline.left_s)
    except TimeoutError:
        return NO_ANSWER
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[NameObservation] = loop.create_future()

    def told(seen: NameObservation) -> None:
        if not answer.done():
            answer.set_result(seen)
        stay.leave()

    look_up(host, lambda seen: _call_soon(loop, told, seen))
    try:
        async with asyncio.timeout(deadline.left_s):
            return await answer
    except TimeoutError:
        return NO_ANSWER


def _call_soon(loop: asyncio.AbstractEventLoop, tell: Callable[[NameObservation], None], seen: NameObservation) -> None:
    with contextlib.suppress(RuntimeError):  # the sweep was over before the resolver came back
        loop.call_soon_threadsafe(tell, seen)


async def _all(looks: list[Coroutine[None, None, Observations]]) -> list[Observations]:
    return list(await asyncio.gather(*looks))


async def _look_at(
    part: _Part, target: Target, addresses: tuple[str, ...], deadline: Deadline, around: Around
) -> Observations:
    job = Job(target, part.port, addresses, deadline.ends_at, part.wanted)
    if f"sip.options@{part.port}" in part.wanted:
        wait_s = min(_SIP_WAIT_S, deadline.left_s)
        return Observations(sip=await ask_options(str(target.address), part.port, addresses, wait_s))
    if not part.knocks:
        return await _handed_over(job, None, around)
    knocked = await _knock(job, part, deadline)
    seen = Observations(tcp={part.port: knocked.tcp}, ssh={} if knocked.ssh is None else {part.port: knocked.ssh})
    if knocked.sock is None:
        return seen
    with knocked.sock:
        if not part.wanted:
            return seen
        return merged([seen, await _handed_over(job, knocked, around)])


async def _knock(job: Job, part: _Part, deadline: Deadline) -> Knocked:
    knock = Knock(job.addresses, job.port, deadline, part.listen)
    try:
        return await knock.result
    except asyncio.CancelledError:
        knock.close()
        raise


async def _handed_over(job: Job, knocked: Knocked | None, around: Around) -> Observations:
    """What a worker saw. The job of a worker that was lost is done once more, unless a credential may be out."""
    job = replace(job, ends_at=job.ends_at + await around.pool.ready())
    deadline = Deadline.at(job.ends_at)
    try:
        stay = await around.logins.enter(deadline.left_s)
    except TimeoutError:
        return _first_words(job, knocked)
    try:
        outcome = await _outcome(job, knocked, around.pool, alone=False)
        if isinstance(outcome, Lost) and not outcome.secrets_may_be_out and not deadline.passed:
            outcome = await _once_more(job, knocked, deadline, around)
    finally:
        stay.leave()
    if isinstance(outcome, Seen):
        return outcome.observations
    if isinstance(outcome, Prevented):
        obstacle = Obstacle(job.port, outcome.message, outcome.hint)
    else:
        what = "a credential may have been sent, so it was not tried again"
        what = what if outcome.secrets_may_be_out else "no credential was sent"
        obstacle = Obstacle(job.port, _LOST.format(port=job.port, what=what), _LOST_HINT)
    return replace(_first_words(job, knocked), obstacles=(obstacle,))


async def _outcome(job: Job, knocked: Knocked | None, pool: Pool, *, alone: bool) -> Outcome:
    if knocked is None:
        return await pool.look(job, None, alone=alone)
    return await pool.look(replace(job, already=knocked.already), knocked.sock, alone=alone)


async def _once_more(job: Job, knocked: Knocked | None, deadline: Deadline, around: Around) -> Outcome:
    """On a new connection, because nobody knows how far the worker came on the old one, and in a worker of its own.

    Whoever made the first one hang may do it again, and then hurts nobody else. Hundreds may have been in that
    one: so many processes at once there must not be.
    """
    try:
        stay = await around.second_tries.enter(deadline.left_s)
    except TimeoutError:
        return Lost(secrets_may_be_out=False)
    try:
        return await _alone(job, knocked, deadline, around.pool)
    finally:
        stay.leave()


async def _alone(job: Job, knocked: Knocked | None, deadline: Deadline, pool: Pool) -> Outcome:
    if knocked is None:
        return await _outcome(job, None, pool, alone=True)
    listen = Listen.NOT_AT_ALL if knocked.already is None else Listen.FIRST_PACKET
    again = await _knock(job, _Part(job.port, job.wanted, ssh=listen is Listen.FIRST_PACKET), deadline)
    if again.sock is None:
        return Lost(secrets_may_be_out=False)
    with again.sock:
        return await _outcome(job, again, pool, alone=True)


def _first_words(job: Job, knocked: Knocked | None) -> Observations:
    """What the knock alone saw of an SSH port: its banner."""
    if knocked is None or knocked.already is None:
        return Observations()
    banner, text = banner_seen(knocked.already, None)
    seen = SshObservation(job.port, banner, text, received_bytes=len(knocked.already))
    return Observations(ssh={job.port: seen})


def merged(parts: Sequence[Observations]) -> Observations:
    """The parts as one: mappings and lists added to each other, of the rest the one that there is."""
    whole: dict[str, Any] = {}
    for part in parts:
        for one in fields(Observations):
            value = getattr(part, one.name)
            if isinstance(value, Mapping):
                whole[one.name] = {**whole.get(one.name, {}), **value}
            elif isinstance(value, tuple):
                whole[one.name] = (*whole.get(one.name, ()), *value)
            elif value is not None:
                whole[one.name] = value
    return Observations(**whole)
