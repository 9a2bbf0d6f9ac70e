"""A bundle with SQL that is killed at every step: files and database are both old or both new once it is recovered."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from callout.errors import CalloutError
from callout.steps.context import Context
from callout.steps.patch import apply_bundle
from callout.steps.plan import make_plan
from callout.steps.recover import recover
from callout.steps.roll_back import roll_back
from tests.faults.patch_trial import Trial, points
from tests.unit.patches.conftest import Site, idle, three_changes, well
from tests.unit.patches.conftest import keys as keys
from tests.unit.patches.conftest import site as site
from tests.unit.patches.databases import Engine, mariadb, sqlite

pytestmark = pytest.mark.faults
WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
UP = b"UPDATE sample SET word = 'new';\nINSERT INTO sample VALUES (3, 'new');\n"
DOWN = b"DELETE FROM sample WHERE id = 3;\nUPDATE sample SET word = 'old';\n"
OLD, NEW = "1|old\n2|old\n", "1|new\n2|new\n3|new\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Engine]:
    with mariadb() as made:
        yield made


@pytest.fixture
def engine(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[Engine]:
    if kind == "mysql":
        yield request.getfixturevalue("server")
        return
    with sqlite(tmp_path) as file:
        yield file


def prepared(site: Site, engine: Engine) -> Trial:
    site.database = engine.profile
    engine.anew()
    bundle = site.bundle(three_changes(), sql={"up": UP, "down": DOWN, "transactional": True})
    plan = make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1").hash
    made = Trial(site, bundle, plan, site.tree())
    made.remember()
    made.apply(site.context)
    made.new = site.own_tree()
    roll_back(site.context, site.system, site.callout, "PW-2041", well)
    return made


def end(trial: Trial, engine: Engine) -> str:
    """`old` or `new`; a mixture of files and database is neither."""
    tables, rows = engine.state()
    assert tables == ["sample"], tables
    pair = (trial.is_old, rows.replace("\t", "|")), (trial.is_new, rows.replace("\t", "|"))
    assert pair[0] == (True, OLD) or pair[1] == (True, NEW), (rows, sorted(trial.site.tree()))
    return "old" if pair[0] == (True, OLD) else "new"


KINDS = [("sqlite", 79), pytest.param("sqlite", 1, marks=WHOLE), pytest.param("mysql", 3, marks=WHOLE)]


@pytest.mark.parametrize(("kind", "step"), KINDS)
def test_killed_at_every_step_of_an_apply_with_sql(site: Site, engine: Engine, record_property, kind, step):
    trial = prepared(site, engine)
    tried = list(points(trial, trial.apply, step))
    record_property("points", len(tried))
    for point in tried:
        trial.back_to_old()
        engine.anew()
        with contextlib.suppress(CalloutError):
            trial.apply(trial.killed(*point))
        assert trial.was_killed, point
        recover(site.context, site.system, site.callout, well)
        end(trial, engine)
        apply_bundle(site.context, site.system, site.callout, trial.bundle, trial.plan, well, idle)
        assert end(trial, engine) == "new", point


@pytest.mark.parametrize(("kind", "step"), KINDS)
def test_killed_at_every_step_of_a_rollback_with_sql(site: Site, engine: Engine, record_property, kind, step):
    trial = prepared(site, engine)

    def ready() -> None:
        trial.back_to_old()
        engine.anew()
        trial.apply(site.context)

    def back(context: Context) -> None:
        roll_back(context, site.system, site.callout, "PW-2041", well)

    ready()
    tried = list(points(trial, back, step))
    record_property("points", len(tried))
    for point in tried:
        ready()
        with contextlib.suppress(CalloutError):
            back(trial.killed(*point))
        assert trial.was_killed, point
        recover(site.context, site.system, site.callout, well)
        end(trial, engine)
        back(site.context)
        assert end(trial, engine) == "old", point
