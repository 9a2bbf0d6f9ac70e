"""`callout patch announce|who|exposed|list` and `callout report change` as a person types them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callout.cli.main import build_app
from callout.cli.shared import guarded
from callout.steps.patch import apply_bundle
from callout.steps.plan import make_plan
from tests.unit.patches.conftest import Site, idle, three_changes, well
from tests.unit.patches.test_cli import INVENTORY

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def callout(site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a verb on the site's inventory and ledger."""
    hosts = site.inventory / "hosts.yml"
    hosts.write_text(INVENTORY)
    monkeypatch.setenv("CALLOUT_LEDGER", site.context.places.ledger)
    monkeypatch.setenv("CALLOUT_DATA", str(site.context.places.data))

    def run(*words: Any) -> tuple[int, str, str]:
        told = [*map(str, words), "-i", str(hosts)]
        status = guarded(lambda: build_app(told[0])(told, prog_name="callout"))
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def put_in(site: Site, bundle: Path) -> None:
    plan = make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1")
    apply_bundle(site.context, site.system, site.callout, bundle, plan.hash, well, idle)


def test_announced_exposed_then_put_in(site: Site, callout: Run) -> None:
    bundle = site.bundle(three_changes(), severity="critical")
    status, out, said = callout("patch", "announce", bundle)
    assert (status, "PW-2041 is announced" in out, "--confirmed-at" in said) == (0, True, True)
    assert callout("patch", "announce", bundle, "--confirmed-at", "2026-03-03T09:00+01:00")[0] == 0
    status, out, _ = callout("patch", "exposed", "PW-2041")
    assert status == 3
    assert "due 2026-03-04 08:00 UTC" in out
    assert "customer: consent, it is charged" in out
    put_in(site, bundle)
    status, out, _ = callout("patch", "exposed", "PW-2041", "--json")
    told = json.loads(out)
    assert (status, told["systems"], told["clock"]["due_at"]) == (0, [], "2026-03-04T08:00:00.000000Z")
    assert "eva@desk  CO-0001" in callout("patch", "who", "PW-2041")[1]
    (row,) = csv.DictReader(io.StringIO(callout("patch", "who", "PW-2041", "--format", "csv")[1]))
    assert (row["system"], row["stands"], row["by"], row["exposed"]) == ("acme-pbx1", "in", "eva@desk", "no")
    listed = json.loads(callout("patch", "list", "acme-pbx1", "--json")[1])
    assert [(one["bundle"], one["stands"]) for one in listed["bundles"]] == [("PW-2041", "in")]


def test_a_bundle_that_was_never_announced_exits_4_for_not_known(site: Site, callout: Run) -> None:
    put_in(site, site.bundle(three_changes()))
    site.context.record("restored", site.system, site.callout, {})
    status, out, _ = callout("patch", "exposed", "PW-2041")
    assert (status, "0 exposed, 1 not known." in out) == (4, True)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("patch", "who", "PW-9"), "PW-9"),
        (("patch", "list", "nobody"), "nobody"),
        (("patch", "announce", "gone.callout"), "gone.callout"),
        (("patch", "announce", "gone.callout", "--confirmed-at", "yesterday"), "yesterday"),
        (("patch", "announce", "gone.callout", "--confirmed-at", "2026-03-03T09:00"), "2026-03-03T09:00"),
        (("report", "change", "CO-9999"), "CO-9999"),
    ],
)
def test_bad_input_is_one_sentence_and_a_remedy(callout: Run, words: tuple[str, ...], named: str) -> None:
    status, out, said = callout(*words)
    assert (status, out) == (2, "")
    assert named in said
    assert len(said.splitlines()) == 2


def test_a_report_by_the_name_of_its_file_with_differences(site: Site, callout: Run, tmp_path: Path) -> None:
    bundle = site.bundle(three_changes())
    put_in(site, bundle)
    assert "Keeps the login page from forgetting" in callout("report", "change", "CO-0001")[1]
    page = tmp_path / "report.html"
    status, out, said = callout("report", "change", "CO-0001", "-o", page, "--differences", bundle)
    assert (status, out, f"Wrote {page}." in said) == (0, "", True)
    assert page.stat().st_mode & 0o777 == 0o600
    assert "-old login\n+new login\n" in page.read_text()
    assert "old login" not in callout("report", "change", "CO-0001")[1]


def test_another_bundle_than_the_callouts_has_no_differences(site: Site, callout: Run) -> None:
    bundle = site.bundle(three_changes())
    status, _, said = callout("report", "change", "CO-0001", "--differences", bundle)
    assert (status, "did not put PW-2041 in" in said) == (2, True)
