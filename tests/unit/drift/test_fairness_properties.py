"""What must hold of any system whatever: the order tells nothing, less evidence never explains more, nobody who is
allowed to change something is ever accused of it, and no mixture of good changes hides a bad one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from callout.drift.change import Change
from callout.drift.evidence import CalloutOfOurs, Evidence, LookWord, PatchedFile, Restored
from callout.drift.look import Section
from callout.drift.package_words import AccountWord, Match, PackageEvidence, PackageWord
from callout.drift.provenance import Provenance
from tests.unit.drift.judging_desk import (
    NOW,
    OLD,
    OTHER,
    PW,
    added,
    changed,
    evidence,
    fact,
    package,
    patched,
    removed,
    restored,
    verdicts,
)


@dataclass(frozen=True)
class Happened:
    """Something that happened on a system: its changes, and all that speaks for them."""

    changes: tuple[Change, ...]
    words: tuple[PackageWord, ...] = ()
    accounts: tuple[AccountWord, ...] = ()
    patched: dict[str, tuple[PatchedFile, ...]] = field(default_factory=dict)
    restores: tuple[Restored, ...] = ()
    callouts: tuple[CalloutOfOurs, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)


def an_upgrade(name: str, files: Sequence[str]) -> Happened:
    """A package that was upgraded, with its files, its books, and what its triggers wrote."""
    paths = [f"/usr/share/{name}/{file}" for file in files]
    books = [f"/var/lib/dpkg/info/{name}.{kind}" for kind in ("list", "md5sums", "postinst")]
    moved = (package(name, "1.0-1", "1.0-2"), *(changed(path) for path in (*paths, *books, "/var/lib/dpkg/status")))
    made = (added(f"/usr/share/{name}/new.so"), removed(f"/usr/share/{name}/old.so"), changed("/boot/initrd.img-5.10"))
    words = [PackageWord(path, name, "1.0-2", Match.SAME) for path in (*paths, f"/usr/share/{name}/new.so")]
    return Happened((*moved, *made), tuple(words))


def a_new_package(name: str) -> Happened:
    """A package that was added: its program, its cron table, its account, its link among the services."""
    table, unit = f"/etc/cron.d/{name}", f"/lib/systemd/system/{name}.service"
    account = {"uid": "110", "gid": "110", "home": "/", "shell": "/usr/sbin/nologin", "password": "locked"}
    wanted = f"/etc/systemd/system/multi-user.target.wants/{name}.service"
    changes = (
        package(name, "", "2.0"),
        added(f"/usr/bin/{name}", mode=0o755),
        added(table),
        added(unit),
        added(wanted, kind="l", target=unit, sha256=""),
        changed("/etc/passwd"),
        changed("/etc/shadow"),
        fact(Section.CRON, f"{table}: 1 * * * * {name}", None, {"path": table, "line": f"1 * * * * {name}"}),
        fact(Section.USERS, name, None, account),
        fact(Section.GROUPS, name, None, {"gid": "110", "members": ""}),
        fact(Section.SERVICES, f"unit {name}.service", None, {"state": "enabled"}),
    )
    words = [PackageWord(path, name, "2.0", Match.SAME) for path in (f"/usr/bin/{name}", table, unit)]
    return Happened(changes, tuple(words), (AccountWord(name, name),))


def a_patch(path: str, what: str) -> Happened:
    """A bundle of ours put in, one file of it, or taken out again."""
    if what == "removed":
        return Happened((removed(path),), patched={path: patched("absent")})
    change = added(path) if what == "added" else changed(path)
    return Happened((change,), patched={path: patched()})


def a_restore(path: str) -> Happened:
    """A file that we restored from a backup."""
    return Happened((changed(path),), restores=restored(path))


def products_own(number: int) -> Happened:
    """Calls, greetings, logs, sessions, rows, bans, modules: a day of a telephone system."""
    spool, rules = f"{PW}/var/spool/asterisk", "-A f2b-sshd -j RETURN"
    ban = f"-A f2b-sshd -s 192.0.2.{number % 250}/32 -j REJECT --reject-with icmp-port-unreachable"
    changes = (
        added(f"{spool}/voicemail/200/101/INBOX/msg{number}.wav"),
        removed(f"{spool}/voicemail/300/101/INBOX/msg{number}.wav"),
        changed(f"{PW}/var/lib/asterisk/astdb.sqlite3"),
        changed(f"{PW}/var/log/asterisk/messages"),
        added(f"/var/log/syslog.{number}.gz"),
        added(f"{PW}/var/lib/php/sessions/sess_{number}"),
        added(f"/opt/backup/{number}.tar"),
        changed("/etc/ld.so.cache"),
        changed("/root/.bash_history"),
        fact(Section.COUNTS, "extensions", {"rows": "1"}, {"rows": str(number + 2)}),
        fact(Section.COLUMNS, "cdr.src", {"position": "1", "type": "int(11)"}, {"position": "2", "type": "int"}),
        fact(Section.KERNEL, f"module m{number}", None, {"value": "loaded"}),
        fact(Section.PORTS, f"udp 0.0.0.0:{10000 + number}", None, {"uid": "0", "program": f"{PW}/usr/sbin/asterisk"}),
        fact(Section.FIREWALL, "iptables filter f2b-sshd", {"policy": "-", "rules": rules},
             {"policy": "-", "rules": f"{ban}\n{rules}"}),
    )  # fmt: skip
    return Happened(changes)


def unclear(number: int) -> Happened:
    """What the product may well do by itself, and nobody has published."""
    tables = fact(Section.TABLES, f"cdr_{number}", None, {"engine": "InnoDB"})
    return Happened((changed(f"{PW}/etc/asterisk/sip_{number}.conf"), changed("/etc/resolv.conf"), tables))


NAMES = st.sampled_from(["bash", "less", "tzdata", "nginx-light", "libx"])
PATHS = st.sampled_from(
    ["/etc/motd", f"{PW}/opt/pbxware-gui/index.php", "/opt/pbxware/sh/asterisk", "/etc/cron.d/ours"]
)
LEGITIMATE = st.one_of(
    st.builds(an_upgrade, NAMES, st.lists(st.sampled_from(["a", "b", "c.so", "d/e"]), unique=True, max_size=3)),
    st.builds(a_new_package, st.sampled_from(["sysstat", "monit"])),
    st.builds(a_patch, PATHS, st.sampled_from(["changed", "added", "removed"])),
    st.builds(a_restore, st.sampled_from(["/etc/hosts.allow", "/etc/issue"])),
    st.builds(products_own, st.integers(0, 9)),
    st.builds(unclear, st.integers(0, 9)),
)
BASH_PROGRAM = {"mode": 0o755}
PLANTED: list[Change] = [
    changed("/etc/profile"),
    changed("/bin/ls", BASH_PROGRAM, mode=0o755, size=100),
    changed("/bin/dash", sha256=OLD, size=100, mode=0o4755),
    added("/usr/local/bin/tidy", mode=0o755),
    added("/etc/cron.daily/tidy-backups", mode=0o755),
    added(f"{PW}/var/spool/asterisk/voicemail/run.sh", mode=0o755),
    added(f"{PW}/opt/pbxware-gui/shell.php"),
    added("/var/log/.hidden", mode=0o755),
    changed("/opt/pbxware/sh/mysql", BASH_PROGRAM, mode=0o755),
    removed("/etc/pam.d/sshd"),
    fact(Section.CRON, "/var/spool/cron/crontabs/root: x", None, {"path": "/var/spool/cron/crontabs/root",
    "line": "x"}),
    fact(Section.TRIGGERS, "hide", None, {"statement": "SET NEW.disposition = 1"}),
    fact(Section.VIEWS, "answered", {"definition": "select 1"}, {"definition": "select 2"}),
    fact(Section.GRANTS, "'x'@'%' on *.*", None, {"privileges": "ALL PRIVILEGES"}),
    fact(Section.USERS, "bob", None, {"uid": "1001", "shell": "/bin/bash", "password": "sha256:1"}),
    fact(Section.USERS, "toor", None, {"uid": "0", "shell": "/bin/sh", "password": "locked"}),
    fact(Section.SUDOERS, "/etc/sudoers: bob", None, {"path": "/etc/sudoers", "line": "bob ALL=(ALL) ALL"}),
    fact(Section.KERNEL, "sysctl net.ipv4.ip_forward", {"value": "0"}, {"value": "1"}),
    fact(Section.SSHD, "permitrootlogin", {"value": "no"}, {"value": "yes"}),
    fact(Section.FIREWALL, "iptables filter INPUT", {"policy": "DROP", "rules": ""}, {"policy": "ACCEPT", "rules": ""}),
    fact(Section.FIREWALL, "iptables nat PREROUTING", {"policy": "ACCEPT", "rules": ""},
         {"policy": "ACCEPT", "rules": "-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 192.0.2.1"}),
    fact(Section.MOUNTS, "/etc/pam.d", None, {"type": "tmpfs", "source": "tmpfs"}),
    fact(Section.PORTS, "tcp 0.0.0.0:4444", None, {"uid": "0", "program": "/tmp/asterisk"}),
]  # fmt: skip


def told(happened: Sequence[Happened], planted: Sequence[Change] = (), **more: Any) -> tuple[list[Change], Evidence]:
    """All of it between one baseline and one look: a thing that is told twice is told by the first that tells it."""
    by_place: dict[tuple[Section, str], Change] = {}
    for change in (*planted, *(change for one in happened for change in one.changes)):
        by_place.setdefault(change.place, change)
    patches: dict[str, tuple[PatchedFile, ...]] = {}
    for one in happened:
        patches = one.patched | patches
    found = PackageEvidence(
        tuple(word for one in happened for word in one.words),
        tuple(word for one in happened for word in one.accounts),
        whole=True,
    )
    restores = tuple(restore for one in happened for restore in one.restores)
    all_told = {"patched": patches, "packages": found, "restores": restores, **more}
    return list(by_place.values()), evidence(**all_told)


@given(st.lists(LEGITIMATE, max_size=4), st.data())
@settings(max_examples=40, deadline=None)
def test_the_order_of_changes_and_of_evidence_tells_nothing(happened: list[Happened], data: st.DataObject) -> None:
    planted = data.draw(st.lists(st.sampled_from(PLANTED), max_size=3, unique_by=lambda one: one.place))
    changes, said = told(happened, planted)
    other = replace(
        said,
        patched=dict(reversed(said.patched.items())),
        restores=said.restores[::-1],
        packages=replace(said.packages, paths=said.packages.paths[::-1], accounts=said.packages.accounts[::-1]),
    )
    assert verdicts(data.draw(st.permutations(changes)), other) == verdicts(changes, said)


@given(st.lists(LEGITIMATE, min_size=1, max_size=5))
@settings(max_examples=80, deadline=None)
def test_nobody_who_may_change_something_is_accused_of_it(happened: list[Happened]) -> None:
    changes, said = told(happened)
    accused = [one for one in verdicts(changes, said) if one.provenance is Provenance.UNSUPPORTED]
    assert accused == []


@given(st.lists(LEGITIMATE, max_size=5), st.sampled_from(PLANTED))
@settings(max_examples=80, deadline=None)
def test_no_mixture_of_good_changes_explains_a_bad_one(happened: list[Happened], planted: Change) -> None:
    changes, said = told(happened, [planted])
    (found,) = (one for one in verdicts(changes, said) if one.change == planted)
    assert found.unexplained, (found.rule, found.evidence)
    if not happened:
        assert found.provenance is Provenance.UNSUPPORTED or found.rule in ("doubt", "with-its-file")


LOSSES = ("words", "accounts", "patched", "restores", "callouts", "whole", "version", "ledger", "texts")


def less(said: Evidence, what: str, keep: int) -> Evidence:
    """The same with less evidence: only the first `keep` pieces of one kind, or something not known any more."""
    if what == "words":
        # An answer of which a part is missing says so: from what a whole one does not name something follows.
        return replace(said, packages=replace(said.packages, paths=said.packages.paths[:keep], whole=False))
    if what == "accounts":
        return replace(said, packages=replace(said.packages, accounts=said.packages.accounts[:keep]))
    if what == "whole":
        return replace(said, packages=replace(said.packages, whole=False))
    if what == "patched":
        return replace(said, patched=dict(list(said.patched.items())[:keep]))
    if what == "restores":
        return replace(said, restores=said.restores[:keep])
    if what == "callouts":
        return replace(said, callouts=said.callouts[:keep])
    if what == "version":
        return replace(said, before=LookWord("K-1", said.before.taken_at, said.before.clock_s, ""))
    if what == "ledger":
        return replace(said, ledger_whole=False)
    return replace(said, texts_before={}, texts_after={})


@given(st.lists(LEGITIMATE, max_size=4), st.lists(st.sampled_from(PLANTED), max_size=3,
unique_by=lambda one: one.place),
       st.sampled_from(LOSSES), st.integers(0, 3), st.booleans())  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_less_evidence_never_explains_more(
    happened: list[Happened], planted: list[Change], what: str, keep: int, upgraded: bool
) -> None:
    hands = CalloutOfOurs("C-1", NOW - dt.timedelta(days=4), None, frozenset({"triggers:hide"}), hands_on=True)
    changes, said = told(happened, planted, callouts=(hands,))
    if upgraded:
        said = replace(said, before=replace(said.before, version="7.0 (0)"))
    with_all = {one.id: one for one in verdicts(changes, said)}
    for one in verdicts(changes, less(said, what, keep)):
        if one.provenance.explains:
            assert with_all[one.id].provenance.explains, (what, one.change.subject, one.rule)


def test_a_packages_file_that_was_removed_did_not_go_with_another_package() -> None:
    program, moved = removed("/usr/bin/less", mode=0o755), package("bash", "1.0-1", "1.0-2")
    said = evidence(packages=PackageEvidence((PackageWord("/usr/bin/less", "less", "551", Match.UNKNOWN),), whole=True))
    assert [one.provenance for one in verdicts([program], said)] == [Provenance.UNSUPPORTED]
    assert all(not one.provenance.explains for one in verdicts([program, moved], said) if one.change == program)


def test_what_a_bundle_left_and_somebody_changed_is_nobodys_of_ours() -> None:
    later = (*patched(), *patched(OTHER, bundle="PW-2050", event="E-12"))
    (found,) = verdicts([changed("/etc/motd")], evidence(patched={"/etc/motd": later}))
    assert found.provenance is Provenance.UNSUPPORTED
    assert "PW-2050" in " ".join(found.evidence)
