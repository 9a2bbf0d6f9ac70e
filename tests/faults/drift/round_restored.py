"""A restore of ours: product files that were lost or damaged come back; some are modified afterwards."""

from __future__ import annotations

from callout.backups.restoring.selection import Asked
from callout.steps.backup import back_up
from callout.steps.consent import record_consent
from callout.steps.record import open_callout
from callout.steps.restore import judged, restore
from callout.steps.restore_carrier import Confirmed
from callout.steps.restore_look import prospect
from tests.faults.drift.deeds import GUI, path_mark
from tests.faults.drift.numbers import Numbers, remembered
from tests.faults.drift.plan import MODULES
from tests.faults.drift.practice import Practice
from tests.faults.drift.scoring import Score, score


def restored(practice: Practice) -> Score:
    """Product files that were lost or damaged come back out of a backup of ours; some are modified afterwards."""
    numbers, stage, context, system = Numbers(), practice.stage, practice.doer.context, practice.stage.system
    backup = back_up(context, system).id
    lost, damaged, kept = MODULES[0:60], MODULES[60:120], MODULES[200:220]
    stage.shell(f"rm {' '.join(lost)}; for file in {' '.join(damaged)}; do echo '<?php //damaged' >$file; done")
    planted = numbers.planted(stage.files(), 1)
    remembered(practice)
    asked, confirmed = Asked(paths=(f"{GUI}/modules",), database=False), Confirmed(system.name, overwrite_live=True)
    callout = open_callout(context, system, "T-2", "Files were lost").callout
    plan = prospect(context, system, backup, asked)
    judged(context, system, callout, plan, confirmed)
    record_consent(context, system.customer, callout, plan.hash, by="support@acme.example", channel="email",
                   reference="<2@acme.example>")  # fmt: skip
    assert restore(context, system, callout, backup, asked, confirmed, lambda _: []).changed
    edited = [*lost[:8], *damaged[:8], *kept[:8]]
    deeds = [numbers.shell("restored", "", *path_mark(path)) for path in (*lost[8:], *damaged[8:])]
    planted += [
        numbers.planted_one("edited after a restore", f"printf '\\n// edited\\n' >>{path}", *path_mark(path))
        for path in edited
    ]
    practice.doer.do(planted)
    return score([*deeds, *planted], practice.watch.look().said)
