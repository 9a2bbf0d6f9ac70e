"""A workplace for sessions on the local sshd: an inventory with one system, a ledger, and whoever is told things."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from callout.inventory import System, load_inventory
from callout.ledger import Event, open_ledger
from callout.places import Places
from callout.shell.conversation import Wanted
from callout.steps.context import Context
from callout.steps.ssh_session import Clocks, Desk, SessionEnd, hold_session
from callout.worklog.recorded_work import Asked, Measured, Said
from tests.unit.shell.person import Person

HOSTS = """
all:
  children:
    globex:
      hosts:
        loop-pbx1:
          ansible_host: 127.0.0.1
          ansible_port: {port}
          ansible_user: {user}
          ansible_ssh_private_key_file: {folder}/id_ed25519
          callout_system: {{product: pbxware, gui: {{user: admin, password: Gui-s3cret}}, api: {{key: Api-s3cret}}}}
      vars:
        callout_customer:
          id: globex
          name: Globex
          contract: support
          registered_addresses: [it@globex.example]
          time_zone: America/New_York
          currency: EUR
"""
ENVIRONMENT = {"TERM": "xterm", "SHELL": "/bin/sh", "HOME": "/nobody", "TOKEN": "none of theirs"}


@dataclasses.dataclass
class Site:
    """One system, its context, and what was said to the person."""

    context: Context
    system: System
    said: list[str] = dataclasses.field(default_factory=list)
    asked: list[Measured] = dataclasses.field(default_factory=list)

    def hold(
        self, person: Person, command: str = "", answer: Said | None = None, clocks: Clocks | None = None, **asked: Any
    ) -> SessionEnd:
        """A session of a person, whose answer at the end is `answer`."""

        def ask(measured: Measured) -> Said:
            self.asked.append(measured)
            return answer or Said()

        wanted = Wanted((command,) if command else (), terminal=True)
        desk = Desk(person.doors, self.said.append, ask, dict(ENVIRONMENT))
        told = Asked(**{"ticket": "T-1", "command": command, **asked})
        return hold_session(self.context, self.system, told, wanted, desk, clocks)

    def with_system(self, **policy: Any) -> Site:
        """The same with another policy of sessions."""
        sessions = self.system.policy.sessions.model_copy(update=policy)
        other = self.system.model_copy(update={"policy": self.system.policy.model_copy(update={"sessions": sessions})})
        return dataclasses.replace(self, system=other)

    def events(self) -> list[Event]:
        """All events, read anew."""
        ledger = open_ledger(self.context.places.ledger, self.context.now)
        try:
            return list(ledger.events())
        finally:
            ledger.close()

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events()]

    def recordings(self) -> list[Path]:
        return sorted(self.context.places.recordings.glob("*"))

    def again(self) -> Site:
        """The next command: a new context on the same ledger."""
        context = self.context
        ledger = open_ledger(context.places.ledger, context.now)
        return dataclasses.replace(self, context=dataclasses.replace(context, ledger=ledger), said=[], asked=[])


def system_at(sshd: Any, folder: Path) -> System:
    """The one system of an inventory that is written into `folder`."""
    target = sshd.target()
    (folder / "hosts.yml").write_text(HOSTS.format(port=sshd.port, user=target.user, folder=sshd.folder))
    (folder / "known_hosts").write_bytes((sshd.folder / "known_hosts").read_bytes())
    return load_inventory(Places(folder, folder / ".callout", "")).system("loop-pbx1")


def site_in(folder: Path, system: System) -> Site:
    """A site with an empty ledger below `folder`."""

    def connect(target: object) -> None:
        raise AssertionError("a person's session needs no other one")

    places = Places(folder, folder / "data", f"sqlite:///{folder}/data/ledger.sqlite")
    ledger = open_ledger(places.ledger, now)
    return Site(Context(ledger, places, "eva@desk", now, connect), system)  # type: ignore[arg-type]


def now() -> dt.datetime:
    """The time in UTC."""
    return dt.datetime.now(dt.UTC)


def types(*keys: bytes) -> Callable[[Person], None]:
    """Each line once the one before has been echoed; the last one ends it."""

    def script(person: Person) -> None:
        person.wait_for(b"go> ")
        for line in keys:
            person.types(line + b"\n")

    return script


SHELL = "PS1='go> ' exec sh -i"
EXIT = types(b"exit 0")


class Shifted:
    """The real clocks, to which a test adds.

    `passed_s` as time that passed, `asleep_s` as if the machine slept so long, `set_s` as if somebody set its clock.
    """

    def __init__(self) -> None:
        self.asleep_s, self.set_s, self.passed_s = 0.0, 0.0, 0.0

    @property
    def clocks(self) -> Clocks:
        return Clocks(lambda: self._awake() + self.asleep_s, self._awake)

    def _awake(self) -> float:
        return time.monotonic() + self.passed_s

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self.passed_s + self.asleep_s + self.set_s)
