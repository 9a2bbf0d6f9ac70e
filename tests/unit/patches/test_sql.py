"""SQL up and down in real databases: all of it or nothing, and where the engine cannot, exactly what is where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callout.errors import NotRolledBack, Refused, RolledBack
from callout.patches.change import SqlChange
from callout.patches.database import Extent, Marks, Way, run_text
from callout.steps.patch import apply_bundle
from callout.steps.plan import make_plan
from callout.steps.roll_back import roll_back
from tests.unit.patches.conftest import Site, idle, three_changes, well
from tests.unit.patches.databases import Engine, mariadb, sqlite
from tests.unit.patches.test_apply import ill

UP = b"UPDATE sample SET word = 'new';\nINSERT INTO sample VALUES (3, 'new');\n"
DOWN = b"DELETE FROM sample WHERE id = 3;\nUPDATE sample SET word = 'old';\n"
# What no engine of MySQL's kind takes back by itself.
TABLE_UP = b"UPDATE sample SET word = 'new';\nCREATE TABLE another (id INTEGER);\n"
TABLE_DOWN = b"DROP TABLE IF EXISTS another;\nUPDATE sample SET word = 'old';\n"
OLD, NEW = "1|old\n2|old\n", "1|new\n2|new\n3|new\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Engine]:
    with mariadb() as made:
        yield made


# A second of `podman exec` each: MariaDB meets three tests in `make test`, and all of them in `make faults`.
@pytest.fixture(params=["sqlite", pytest.param("mysql", marks=pytest.mark.faults_whole)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "mysql":
        made: Engine = request.getfixturevalue("server")
        made.anew()
        yield made
        return
    with sqlite(tmp_path) as file:
        file.anew()
        yield file


def rows(engine: Engine) -> str:
    tables, said = engine.state()
    assert not [name for name in tables if name.startswith("callout_")], "our marks are still there"
    return said.replace("\t", "|")


def bundle_of(site: Site, engine: Engine, up: bytes = UP, down: bytes = DOWN, transactional: bool = True) -> Path:
    site.database = engine.profile
    return site.bundle(three_changes(), sql={"up": up, "down": down, "transactional": transactional})


def apply(site: Site, bundle: Path, health: Any = well) -> Any:
    plan = make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1").hash
    return apply_bundle(site.context, site.system, site.callout, bundle, plan, health, idle)


@pytest.mark.parametrize("transactional", [True, False])
def test_up_and_down_again(site: Site, engine: Engine, transactional: bool):
    before = site.tree()
    bundle = bundle_of(site, engine, transactional=transactional)
    assert apply(site, bundle).changed
    assert rows(engine) == NEW
    assert roll_back(site.context, site.system, site.callout, "PW-2041", well).changed
    assert (rows(engine), site.tree()) == (OLD, before)


def test_health_that_fails_takes_the_database_back(site: Site, engine: Engine):
    before = site.tree()
    with pytest.raises(RolledBack, match="The GUI answers 500"):
        apply(site, bundle_of(site, engine), ill)
    assert (rows(engine), site.tree()) == (OLD, before)


def test_mariadb_in_a_transaction_there_and_back(site: Site, server: Engine):
    server.anew()
    before = site.tree()
    with pytest.raises(RolledBack, match=r"the database did not take the bundle's SQL: .*no_such_table"):
        apply(site, bundle_of(site, server, up=UP + b"UPDATE no_such_table SET x = 1;\n"))
    assert (rows(server), site.tree()) == (OLD, before)
    assert apply(site, bundle_of(site, server)).changed
    assert rows(server) == NEW
    assert roll_back(site.context, site.system, site.callout, "PW-2041", well).changed
    assert (rows(server), site.tree()) == (OLD, before)


def test_sql_that_fails_half_way_in_a_transaction_leaves_nothing(site: Site, engine: Engine):
    before = site.tree()
    with pytest.raises(RolledBack, match=r"the database did not take the bundle's SQL: .*no_such_table"):
        apply(site, bundle_of(site, engine, up=UP + b"UPDATE no_such_table SET x = 1;\n"))
    assert (rows(engine), site.tree()) == (OLD, before)


def test_sql_that_fails_half_way_without_one_is_taken_back_by_its_down(site: Site, engine: Engine):
    """And that only a part had been done is told."""
    before = site.tree()
    up = TABLE_UP + b"UPDATE no_such_table SET x = 1;\n"
    with pytest.raises(RolledBack):
        apply(site, bundle_of(site, engine, up=up, down=TABLE_DOWN, transactional=False))
    assert (engine.tables(), rows(engine), site.tree()) == (["sample"], OLD, before)
    failed = next(site.context.ledger.events(kind="patch_failed"))
    assert [reason["code"] for reason in failed.body["reasons"]] == ["refused", "part-taken-back"]


def test_down_that_fails_tells_exactly_what_is_where(site: Site, engine: Engine):
    """Files and database are both the new ones: no mixture, and a person is called."""
    with pytest.raises(NotRolledBack, match=r"has all of the change, the files are the new ones; .*no_such_table"):
        apply(site, bundle_of(site, engine, down=b"UPDATE no_such_table SET x = 1;\n"), ill)
    assert engine.state()[1].replace("\t", "|") == NEW
    assert (site.root / "gui/login.php").read_bytes() == b"new login\n"


def test_part_that_cannot_be_taken_back_is_told_as_a_part(site: Site, engine: Engine):
    up = TABLE_UP + b"UPDATE no_such_table SET x = 1;\n"
    with pytest.raises(NotRolledBack, match="has a part of the change"):
        apply(site, bundle_of(site, engine, up=up, down=b"DROP TABLE no_such_table;\n", transactional=False))


def test_text_that_swallows_its_end_is_not_taken_for_done(site: Site, engine: Engine):
    """An open quote or comment takes our own last statements with it."""
    before = site.tree()
    for tail in (b"UPDATE sample SET word = 'new\n", b"/* never closed\n"):
        with pytest.raises(RolledBack):
            apply(site, bundle_of(site, engine, up=UP + tail))
        assert (rows(engine), site.tree()) == (OLD, before), tail


def test_implicit_commit_in_a_transaction_is_seen_as_a_part(site: Site, server: Engine):
    """`transactional` was promised, and the engine committed by itself: the marks say so, the promise does not."""
    server.anew()
    up = TABLE_UP + b"UPDATE no_such_table SET x = 1;\n"
    with pytest.raises(RolledBack):
        apply(site, bundle_of(site, server, up=up, down=TABLE_DOWN))
    assert (server.tables(), rows(server)) == (["sample"], OLD)
    failed = next(site.context.ledger.events(kind="patch_failed"))
    assert "part-taken-back" in [reason["code"] for reason in failed.body["reasons"]]


def test_no_client_there_is_refused_before_anything(site: Site, engine: Engine):
    before = site.tree()
    bundle = bundle_of(site, engine)
    assert site.database is not None
    site.database = {**site.database, "client": ["no-such-client"]}
    with pytest.raises(Refused, match="no client for its database"):
        apply(site, bundle)
    assert (rows(engine), site.tree()) == (OLD, before)


@pytest.mark.parametrize(
    ("steps", "forward", "before", "after"),
    [
        ((), Extent.NOTHING, True, False),
        (("forward-open",), Extent.PART, False, False),
        (("forward-open", "forward-done"), Extent.ALL, False, True),
        (("forward-open", "forward-done", "backward-open"), Extent.ALL, False, False),
        (("forward-open", "forward-done", "backward-open", "backward-done"), Extent.ALL, True, False),
        (("forward-open", "backward-open", "backward-done"), Extent.PART, True, False),
    ],
)
def test_what_the_marks_say(steps: tuple[str, ...], forward: Extent, before: bool, after: bool):
    marks = Marks(frozenset(steps))
    assert (marks.extent(Way.FORWARD), marks.as_before, marks.as_after) == (forward, before, after)


def test_text_is_in_the_transaction_between_its_marks():
    sql = SqlChange("mysql", "pbxware", "mysql", "f", "b", True)
    lines = run_text(sql, "0123456789ab", Way.FORWARD, b"SELECT 1;\n").decode().splitlines()
    assert lines[2:] == [
        "START TRANSACTION;",
        "REPLACE INTO `pbxware`.callout_0123456789ab VALUES ('forward-open');",
        "SELECT 1;",
        "delimiter ;",
        "REPLACE INTO `pbxware`.callout_0123456789ab VALUES ('forward-done');",
        "COMMIT;",
        "SELECT CONCAT('mark ', step) FROM `pbxware`.callout_0123456789ab;",
    ]
