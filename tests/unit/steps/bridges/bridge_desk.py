"""Two customers, bridges to a server on the loopback, and what a test does with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callout.inventory import Customer, Inventory, Policy
from callout.ledger import Draft, Event
from callout.steps.bridge import Pulled, pull, system_behind
from callout.steps.bridge_push import Pushed, push
from callout.steps.context import Context
from tests.unit.desk.bridges.remote_server import RemoteServer, moment

SINCE = moment("2026-11-20T00:00:00+00:00")
STATES = {"open": "open", "paused": "stalled", "ended": "resolved", "bug": "in tracker"}


class Desk:
    """What a test does with bridges."""

    def __init__(self, context: Context, remote: RemoteServer, make_customer: Callable[..., Customer]) -> None:
        self.context, self.remote = context, remote
        bridge = {"url": remote.url, "token": "1-2-abc", "timeout_s": 10, "states": STATES}
        bridges = {"rt": bridge, "zammad": {**bridge, "queue": "Support"}}
        policy = Policy.model_validate({"desk": {"bridges": bridges}})
        customers = {
            "globex": make_customer(),
            "initech": make_customer(id="initech", name="Initech", registered_addresses=["carl@INITECH.example"]),
        }
        self.inventory = Inventory({}, customers, policy)

    def pull(self, name: str = "rt", **options: Any) -> Pulled:
        """One reading."""
        return pull(self.context, self.inventory, name, system_behind(self.context, self.inventory, name), **options)

    def push(self, case: str, context: Context | None = None, name: str = "rt") -> Pushed:
        """One telling."""
        system = system_behind(self.context, self.inventory, name)
        return push(context or self.context, case, system, STATES)

    def events(self, *kinds: str) -> list[Event]:
        """Of these kinds."""
        return list(self.context.ledger.events(kinds=kinds))

    def tell(self, kind: str, case: str, **body: Any) -> None:
        """An event of ours in a case of Globex, now."""
        said = {"case": case, **body}
        self.context.ledger.append(Draft(kind, self.context.now(), "eva@desk", "globex", "", "", said))


def whats(found: Pulled) -> list[tuple[str, str, str]]:
    """What became of each ticket."""
    return [(row.ticket, row.what, row.case) for row in found.rows]
