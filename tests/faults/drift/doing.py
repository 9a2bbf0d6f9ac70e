"""Does what a plan says, by the real means, in few round trips; a deed that did not succeed ends the trial."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from callout.ledger import Draft
from callout.patches.build import build
from callout.patches.bundle import Container
from callout.patches.signature import sign
from callout.steps.context import Context
from callout.steps.patch import apply_bundle
from callout.steps.plan import make_plan
from tests.faults.drift.deeds import GUI, Deed, Means
from tests.faults.drift.plan import MODULES, Plan
from tests.faults.drift.stage import Stage
from tests.unit.patches.conftest import idle, make_key, public, well

# No daemon is started by hand, no question is asked, nobody waits for a slow disk to have written.
APT = (
    "export DEBIAN_FRONTEND=noninteractive LC_ALL=C; apt-get -qq -y --no-install-recommends "
    "-o Dpkg::Use-Pty=0 -o DPkg::Options::=--force-unsafe-io"
)
APT_WAIT_S = 900
OLDEST = "version=$(apt-cache madison $name | awk -F'|' '{ gsub(/ /, \"\", $2); last = $2 } END { print last }')"


@dataclass
class Doer:
    """Does deeds on a stage. `seconds` adds up by means how long they took."""

    stage: Stage
    context: Context
    seconds: dict[str, float] = field(default_factory=dict)

    def prepare(self, plan: Plan) -> None:
        """What has to be there before the first look: packages, and the key whose patches are allowed."""
        began = time.monotonic()
        self._packages(plan)
        self.seconds["prepare"] = time.monotonic() - began
        key = make_key(self.stage.keys, "release")
        (self.stage.inventory / "allowed_signers").write_text(
            f'release@vendor.example namespaces="callout-bundle" {public(key)}\n'
        )

    def put_product_files(self) -> None:
        """The product's code, so much of it that patches and modifications do not meet; before a plan is drawn."""
        # Code that is encoded, as the vendor's is: letters that mean nothing.
        script = (
            f"mkdir -p {GUI}/modules && cd {GUI}/modules && for number in $(seq 0 {len(MODULES) - 1}); do "
            "name=$(printf 'm%03d.php' $number); { echo '<?php //encoded'; "
            "head -c $((900 + number * 7)) /dev/urandom | base64; } >$name; done"
        )
        self.stage.shell(script)

    def _packages(self, plan: Plan) -> None:
        new, old, outdated = (plan.packages(means) for means in (Means.INSTALL, Means.REMOVE, Means.UPGRADE))
        wanted = (*plan.wanted, *old)
        # Fetched before the first look: what is measured afterwards is apt's work and not the line's.
        script = f"set -e\n{APT} update\n"
        if wanted:
            script += f"{APT} install {' '.join(wanted)} >/dev/null\n"
        if outdated:
            script += f'older=; for name in {" ".join(outdated)}; do {OLDEST}; older="$older $name=$version"; done\n'
            script += f"{APT} install --allow-downgrades $older >/dev/null\n"
        self.stage.shell(f"{script}{APT} install --download-only {' '.join((*new, *outdated))} >/dev/null", APT_WAIT_S)

    def do(self, deeds: Sequence[Deed]) -> None:
        """A round. Within it the planted and the legitimate alternate as they were shuffled, kind of means by kind."""
        for means, act in (
            (Means.INSTALL, self._install), (Means.UPGRADE, self._install), (Means.REMOVE, self._remove),
            (Means.PATCH, self._patch), (Means.DATABASE, self._database), (Means.SHELL, self._shell),
        ):  # fmt: skip
            chosen = [deed for deed in deeds if deed.means is means]
            if chosen:
                began = time.monotonic()
                act(chosen)
                self.seconds[means] = self.seconds.get(means, 0) + time.monotonic() - began

    def _shell(self, deeds: Iterable[Deed]) -> None:
        parts = [f"(set -e\n{deed.text}\n) || echo 'deed {deed.number} failed'" for deed in deeds]
        told = self.stage.shell("exec 2>&1\n" + "\n".join(parts), timeout_s=300)
        failed = [int(number) for number in re.findall(r"^deed (\d+) failed$", told, re.M)]
        assert not failed, (failed, [deed.text for deed in deeds if deed.number in failed][:5], told[-1500:])

    def _database(self, deeds: Iterable[Deed]) -> None:
        statements = "\n".join(deed.text for deed in deeds)
        self.stage.shell(f"/opt/pbxware/sh/mysql pbxware >/dev/null <<'SQL'\n{statements}\nSQL")

    def _install(self, deeds: Iterable[Deed]) -> None:
        names = " ".join(deed.text for deed in deeds)
        self.stage.shell(f"{APT} install {names} >/dev/null", timeout_s=APT_WAIT_S)

    def _remove(self, deeds: Iterable[Deed]) -> None:
        names = " ".join(deed.text for deed in deeds)
        self.stage.shell(f"{APT} purge {names} >/dev/null", timeout_s=APT_WAIT_S)

    def _patch(self, deeds: Sequence[Deed]) -> None:
        paths = " ".join(deed.text for deed in deeds)
        hashes = [line.split()[0] for line in self.stage.shell(f"sha256sum {paths}").splitlines()]
        number = f"CO-{9000 + deeds[0].number}"
        bundle = self._bundle(number, dict(zip((deed.text for deed in deeds), hashes, strict=True)))
        context, system = self.context, self.stage.system
        opened = Draft("opened", context.now(), context.actor, "acme", system.name, number, {"ticket": "T-1"})
        context.ledger.append(opened)
        plan = make_plan(context, system, number, bundle)
        assert plan.verdict == "applicable", plan
        assert apply_bundle(context, system, number, bundle, plan.hash, well, idle).changed

    def _bundle(self, number: str, before: dict[str, str]) -> Path:
        folder = self.stage.keys.with_name("bundles") / number
        (folder / "files").mkdir(parents=True)
        listed = []
        for position, (path, old) in enumerate(before.items()):
            content = f"<?php //patched by {number}, {hashlib.sha256(path.encode()).hexdigest()}\n"
            (folder / "files" / str(position)).write_text(content)
            listed.append({"path": path, "action": "replace", "before": [old], "content": f"files/{position}"})
        manifest = {
            "id": f"PW-{number[3:]}", "title": "Practice patch", "severity": "high", "products": ["pbxware"],
            "versions": "any", "bug": "PBX-1", "documentation": "https://docs.vendor.example/PBX-1",
            "downtime_minutes": 1, "files": listed,
        }  # fmt: skip
        (folder / "bundle.yml").write_text(json.dumps(manifest))
        container = build(folder)
        path = folder.with_suffix(".callout")
        signature = sign(container.payload, self.stage.keys / "release")
        path.write_bytes(Container(container.payload, (signature,)).to_bytes())
        return path


def utc_now() -> dt.datetime:
    """Our clock."""
    return dt.datetime.now(dt.UTC)
