"""A ticket system of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.desk.bridges.remote_server import RemoteServer


@pytest.fixture
def remote() -> Iterator[RemoteServer]:
    """Over plain HTTP, on the loopback."""
    server = RemoteServer()
    yield server
    server.close()
