"""Which system is whose, remembered for as long as the inventory's files are what they were.

Reading an inventory takes half a second, and `callout time start` must not: what it wants to know is whether a name
is spelt right and whose it is. Nothing is remembered of an inventory that is made anew at each reading (scripts,
plugins). The memory is a convenience: without it, or where it cannot be kept, the inventory is read.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from access_check.whole_files import write_whole
from callout.errors import BadInput
from callout.places import Places

if TYPE_CHECKING:
    from callout.inventory.reading import Inventory

MEMORY = "names.json"
MOST_FILES = 2000
# A file changed within the tick of the clock in which it was looked at could change again unseen.
UNSURE_NS = 2_000_000_000
VARIABLES = ("group_vars", "host_vars")


def owner_of(
    places: Places,
    environment: Mapping[str, str],
    read: Callable[[], Inventory],
    *,
    system: str = "",
    customer: str = "",
    now_ns: Callable[[], int],
) -> str:
    """The customer's id for `system`, else that of `customer`, out of the memory or out of `read`.

    `now_ns` is the time since 1970, of the clock that stamps files. Raises BadInput for a name that is not in the
    inventory, for a system that is not `customer`'s, and whatever `read` raises.
    """
    print_now = fingerprint(places, environment)
    known = _remembered(places.data / MEMORY, print_now) if print_now else None
    # A name that is not there may be a typing error: the inventory says it in its own words.
    if known is None or (system and system not in known) or (not system and customer not in known.values()):
        inventory = read()
        owner = inventory.system(system).customer.id if system else inventory.customer(customer).id
        known = {name: one.customer.id for name, one in inventory.systems.items()}
        if print_now and settled(places, now_ns()) and print_now == fingerprint(places, environment):
            _remember(places.data / MEMORY, print_now, known)
    else:
        owner = known[system] if system else customer
    if customer and customer != owner:
        raise BadInput(f"{system} belongs to {owner}, not to {customer}.", "Leave --customer out.")
    return owner


def fingerprint(places: Places, environment: Mapping[str, str]) -> str:
    """What the inventory's files are, by names, sizes and times, and Ansible's settings; empty where that says nothing.

    It says nothing of inventories that are made anew at each reading, and of very large ones.
    """
    seen: list[Any] = [str(places.inventory)]
    seen += sorted((name, value) for name, value in environment.items() if name.startswith("ANSIBLE_"))
    for count, (path, status) in enumerate(_files(places)):
        if count == MOST_FILES or _made_anew(path, status, places):
            return ""
        seen.append((str(path), status.st_size, status.st_mtime_ns, status.st_ino))
    return hashlib.sha256(repr(seen).encode("utf-8", "surrogateescape")).hexdigest()


def _files(places: Places) -> Iterator[tuple[Path, os.stat_result]]:
    """The inventory's files, what our data folder holds left out; in order."""
    if places.inventory.is_dir():
        tops = [places.inventory]
    else:
        tops = [places.inventory, *(places.folder / name for name in VARIABLES)]
    for top in tops:
        if top.is_file():
            yield top, top.stat()
        for folder, below, names in os.walk(top, followlinks=True):
            below[:] = sorted(name for name in below if not name.startswith("."))
            for name in sorted(names):
                path = Path(folder) / name
                with suppress(FileNotFoundError):  # a link to nowhere
                    yield path, path.stat()


def _made_anew(path: Path, status: os.stat_result, places: Places) -> bool:
    """True for a script, and for a file that configures a plugin of Ansible."""
    if path.parent not in (places.inventory, places.inventory.parent):
        return False
    if status.st_mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH):
        return True
    if path.suffix not in (".yml", ".yaml") and path != places.inventory:
        return False
    return any(line.startswith(b"plugin:") for line in path.read_bytes().splitlines())


def settled(places: Places, now_ns: int) -> bool:
    """Whether none of the inventory's files was changed only just now, by the clock that stamps files."""
    return all(now_ns - status.st_mtime_ns > UNSURE_NS for _, status in _files(places))


def _remembered(memory: Path, print_now: str) -> dict[str, str] | None:
    try:
        said = json.loads(memory.read_bytes())
    except (OSError, ValueError):  # none yet, or a torn one: the inventory is read and it is written again
        return None
    if not isinstance(said, dict) or said.get("fingerprint") != print_now:
        return None
    systems = said.get("systems")
    return systems if isinstance(systems, dict) and all(isinstance(one, str) for one in systems.values()) else None


def _remember(memory: Path, print_now: str, systems: Mapping[str, str]) -> None:
    with suppress(OSError):  # on a disk that cannot be written the next one reads the inventory again
        memory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = json.dumps({"fingerprint": print_now, "systems": dict(systems)}, indent=1).encode("ascii")
        write_whole(memory, content, mode=0o600)
