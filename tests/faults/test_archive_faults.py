"""45 and more archives that attack whoever unpacks them: as the bundle, and as a payload that was duly signed.

None is a bundle. Nothing appears or changes anywhere near, nothing takes long or much, and nothing is a traceback.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from callout.cli.main import build_app
from callout.cli.shared import guarded
from callout.errors import BadInput, TrustRefused
from callout.patches.archive import read_members
from callout.patches.build import build
from callout.patches.bundle import Container
from callout.patches.signature import sign
from callout.steps.plan import make_plan
from tests.faults.archive_attacks import OUTSIDE, attacks
from tests.unit.patches.conftest import Site, three_changes
from tests.unit.patches.conftest import keys as keys
from tests.unit.patches.conftest import site as site

pytestmark = pytest.mark.faults
WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
ATTACKS = attacks()


def everything(folder: Path) -> dict[str, Any]:
    """All that lies below a folder, with content and mode."""
    return {
        str(path): (path.lstat().st_mode, path.read_bytes() if path.is_file() and not path.is_symlink() else b"")
        for path in folder.rglob("*")
    }


def test_there_are_as_many_as_the_issue_names():
    assert len(ATTACKS) >= 45


@pytest.mark.parametrize("step", [10, pytest.param(1, marks=WHOLE)])
def test_nothing_outside_the_named_paths(
    site: Site, capsys: pytest.CaptureFixture[str], step: int, record_property: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(site.inventory)
    good = build(site.source(three_changes()))
    payload = read_members(good.payload, what="x", maximum_members=9)
    signature = sign(good.payload, site.anna)
    bundle = site.inventory / "attack.callout"
    bundle.write_bytes(b"")
    for name, attack in list(ATTACKS.items())[::step]:
        signed = attack(payload)
        for raw in (
            attack({"payload.tar": good.payload, "signatures/1.sig": signature}),
            Container(signed, (sign(signed, site.anna),)).to_bytes(),
        ):
            bundle.write_bytes(raw)
            before = everything(site.inventory.parent)
            began = time.process_time()
            with pytest.raises((BadInput, TrustRefused)) as refused:
                make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1")
            # A bundle whose payload is a bundle has no signature of its own.
            sentences = ("is no patch bundle", "it holds more", "is not signed")
            assert any(one in refused.value.message for one in sentences), name
            assert refused.value.message.isprintable(), name
            for verb in ("show", "lint", "sign"):
                words = ["patch", verb, str(bundle), *(["--key", str(site.anna)] if verb == "sign" else [])]
                assert guarded(lambda words=words: build_app("patch")(words, prog_name="callout")) == 2, (name, verb)
            assert "Traceback" not in capsys.readouterr().err
            assert everything(site.inventory.parent) == before, name
            assert time.process_time() - began < 5, name
    assert not Path(OUTSIDE).exists()
    record_property("attacks", 2 * len(list(ATTACKS)[::step]))
