"""What deadlines are worked out with besides events; the inventory is not read while its files are the same."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callout.ledger.event import canonical
from callout.places import Places
from callout.steps.board_known import Basis
from callout.steps.known_names import fingerprint, settled

if TYPE_CHECKING:
    from callout.inventory.policy import Policy
    from callout.inventory.reading import Inventory

# What of the policy moves a deadline or a warning. The rules themselves stand in each case's events.
_HOURS, _DESK, _WARN = "hours", "desk", "warn_at_percent"


def current_basis(
    places: Places,
    environment: Mapping[str, str],
    read: Callable[[], Inventory],
    known: Basis | None,
    *,
    now: dt.datetime,
    now_ns: Callable[[], int],
) -> Basis:
    """The basis as it is now; `known` is that of the board. `now_ns` is of the clock that stamps files.

    `read` is asked where the inventory's files are not as they were, or where they never tell. Raises what it raises.
    """
    files = fingerprint(places, environment)
    if known is not None and files and files == known.files:
        policy, customers = known.policy, known.customers
    else:
        inventory = read()
        # A file that was changed at this very moment may change again unseen.
        files = files if files and settled(places, now_ns()) and files == fingerprint(places, environment) else ""
        policy = _told(inventory.policy)
        customers = {one.id: one.time_zone for one in inventory.customers.values()}
    return Basis(files, policy, zone_data(json.loads(policy)), code_print(), now.year, customers)


def policy_of(basis: Basis) -> Policy:
    """The policy as far as it moves deadlines; all the rest of it is as published."""
    from callout.inventory.policy import Policy

    return Policy.model_validate(json.loads(basis.policy))


def percents_of(basis: Basis) -> tuple[int, ...]:
    """At which parts of a clock's time is warned, ascending."""
    return tuple(sorted(set(json.loads(basis.policy)[_DESK][_WARN])))


def zone_data(policy: Mapping[str, Any]) -> str:
    """A hash over the data of every time zone that the hours name, and the library of holidays where one is asked."""
    seen = hashlib.sha256()
    for name in sorted(set(_zones(policy[_HOURS]))):
        seen.update(f"{name}\0".encode() + _zone_file(name))
    if policy[_HOURS]["holidays"]:
        seen.update(metadata.version("holidays").encode())
    return seen.hexdigest()


def code_print() -> str:
    """A hash over what the files of the rules are called and when they were changed: others may count otherwise."""
    here = Path(__file__).parent
    rules = [*here.parent.glob("desk/*.py"), *here.parent.glob("policy/*.py"), *here.glob("board*.py")]
    seen = sorted((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in rules)
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def _told(policy: Policy) -> str:
    return canonical(policy.model_dump(mode="json", include={_HOURS: True, _DESK: {_WARN}}))


def _zones(said: Any) -> Iterator[str]:
    if isinstance(said, dict):
        for name, below in said.items():
            if name.endswith("zone") and isinstance(below, str):
                yield below
            else:
                yield from _zones(below)
    elif isinstance(said, list):
        for below in said:
            yield from _zones(below)


def _zone_file(name: str) -> bytes:
    """As `zoneinfo` finds it: the machine's own data first, then those of the package tzdata."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder) / name
        if path.is_file():
            return path.read_bytes()
    try:
        return resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    except (OSError, ModuleNotFoundError):
        return b""  # gone since: whoever works with it says so
