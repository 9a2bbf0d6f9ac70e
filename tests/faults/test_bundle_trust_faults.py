"""126 and more bundles that must not be accepted, each with its own answer; a good one is, before and after."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import subprocess
from pathlib import Path
from typing import Any

import pytest

from callout.errors import BadInput, TrustRefused
from callout.ledger import Draft
from callout.patches.build import build
from callout.steps.plan import make_plan
from tests.faults.bundle_stand import BLOCKED, NO_BUNDLE, Stand
from tests.faults.untrusted_bundles import spoilt_bundles
from tests.faults.untrusted_signers import untrusted_signers
from tests.unit.patches.conftest import NOW, Site, make_key, public, three_changes
from tests.unit.patches.conftest import keys as keys
from tests.unit.patches.conftest import site as site

pytestmark = pytest.mark.faults
WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
CASES = [*spoilt_bundles(), *untrusted_signers()]
ACCEPTED = ("applicable", "already-in", "superseded")


@pytest.fixture(scope="module")
def more_keys(keys: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("more-keys")
    made = {**keys, "carla": make_key(folder, "carla")}
    for kind in ("rsa", "ecdsa"):
        made[kind] = folder / kind
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", kind, "-f", made[kind]], check=True)
    return made


@pytest.fixture
def payload(site: Site) -> bytes:
    """A bundle that says all that there is to say, and fits the site."""
    folder = site.source(
        [
            *three_changes(),
            {"path": "etc/other.conf", "action": "patch", "before": ["files/original"], "diff": "files/d"},
        ],
        versions={"minimum": "8.0", "maximum": "8.1"}, customers=["acme"], expires="2027-01-31T00:00:00Z", sequence=3,
        sql={"up": "files/up", "down": "files/down", "transactional": True}, supersedes=["PW-1000"],
        requires=["PW-1001"], conflicts=["PW-1002"], health=["web.gui"], manual=["Tell them."],
    )  # fmt: skip
    (folder / "files/original").write_bytes(b"other\n")
    (folder / "files/d").write_bytes(b"--- a\n+++ b\n@@ -1 +1 @@\n-other\n+else\n")
    (folder / "files/up").write_bytes(b"UPDATE a SET b = 1;\n")
    (folder / "files/down").write_bytes(b"UPDATE a SET b = 0;\n")
    return build(folder).payload


@dataclasses.dataclass
class Court:
    """Judges a stand by the step that a person runs, on a ledger that goes on from case to case."""

    site: Site
    number: int = 0

    def answer(self, stand: Stand) -> str:
        """`accepted`, `blocked: CODE …`, or the message of what was raised; each from a system that is new."""
        self.number += 1
        name = f"acme-pbx{self.number}"
        bundle = self.site.inventory / f"{self.number}.callout"
        bundle.write_bytes(stand.to_bytes())
        plain = self.site.system
        patches = plain.policy.patches.model_copy(update=stand.policy)
        system = plain.model_copy(
            update={
                "name": name,
                "customer": plain.customer.model_copy(update={"id": stand.customer}),
                "target": plain.target.model_copy(update={"product": stand.product}),
                "policy": plain.policy.model_copy(update={"patches": patches}),
            }
        )
        self._open(system.customer.id, name)
        for told in ({"id": "PW-1001", "sequence": 1, "standing": True}, *stand.applied):
            self._applied(system.customer.id, name, {"id": "PW-2041", **told})
        context = dataclasses.replace(self.site.context, now=lambda: stand.now)
        try:
            plan = make_plan(context, system, f"CO-{self.number + 1:04}", bundle, lambda _: stand.version)
        except TrustRefused as refused:
            return refused.message if refused.exit_status == 6 and refused.hint else f"not well said: {refused}"
        except BadInput as refused:
            return f"{NO_BUNDLE}: {refused.message}"
        codes = " ".join(reason.code for reason in plan.reasons)
        return "accepted" if plan.verdict in ACCEPTED else f"{plan.verdict}: {codes}"

    def _open(self, customer: str, system: str) -> None:
        self._append("opened", customer, system, {"ticket": "T-1"})

    def _applied(self, customer: str, system: str, told: dict[str, Any]) -> None:
        bundle = {"id": told["id"], "sequence": told["sequence"], "sha256": "0" * 64}
        named = f"{told['id']}-{told['sequence']}"
        self._append("planned", customer, system, {"plan": {"bundle": bundle}, "hash": named, "verdict": "applicable"})
        self._append("patched", customer, system, {"bundle": told["id"], "plan_hash": named, "transaction": named})
        if not told["standing"]:
            self._append("rolled_back", customer, system, {"bundle": told["id"], "undoes": named})

    def _append(self, kind: str, customer: str, system: str, body: dict[str, Any]) -> None:
        self.site.context.ledger.append(Draft(kind, NOW, "eva", customer, system, f"CO-{self.number + 1:04}", body))


def _allow_anna(stand: Stand) -> None:
    stand.allow('anna@vendor.example namespaces="callout-bundle" {anna}')
    (stand.inventory / "revoked_keys").unlink(missing_ok=True)


def test_there_are_as_many_cases_as_the_issue_names():
    assert len(CASES) >= 126
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("step", [11, pytest.param(1, marks=WHOLE)])
def test_none_is_accepted_and_each_has_its_answer(
    site: Site, more_keys: dict[str, Path], payload: bytes, step: int, record_property: Any
):
    court = Court(site)
    good = Stand(more_keys, site.inventory, payload, NOW)
    good.policy = {}
    wrong = []
    for case in CASES[::step]:
        stand = copy.deepcopy(good)
        _allow_anna(stand)
        case.spoil(stand)
        answer = court.answer(stand)
        told = answer if case.answer.startswith((BLOCKED, NO_BUNDLE)) else answer.replace(str(site.inventory), "")
        if case.answer not in told:
            wrong.append((case.name, case.answer, answer))
        assert answer != "accepted", case.name
    assert not wrong
    _allow_anna(good)
    # All the while the same bundle, as it was signed, is a good one; also on the last second of its time.
    assert court.answer(copy.deepcopy(good)) == "accepted"
    assert (
        court.answer(dataclasses.replace(good, now=dt.datetime(2027, 1, 30, 23, 59, 59, tzinfo=dt.UTC))) == "accepted"
    )
    two = dataclasses.replace(good, signers=["anna", "boris"], policy={"signatures_needed": 2})
    two.allow("anna {anna}", "boris {boris}")
    assert court.answer(two) == "accepted"
    assert public(more_keys["anna"]) in (site.inventory / "allowed_signers").read_text()
    record_property("cases", len(CASES[::step]))
    record_property("accepted", 0)
