"""Who made a change: a table of cases, each with the verdict, the rule that speaks, and why it may not be another."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from callout.drift.change import Change
from callout.drift.evidence import CalloutOfOurs, Evidence, Restored
from callout.drift.look import Section
from callout.drift.package_words import Match, PackageEvidence
from callout.drift.provenance import Provenance
from tests.unit.drift.judging_desk import (
    BASELINE_AT,
    CATALOGUE,
    LOOKED_AT,
    NEW,
    NOW,
    OLD,
    OTHER,
    PW,
    account_words,
    added,
    changed,
    evidence,
    fact,
    package,
    patched,
    removed,
    upgraded,
    verdict,
    words,
)

DAY = dt.timedelta(days=1)
BASH = package("bash", "5.1-2", "5.1-3")
NGINX = package("nginx", "", "1.18-1")
CRON_LINE = {"path": "/etc/cron.d/tidy", "line": "0 3 * * * root find /opt/backup -delete"}
PERSON = {"uid": "1001", "gid": "1001", "home": "/home/bob", "shell": "/bin/bash", "password": "sha256:1", "gecos": ""}
DAEMON = {
    "uid": "110",
    "gid": "110",
    "home": "/var/lib/x",
    "shell": "/usr/sbin/nologin",
    "password": "locked",
    "gecos": "",
}
BAN = "-A f2b-sshd -s 192.0.2.7/32 -j REJECT --reject-with icmp-port-unreachable"

UNSUPPORTED, UNKNOWN = Provenance.UNSUPPORTED, Provenance.UNKNOWN
Case = tuple[str, Change, dict[str, Any], tuple[Change, ...], Provenance, str]

CASES: list[Case] = [
    # Direct modifications, with all evidence there is speaking for nobody.
    ("a base file edited", changed("/etc/profile"), {}, (), UNSUPPORTED, "nothing-explains-it"),
    ("a program added", added("/usr/local/bin/tidy", mode=0o755), {}, (), UNSUPPORTED, "nothing-explains-it"),
    ("a base file removed", removed("/etc/pam.d/sshd"), {}, (), UNSUPPORTED, "nothing-explains-it"),
    ("a mode opened", changed("/etc/shadow", sha256=OLD, size=100, mode=0o666), {}, (), UNSUPPORTED,
     "nothing-explains-it"),
    ("the product's code", changed(f"{PW}/opt/pbxware-gui/index.php"), {}, (), UNSUPPORTED, "nothing-explains-it"),
    ("a same size, mtime set back", changed("/bin/ls", size=100, mtime="1700000000.0"), {}, (), UNSUPPORTED,
     "nothing-explains-it"),
    ("a trigger", fact(Section.TRIGGERS, "hide", None, {"statement": "SET x = 1"}), {}, (), UNSUPPORTED,
     "nothing-explains-it"),
    ("a view", fact(Section.VIEWS, "v", {"definition": "select 1"}, {"definition": "select 2"}), {}, (), UNSUPPORTED,
     "nothing-explains-it"),
    ("a grant", fact(Section.GRANTS, "'x'@'%' on *.*", None, {"privileges": "ALL"}), {}, (), UNSUPPORTED,
     "nothing-explains-it"),
    ("a column", fact(Section.COLUMNS, "cdr.mark", None, {"type": "int"}), {}, (), UNSUPPORTED, "nothing-explains-it"),
    ("a person's account", fact(Section.USERS, "bob", None, PERSON), {}, (), UNSUPPORTED, "nothing-explains-it"),
    ("a sysctl", fact(Section.KERNEL, "sysctl net.ipv4.ip_forward", {"value": "0"}, {"value": "1"}), {}, (),
     UNSUPPORTED,
     "nothing-explains-it"),
    ("sshd's door", fact(Section.SSHD, "permitrootlogin", {"value": "no"}, {"value": "yes"}), {}, (), UNSUPPORTED,
     "nothing-explains-it"),
    ("a firewall opened", fact(Section.FIREWALL, "iptables filter INPUT", {"policy": "DROP", "rules": ""},
                               {"policy": "ACCEPT", "rules": ""}), {}, (), UNSUPPORTED, "nothing-explains-it"),
    ("a mount over /etc", fact(Section.MOUNTS, "/etc/pam.d", None, {"type": "ext4", "source": "/dev/sda1"}), {}, (),
     UNSUPPORTED, "nothing-explains-it"),
    # Ours.
    ("patched", changed("/etc/profile"), {"patched": {"/etc/profile": patched()}}, (), Provenance.OURS, "patched"),
    ("patched, then changed", changed("/etc/profile", sha256=OTHER), {"patched": {"/etc/profile": patched()}}, (),
     UNSUPPORTED, "nothing-explains-it"),
    ("patched, then opened", changed("/etc/profile", mode=0o666), {"patched": {"/etc/profile": patched()}}, (),
     UNSUPPORTED, "nothing-explains-it"),
    ("a link by a bundle", changed("/etc/x", kind="l", target="/y", sha256=""), {"patched": {"/etc/x": patched(
     hashlib.sha256(b"/y").hexdigest(), mode="")}}, (), Provenance.OURS, "patched"),
    ("a link led elsewhere", changed("/etc/x", kind="l", target="/z", sha256=""), {"patched": {"/etc/x": patched(
     hashlib.sha256(b"/y").hexdigest(), mode="")}}, (), UNSUPPORTED, "nothing-explains-it"),
    ("removed by a bundle", removed("/etc/x"), {"patched": {"/etc/x": patched("absent")}}, (), Provenance.OURS,
     "patched"),
    ("restored", changed("/etc/profile"), {"restores": (Restored("E-3", "C-1", NOW - 2 * DAY, NOW - 2 * DAY, ("/etc",),
     {"/etc/profile": NEW}),)}, (), Provenance.OURS, "restored"),
    ("restored otherwise", changed("/etc/profile", sha256=OTHER), {"restores": (Restored("E-3", "C-1", NOW, NOW,
     ("/etc",),
     {"/etc/profile": NEW}),)}, (), UNSUPPORTED, "nothing-explains-it"),
    ("restored, not told what", changed("/etc/profile"), {"restores": (Restored("E-3", "C-1", NOW, NOW, ("/etc",)),)},
     (),
     UNKNOWN, "doubt"),
    ("told by a call-out", fact(Section.CRON, "x", None, {"line": "x"}), {"callouts": (CalloutOfOurs("C-1", NOW, None,
     frozenset({"cron:x"})),)}, (), Provenance.OURS, "callout"),
    ("we worked by hand", fact(Section.TRIGGERS, "t", None, {"statement": "x"}), {"callouts": (CalloutOfOurs("C-1",
     NOW - 4 * DAY, NOW - 3 * DAY, hands_on=True),)}, (), UNKNOWN, "doubt"),
    ("changed before we came", changed("/etc/profile"), {"callouts": (CalloutOfOurs("C-1", NOW - DAY, NOW,
     hands_on=True),)},
     (), UNSUPPORTED, "nothing-explains-it"),
    ("we only looked", changed("/etc/profile"), {"callouts": (CalloutOfOurs("C-1", NOW - 4 * DAY, None),)}, (),
     UNSUPPORTED,
     "nothing-explains-it"),
    # The package manager.
    ("upgraded", changed("/bin/bash"), {"packages": words("/bin/bash")}, (BASH,), Provenance.PACKAGE_MANAGER,
     "package"),
    ("changed beside an upgrade", changed("/bin/bash"), {"packages": words("/bin/bash", shipped=Match.DIFFERENT)}, (),
     UNSUPPORTED, "nothing-explains-it"),
    ("an upgraded package's file is another", changed("/bin/bash"), {"packages": words("/bin/bash",
     shipped=Match.DIFFERENT)},
     (BASH,), UNKNOWN, "doubt"),
    ("put back as shipped", changed("/bin/bash"), {"packages": words("/bin/bash")}, (), Provenance.PACKAGE_MANAGER,
     "shipped"),
    ("checksums forged", changed("/bin/bash"), {"packages": words("/bin/bash")},
     (changed("/var/lib/dpkg/info/bash.md5sums"),), UNKNOWN, "doubt"),
    ("the forged checksums", changed("/var/lib/dpkg/info/bash.md5sums"), {}, (), UNKNOWN, "doubt"),
    ("setuid in an upgrade", changed("/bin/bash", mode=0o4755), {"packages": words("/bin/bash")}, (BASH,), UNKNOWN,
     "doubt"),
    ("a setuid program upgraded", changed("/bin/su", {"mode": 0o4755}, mode=0o4755), {"packages": words("/bin/su")},
     (BASH,),
     Provenance.PACKAGE_MANAGER, "package"),
    ("a setuid program among data", changed("/var/log/x", {"mode": 0o4755}, mode=0o4755), {}, (), UNKNOWN, "doubt"),
    ("claimed in a place for nobody", added("/usr/local/bin/x"), {"packages": words("/usr/local/bin/x")}, (BASH,),
     UNKNOWN,
     "doubt"),
    ("sshd's default", fact(Section.SSHD, "macs", {"value": "a"}, {"value": "b"}), {},
     (package("openssh-server", "1:8.4p1-5", "1:8.4p1-6"),), Provenance.PACKAGE_MANAGER, "default"),
    ("a column of a new table", fact(Section.COLUMNS, "cdr_2.id", None, {"type": "int"}), {},
     (fact(Section.TABLES, "cdr_2", None, {"engine": "InnoDB"}),), UNKNOWN, "with-its-file"),
    ("where our lock is", changed("/opt/pbxware/.callout/owner"), {}, (), UNKNOWN, "doubt"),
    ("a program where our lock is", added("/opt/pbxware/.callout/x", mode=0o755), {}, (), UNSUPPORTED,
     "nothing-explains-it"),
    ("a name that cannot be asked", added("/usr/share/a\nb"), {}, (), UNKNOWN, "doubt"),
    ("setuid on its own", changed("/bin/bash", sha256=OLD, size=100, mode=0o4755), {"packages": words("/bin/bash")}, (),
     UNSUPPORTED, "nothing-explains-it"),
    ("setuid in a new package", added("/usr/bin/sudo", mode=0o4755), {"packages": words("/usr/bin/sudo",
     package="sudo")},
     (package("sudo", "", "1.9"),), Provenance.PACKAGE_MANAGER, "package"),
    ("went with its package", removed("/usr/lib/libx.so.1"), {}, (BASH,), Provenance.PACKAGE_MANAGER,
     "went-with-package"),
    ("a package's file removed", removed("/bin/bash"), {"packages": words("/bin/bash", shipped=Match.UNKNOWN)}, (),
     UNSUPPORTED, "nothing-explains-it"),
    ("local programs go with no package", removed("/usr/local/bin/x"), {}, (BASH,), UNKNOWN, "doubt"),
    ("nobody asked the package manager", changed("/bin/bash"), {"packages": PackageEvidence()}, (), UNKNOWN, "doubt"),
    ("dpkg's books", changed("/var/lib/dpkg/status"), {}, (BASH,), Provenance.PACKAGE_MANAGER, "books"),
    ("a package upgraded", BASH, {}, (), Provenance.PACKAGE_MANAGER, "upgraded"),
    ("a package added", NGINX, {}, (), UNKNOWN, "nobodys-ground"),
    ("a package's account", fact(Section.USERS, "nginx", None, DAEMON), {"packages": account_words("nginx")}, (NGINX,),
     Provenance.PACKAGE_MANAGER, "account"),
    ("an account like a package's", fact(Section.USERS, "x", None, DAEMON), {}, (NGINX,), UNKNOWN, "doubt"),
    ("an account beside a package", fact(Section.USERS, "bob", None, PERSON), {}, (NGINX,), UNSUPPORTED,
     "nothing-explains-it"),
    ("a second root", fact(Section.USERS, "nginx", None, {**DAEMON, "uid": "0"}), {"packages": account_words("nginx")},
     (NGINX,), UNKNOWN, "doubt"),
    ("a configuration file of an upgrade", changed("/etc/bash.bashrc"), {"packages": words("/etc/bash.bashrc",
     shipped=Match.DIFFERENT, configuration=True)}, (BASH,), UNKNOWN, "doubt"),
    ("a configuration file by hand", changed("/etc/bash.bashrc"), {"packages": words("/etc/bash.bashrc",
     shipped=Match.DIFFERENT, configuration=True)}, (), UNSUPPORTED, "nothing-explains-it"),
    # The vendor's upgrade.
    ("the product upgraded", changed(f"{PW}/usr/sbin/asterisk", mode=0o755), upgraded(), (),
     Provenance.VENDOR_UPGRADE, "version"),
    ("the database with it", fact(Section.TRIGGERS, "t", None, {"statement": "x"}), upgraded(), (),
     Provenance.VENDOR_UPGRADE, "version"),
    ("the base beside it", changed("/etc/profile"), upgraded(), (), UNKNOWN, "doubt"),
    ("setuid in it", added(f"{PW}/bin/x", mode=0o4755), upgraded(), (), UNKNOWN, "doubt"),
    # The product's own data, and what a customer may do.
    ("voicemail", added(f"{PW}/var/spool/asterisk/voicemail/200/101/INBOX/msg0.wav"), {}, (), Provenance.PRODUCT_DATA,
     "catalogue"),
    ("a program among voicemail", added(f"{PW}/var/spool/asterisk/voicemail/x.sh", mode=0o755), {}, (), UNKNOWN,
     "doubt"),
    ("a local backup", added("/opt/backup/b.tar.gz"), {}, (), Provenance.PRODUCT_DATA, "catalogue"),
    ("the time zone", changed("/etc/localtime", {"kind": "l", "target": "../usr/share/zoneinfo/UTC", "sha256": ""},
     kind="l", target="/usr/share/zoneinfo/Europe/Berlin", sha256=""), {}, (), Provenance.CUSTOMER_CONFIGURATION,
     "catalogue"),
    ("extensions added", fact(Section.COUNTS, "extensions", {"rows": "60"}, {"rows": "61"}), {}, (),
     Provenance.CUSTOMER_CONFIGURATION, "catalogue"),
    ("a password", fact(Section.USERS, "root", {"uid": "0", "password": "sha256:1", "changed_day": "1"},
     {"uid": "0", "password": "sha256:2", "changed_day": "2"}), {}, (), Provenance.CUSTOMER_CONFIGURATION, "password"),
    ("an account unlocked", fact(Section.USERS, "backup", {"uid": "34", "password": "locked"},
     {"uid": "34", "password": "sha256:2"}), {}, (), UNSUPPORTED, "nothing-explains-it"),
    ("a port of the product", fact(Section.PORTS, "udp 0.0.0.0:17345", None, {"uid": "0",
     "program": f"{PW}/usr/sbin/asterisk"}),
     {}, (), Provenance.PRODUCT_DATA, "own-program"),
    ("a port of somebody else", fact(Section.PORTS, "tcp 0.0.0.0:4444", None, {"uid": "0", "program": "/usr/bin/nc"}),
     {}, (),
     UNKNOWN, "doubt"),
    ("one who calls himself asterisk", fact(Section.PORTS, "tcp 0.0.0.0:4444", None, {"uid": "0",
     "program": "/root/asterisk"}),
     {}, (), UNKNOWN, "doubt"),
    ("a ban", fact(Section.FIREWALL, "iptables filter f2b-sshd", {"policy": "-", "rules": "-A f2b-sshd -j RETURN"},
     {"policy": "-", "rules": f"{BAN}\n-A f2b-sshd -j RETURN"}), {}, (), Provenance.PRODUCT_DATA, "bans"),
    ("a ban with its chain", fact(Section.FIREWALL, "iptables filter INPUT", {"policy": "ACCEPT",
     "rules": "-A INPUT -i lo -j ACCEPT"},
     {"policy": "ACCEPT",
     "rules": "-A INPUT -p tcp -m multiport --dports 2020 -j f2b-sshd\n-A INPUT -i lo -j ACCEPT"}), {}, (),
     Provenance.PRODUCT_DATA, "bans"),
    ("members of a guard's set", fact(Section.FIREWALL, "nft table inet f2b-table set addr-set-sshd", {"policy": "",
     "rules": "type ipv4_addr\nelements = { 192.0.2.7 }"}, {"policy": "", "rules":
     "type ipv4_addr\nelements = { 192.0.2.7, 192.0.2.8,\n192.0.2.9 }"}), {}, (), Provenance.PRODUCT_DATA, "bans"),
    ("members of a set of somebody's", fact(Section.FIREWALL, "nft table inet filter set friends", {"policy": "",
     "rules": "elements = { 192.0.2.7 }"}, {"policy": "", "rules": "elements = { 192.0.2.8 }"}), {}, (), UNKNOWN,
     "doubt"),
    ("a network kept out", fact(Section.FIREWALL, "iptables filter INPUT", {"policy": "ACCEPT", "rules": ""},
     {"policy": "ACCEPT", "rules": "-A INPUT -s 10.0.0.0/8 -j DROP"}), {}, (), UNKNOWN, "doubt"),
    ("all that follows skipped", fact(Section.FIREWALL, "iptables filter INPUT", {"policy": "ACCEPT",
     "rules": "-A INPUT -j DROP"},
     {"policy": "ACCEPT", "rules": "-A INPUT -j RETURN\n-A INPUT -j DROP"}), {}, (), UNSUPPORTED,
     "nothing-explains-it"),
    ("rules in another order", fact(Section.FIREWALL, "iptables filter INPUT", {"policy": "ACCEPT",
     "rules": "-A INPUT -j DROP\n-A INPUT -i lo -j ACCEPT"}, {"policy": "ACCEPT", "rules":
     "-A INPUT -i lo -j ACCEPT\n-A INPUT -j DROP"}), {}, (), UNSUPPORTED, "nothing-explains-it"),
    ("a guest among bans", fact(Section.FIREWALL, "iptables filter f2b-sshd", None,
     {"policy": "-", "rules": "-A f2b-sshd -s 192.0.2.7/32 -j ACCEPT"}), {}, (), UNSUPPORTED, "nothing-explains-it"),
    # What nobody can tell.
    ("the services' configuration", changed(f"{PW}/etc/asterisk/extensions.conf"), {}, (), UNKNOWN, "doubt"),
    ("a file of nobody's", added("/srv/note.txt"), {}, (), UNKNOWN, "doubt"),
    ("BSSUP's keys", changed("/root/.ssh/authorized_keys"), {}, (), UNKNOWN, "doubt"),
    ("a section cut off", fact(Section.CRON, "x", None, {"line": "x"}),
     {"not_whole": {Section.CRON: "It was cut off."}}, (),
     UNKNOWN, "doubt"),
    ("the ledger cut off", changed("/etc/profile"), {"ledger_whole": False}, (), UNKNOWN, "doubt"),
    ("the version not known", changed("/etc/profile"), {"after": replace(evidence().after, version="")}, (), UNKNOWN,
     "doubt"),
    ("a share mounted", fact(Section.MOUNTS, "/mnt/nas", None, {"type": "nfs", "source": "nas:/x"}), {}, (), UNKNOWN,
     "doubt"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "change", "told", "others", "provenance", "rule"), CASES, ids=[case[0] for case in CASES]
)
def test_each_change_has_its_maker(
    what: str, change: Change, told: dict[str, Any], others: tuple[Change, ...], provenance: Provenance, rule: str
) -> None:
    found = verdict(change, evidence(**told), *others)
    assert (found.provenance, found.rule) == (provenance, rule), found.evidence
    assert found.evidence and all(sentence.endswith((".", "bssup-explanation")) for sentence in found.evidence)


def test_a_line_of_cron_follows_its_file_and_not_the_program_that_it_calls() -> None:
    line = fact(Section.CRON, "/etc/cron.d/tidy: …", None, {**CRON_LINE, "line": "0 3 * * * root /bin/bash"})
    ours = evidence(patched={"/etc/cron.d/tidy": patched()})
    assert verdict(line, ours, added("/etc/cron.d/tidy")).provenance is Provenance.OURS
    upgraded_shell = evidence(packages=words("/bin/bash"))
    found = verdict(line, upgraded_shell, added("/etc/cron.d/tidy"), changed("/bin/bash"), BASH)
    assert found.provenance is UNKNOWN  # a script of the package may have made the file; nothing proves it
    assert verdict(line, evidence(), added("/etc/cron.d/tidy")).provenance is UNSUPPORTED


def test_the_file_of_accounts_is_as_good_as_the_accounts_in_it() -> None:
    passwd, bob = changed("/etc/passwd"), fact(Section.USERS, "bob", None, PERSON)
    made = fact(Section.USERS, "nginx", None, DAEMON)
    told = evidence(packages=account_words("nginx"))
    assert verdict(passwd, told, made, NGINX).provenance is Provenance.PACKAGE_MANAGER
    assert verdict(passwd, told, made, bob, NGINX).provenance is UNSUPPORTED
    assert verdict(passwd).rule == "same-accounts"
    assert verdict(passwd, evidence(not_whole={Section.USERS: "It was cut."})).provenance is UNKNOWN
    assert verdict(changed("/etc/passwd", mode=0o666), told, made, NGINX).provenance is not Provenance.PACKAGE_MANAGER


def test_a_setting_of_the_kernel_follows_the_file_that_gives_it_this_very_value() -> None:
    path = "/etc/sysctl.d/90-x.conf"
    setting = fact(Section.KERNEL, "sysctl net.ipv4.ip_forward", {"value": "0"}, {"value": "1"})
    for said, expected in (("net.ipv4.ip_forward = 1\n", Provenance.OURS), ("net.ipv4.ip_forward=0\n", UNSUPPORTED)):
        told = evidence(patched={path: patched()}, texts_after={path: said})
        assert verdict(setting, told, added(path)).provenance is expected


def test_sshd_may_be_told_to_trust_the_vendor_and_nothing_else() -> None:
    path = "/etc/ssh/sshd_config"
    before = "Port 2020\n"
    for after, expected in (
        (f"{before}TrustedUserCAKeys /etc/ssh/vendor.pub\n", UNKNOWN),
        (f"{before}TrustedUserCAKeys /x\nPermitRootLogin yes\n", UNSUPPORTED),
    ):
        told = evidence(texts_before={path: before}, texts_after={path: after})
        assert verdict(changed(path), told).provenance is expected


def test_what_policy_says_of_new_packages() -> None:
    for word, expected in (("ask", UNKNOWN), ("refuse", UNSUPPORTED), ("explain", Provenance.PACKAGE_MANAGER)):
        catalogue = replace(CATALOGUE, new_packages=word)
        assert verdict(NGINX, catalogue=catalogue).provenance is expected
        assert verdict(BASH, catalogue=catalogue).provenance is Provenance.PACKAGE_MANAGER


def test_an_accusation_names_all_that_was_ruled_out_and_when_it_was() -> None:
    found = verdict(changed("/etc/profile"), evidence(logins=("root pts/0 192.0.2.4 Fri Nov 20 12:00",)))
    told = " ".join(found.evidence)
    for part in ("We did not", "No package did", "No upgrade did", "8.1 (a35a9165)", "catalogue"):
        assert part in told
    hints = " ".join(found.hints)
    assert f"{BASELINE_AT:%Y-%m-%d}" in hints and f"{LOOKED_AT:%Y-%m-%d}" in hints and "192.0.2.4" in hints


def test_a_clock_that_was_set_back_is_said_and_clears_nobody() -> None:
    told = evidence(callouts=(CalloutOfOurs("C-1", NOW - DAY, NOW, hands_on=True),))
    found = verdict(changed("/etc/profile", ctime="1700000000.0"), told)
    assert found.provenance is UNKNOWN
    assert any("clock" in hint for hint in found.hints)


def test_an_empty_evidence_accuses_nobody() -> None:
    bare = Evidence("acme-pbx1", replace(evidence().before, version=""), replace(evidence().after, version=""))
    assert verdict(changed("/etc/profile"), bare).provenance is UNKNOWN
