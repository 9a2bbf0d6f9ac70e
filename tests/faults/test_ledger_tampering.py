"""5,000 ways to change a ledger afterwards: with a seal that was kept elsewhere every one of them is found."""

from __future__ import annotations

import itertools
import random
import subprocess
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from callout.findings import Status
from callout.ledger import open_ledger
from callout.ledger.address import postgres_address
from callout.ledger.chain import LedgerDamaged, Walk, verify_chain
from callout.ledger.event import Row
from callout.ledger.seal import NAMESPACE, Seal
from callout.signatures.keygen import sign
from callout.steps.ledger import believed_seals
from tests.faults.ledger_site import NOW, old_rows
from tests.faults.tampering import BY_SEAL_ALONE, WAYS, OpenDatabase, OpenFile
from tests.team_server import TeamServer

WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
pytestmark = pytest.mark.faults
ROWS = 40


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return list(old_rows(ROWS))


@pytest.fixture(scope="module")
def seals(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> dict[Seal, str]:
    """One, of the last row, signed by Anna, who may."""
    folder = tmp_path_factory.mktemp("elsewhere")
    key = folder / "anna"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    signers = folder / "allowed_signers"
    signers.write_text(f'anna namespaces="{NAMESPACE}" {key.with_suffix(".pub").read_text()}')
    walk = Walk()
    assert [problem for row in rows if (problem := walk.problem(row))] == []
    head = walk.head()
    seal = Seal(head.ledger, head.seq, head.count, head.hash, "2026-03-02T10:00:00.000000Z")
    file = folder / "head.seal"
    file.write_bytes(seal.text.encode() + sign(seal.text.encode(), key, NAMESPACE))
    return believed_seals([file], signers, None)


def found(url: str, seals: dict[Seal, str]) -> tuple[bool, bool]:
    """Whether verification says so without the seal, and with it. What cannot even be opened is found."""
    try:
        with closing(open_ledger(url, lambda: NOW)) as ledger:
            first, *more = verify_chain(ledger.rows(), ledger.complaints(), seals)
    except LedgerDamaged:
        return True, True
    by_chain = [one for one in (first, *more) if one.check != "ledger.seal" and one.status is Status.FAIL]
    by_seal = [one for one in more if one.check == "ledger.seal" and one.status is Status.FAIL]
    return bool(by_chain), bool(by_chain or by_seal)


@pytest.mark.parametrize(
    ("database", "cases"),
    [
        ("sqlite", 120),
        ("postgresql", 36),
        pytest.param("sqlite", 4200, marks=WHOLE),
        pytest.param("postgresql", 800, marks=WHOLE),
    ],
)
def test_every_tampering_is_found(
    request: pytest.FixtureRequest,
    rows: list[Row],
    seals: dict[Seal, str],
    tmp_path: Path,
    database: str,
    cases: int,
    record_property: Any,
) -> None:
    if database == "sqlite":
        url = f"sqlite:///{tmp_path}/ledger.sqlite"
        opened: OpenFile | OpenDatabase = OpenFile(tmp_path / "ledger.sqlite")
    else:
        running: TeamServer = request.getfixturevalue("team_server")
        url = running.emptied()
        connection = psycopg.connect(**postgres_address(url).parameters, autocommit=True)  # type: ignore[arg-type]
        request.addfinalizer(connection.close)
        opened = OpenDatabase(connection)
    open_ledger(url, lambda: NOW).close()
    opened.put(rows)
    assert found(url, seals) == (False, False)
    chance = random.Random(cases)
    tried: Counter[str] = Counter()
    for name in itertools.islice(itertools.cycle(WAYS), cases):
        changed = WAYS[name](rows, chance)
        while changed == rows:
            changed = WAYS[name](rows, chance)
        opened.put(changed)
        by_chain, by_seal = found(url, seals)
        assert by_seal, (name, changed)
        # The chain alone finds what it can, and these it cannot: that is what the seal is for.
        assert by_chain == (name not in BY_SEAL_ALONE), name
        tried[name] += 1
    opened.put(rows)
    assert found(url, seals) == (False, False)
    record_property("tamperings", tried.total())
    record_property("ways", len(tried))
    record_property("only by the seal", sum(count for name, count in tried.items() if name in BY_SEAL_ALONE))
    record_property("not found", 0)
