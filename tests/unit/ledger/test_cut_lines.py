"""A line that is cut, at any point of an append: it is always known, or said to be unknown, what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from callout.errors import CalloutError
from callout.ledger import Draft, Event, open_ledger
from callout.ledger.address import postgres_address
from callout.ledger.chain import verify_chain
from callout.ledger.postgres import PostgresLedger
from callout.ledger.postgres_connection import connect
from callout.ledger.store import LedgerView
from tests.cutting_proxy import CuttingProxy
from tests.team_server import PASSWORD, TeamServer, name_in
from tests.unit.ledger.conftest import NOW

Make = Callable[..., Draft]
# As it crosses the line; BEGIN … READ COMMITTED does not end so.
COMMIT = b"COMMIT\0"


@pytest.fixture
def proxy(team_server: TeamServer) -> Iterator[CuttingProxy]:
    cutting = CuttingProxy(team_server.port)
    yield cutting
    cutting.close()


@pytest.fixture
def far(team_server: TeamServer, proxy: CuttingProxy) -> Iterator[PostgresLedger]:
    """A ledger at the end of a line that can be cut."""
    name = name_in(team_server.emptied())
    open_ledger(team_server.url(name), lambda: NOW).close()
    url = f"postgresql+psycopg://owner:{PASSWORD}@127.0.0.1:{proxy.port}/{name}?sslmode=disable"
    address = postgres_address(url)
    with closing(PostgresLedger(address, connect(address), lambda: NOW, settle_s=2)) as ledger:
        yield ledger


def stored(far: PostgresLedger) -> list[Event]:
    assert verify_chain(far.rows(), far.complaints())[0].code == "whole"
    return list(far.events())


def test_a_line_cut_while_nothing_was_asked(far: PostgresLedger, proxy: CuttingProxy, draft: Make) -> None:
    """A firewall that forgets: reading and writing go on without a word."""
    far.append(draft(number=1))
    proxy.cut_now()
    assert far.append(draft(number=2))[0].seq == 2
    proxy.cut_now()
    assert len(stored(far)) == 2


@pytest.mark.parametrize("word", [b"pg_advisory_xact_lock", b"ORDER BY seq DESC", b"noted", COMMIT])
def test_cut_before_it_arrived(far: PostgresLedger, proxy: CuttingProxy, draft: Make, word: bytes) -> None:
    """It is said that nothing was recorded, and nothing was; or, cut right at the beginning, it just goes on."""
    far.append(draft(number=1))
    proxy.cut_when(lambda data: word in data)
    if word == b"pg_advisory_xact_lock":
        far.append(draft(number=2))
        assert len(stored(far)) == 2
        return
    with pytest.raises(CalloutError, match="the connection was cut; nothing was recorded"):
        far.append(draft(number=2))
    assert proxy.cuts == 1
    assert len(stored(far)) == 1
    assert far.append(draft(number=3))[0].seq == 2


def test_cut_while_deciding(far: PostgresLedger, proxy: CuttingProxy, draft: Make) -> None:
    """What is decided after the cut would be decided without the lock: it is not, and nothing is recorded."""
    far.append(draft(number=1))

    def decide(view: LedgerView) -> list[Draft]:
        proxy.cut_now()
        return [draft(number=len(list(view.events(kind="noted"))))]

    with pytest.raises(CalloutError, match="the connection was cut; nothing was recorded"):
        far.append_after(decide)
    assert len(stored(far)) == 1
    assert far.append(draft(number=2))[0].seq == 2


def test_committed_and_the_answer_lost(far: PostgresLedger, proxy: CuttingProxy, draft: Make) -> None:
    """It is found to be recorded, once, and nobody is told to do it again."""
    proxy.cut_when(lambda data: COMMIT in data, answered=True)
    (event,) = far.append(draft("opened", "NEW"))
    assert proxy.cuts == 1
    assert [one.id for one in stored(far)] == [event.id]


@pytest.mark.parametrize("answered", [True, False])
def test_nobody_there_to_ask_afterwards(
    far: PostgresLedger, proxy: CuttingProxy, team_server: TeamServer, draft: Make, answered: bool
) -> None:
    """Not known is said to be not known, with the event's id to ask for; whoever asks later knows."""
    proxy.cut_when(lambda data: COMMIT in data, answered=answered, dead=True)
    with pytest.raises(CalloutError, match="whether it is recorded is not known") as error:
        far.append(draft())
    wanted = error.value.hint.rpartition(" ")[2]
    with closing(open_ledger(team_server.emptied_url, lambda: NOW)) as near:
        assert [event.id for event in near.events(id=wanted)] == ([wanted] if answered else [])


def test_an_interrupted_append_leaves_nothing_behind(team_server: TeamServer, draft: Make) -> None:
    """Ctrl-C while deciding: the lock is free, the connection good."""
    url = team_server.emptied()
    with closing(open_ledger(url, lambda: NOW)) as ledger, closing(open_ledger(url, lambda: NOW)) as other:

        def interrupted(_: object) -> list[Draft]:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            ledger.append_after(interrupted)
        assert other.append(draft())[0].seq == 1
        assert ledger.append(draft())[0].seq == 2
