"""The other system, and a desk with bridges to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from callout.inventory import Customer
from callout.steps.context import Context
from tests.unit.desk.bridges.remote_server import RemoteServer, moment
from tests.unit.steps.bridges.bridge_desk import Desk
from tests.unit.steps.conftest import Clock


@pytest.fixture
def remote() -> Iterator[RemoteServer]:
    """The other system."""
    server = RemoteServer()
    yield server
    server.close()


@pytest.fixture
def desk(context: Context, clock: Clock, remote: RemoteServer, make_customer: Callable[..., Customer]) -> Desk:
    """Two customers, two bridges, and Monday afternoon."""
    clock.now = moment("2026-11-23T14:00:00+00:00")
    return Desk(context, remote, make_customer)
