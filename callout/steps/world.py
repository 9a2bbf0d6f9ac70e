"""Makes the Context out of the real world. Used by the command line and by the plugins, by nobody else."""

from __future__ import annotations

import datetime as dt
import getpass
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from callout.ledger.store import Ledger, open_ledger
from callout.places import Places, find_places
from callout.steps.context import Context

if TYPE_CHECKING:
    from access_check.targets import Target
    from callout.shell.session import Session


def real_context(inventory: Path | None, *, must_exist: bool = False) -> Context:
    """The Context of this process: its environment, its clock, its user.

    `must_exist` refuses a ledger that nothing was ever written to, instead of making an empty one. Raises
    BadInput for an inventory or a ledger that cannot be used.
    """
    places = find_places(inventory, os.environ, Path.cwd())
    return context_at(places, open_ledger(places.ledger, now, must_exist=must_exist))


def context_at(places: Places, ledger: Ledger) -> Context:
    """The Context of this process for places that are known already."""
    return Context(ledger=ledger, places=places, actor=actor(), now=now, connect=connect)


def now() -> dt.datetime:
    """The time, aware, with this machine's offset."""
    return dt.datetime.now().astimezone()


def actor() -> str:
    """Who works: `CALLOUT_ACTOR`, else `login@machine`."""
    return os.environ.get("CALLOUT_ACTOR") or f"{getpass.getuser()}@{socket.gethostname()}"


def connect(target: Target) -> Session:
    """An OpenSSH session; nothing is sent before its first use."""
    from callout.shell.session import OpenSSHSession

    return OpenSSHSession(target)
