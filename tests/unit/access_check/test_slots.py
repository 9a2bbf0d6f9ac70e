"""Slots: first come first served, and who merely waits keeps nobody out."""

from __future__ import annotations

import asyncio

import pytest

from access_check.slots import Slots


def test_places_are_handed_on_in_order() -> None:
    async def run() -> list[int]:
        slots, order = Slots(2, patience_s=60, most=2), list[int]()

        async def one(number: int) -> None:
            stay = await slots.enter()
            order.append(number)
            await asyncio.sleep(0)
            stay.leave()

        await asyncio.gather(*(one(number) for number in range(9)))
        return order

    assert asyncio.run(run()) == list(range(9))


def test_a_place_is_not_waited_for_beyond_the_time() -> None:
    async def run() -> None:
        slots = Slots(1, patience_s=60, most=1)
        stay = await slots.enter()
        with pytest.raises(TimeoutError):
            await slots.enter(0.01)
        stay.leave()
        (await slots.enter(0.01)).leave()

    asyncio.run(run())


def test_who_waits_too_long_counts_no_more_up_to_the_most() -> None:
    async def run() -> None:
        slots = Slots(1, patience_s=0.01, most=3)
        stays = [await slots.enter() for _ in range(3)]
        with pytest.raises(TimeoutError):
            await slots.enter(0.2)
        stays[0].leave()
        stays[1] = await slots.enter()
        for stay in stays[1:]:
            stay.leave()

    asyncio.run(run())


def test_an_interrupted_wait_loses_no_place() -> None:
    async def run() -> None:
        slots = Slots(1, patience_s=60, most=1)
        stay = await slots.enter()
        waiting = asyncio.create_task(slots.enter())
        await asyncio.sleep(0)
        stay.leave()  # hands the place to the one that waits, in the moment in which it is interrupted
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        (await slots.enter(1)).leave()

    asyncio.run(run())
