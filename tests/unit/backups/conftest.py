"""A practice site, a context on a real ledger, and both shells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from callout.ledger import open_ledger
from callout.places import Places
from callout.steps.context import Context
from tests.unit.backups.practice_site import PracticeSite, build_site
from tests.unit.local_shell import BUSYBOX, DASH, LocalShellSession


@pytest.fixture
def site(tmp_path: Path) -> PracticeSite:
    return build_site(tmp_path)


@pytest.fixture(params=[DASH, BUSYBOX], ids=["dash-gnu", "busybox"])
def session(request: pytest.FixtureRequest, site: PracticeSite) -> LocalShellSession:
    """A session to the site, once with dash and GNU tools, once with nothing but busybox."""
    return site.session(request.param)


@pytest.fixture
def context(tmp_path: Path, site: PracticeSite) -> Iterator[Context]:
    """Its sessions are dash with GNU tools."""
    places = Places(inventory=tmp_path, data=tmp_path / ".callout", ledger=f"sqlite:///{tmp_path}/ledger.sqlite")

    def now() -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    ledger = open_ledger(places.ledger, now)
    local = site.session()
    yield Context(ledger=ledger, places=places, actor="eva@desk", now=now, connect=lambda _: local)
    ledger.close()
