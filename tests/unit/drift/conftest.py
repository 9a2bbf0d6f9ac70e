"""A looked-at site, under dash with GNU tools and with busybox alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.drift.looked_site import LookedSite, build_site, few_settings
from tests.unit.local_shell import BUSYBOX, DASH, LocalShellSession


@pytest.fixture
def site(tmp_path: Path) -> LookedSite:
    """The system."""
    return build_site(tmp_path / "system")


@pytest.fixture(params=[DASH, BUSYBOX], ids=["dash", "busybox"])
def session(request: pytest.FixtureRequest, tmp_path: Path) -> LocalShellSession:
    """A session to it."""
    session = LocalShellSession(tmp_path / "tools", request.param)
    few_settings(session)
    return session


@pytest.fixture
def in_dash(tmp_path: Path) -> LocalShellSession:
    """One under dash, for what is the same under either."""
    session = LocalShellSession(tmp_path / "tools", DASH)
    few_settings(session)
    return session
