"""What means nothing: touched, rotated, generated, prelinked, said in another dialect; and what only looks like it."""

from __future__ import annotations

from typing import Any

import pytest

from callout.drift.change import Change
from callout.drift.compare import file_change
from callout.drift.look import Section
from callout.drift.package_words import Match
from callout.drift.provenance import Provenance
from tests.unit.drift.judging_desk import (
    OLD,
    PW,
    added,
    changed,
    evidence,
    fact,
    package,
    removed,
    seen,
    touched,
    verdict,
    words,
)

NOISE, PACKAGES = Provenance.NOISE, Provenance.PACKAGE_MANAGER
UNKNOWN, UNSUPPORTED = Provenance.UNKNOWN, Provenance.UNSUPPORTED
LIBC = package("libc6", "2.31-1", "2.31-2")
CERTIFICATES = package("ca-certificates", "20210119", "20230311")
PYTHON = package("python3.9", "3.9.2-1", "3.9.2-2")
COPY = "/usr/lib/python3/dist-packages/__pycache__/apt.cpython-39.pyc"
SOURCE = "/usr/lib/python3/dist-packages/apt.py"


def only_touched(path: str, **more: Any) -> Change:
    """Nothing but times differ."""
    found = file_change(path, seen(**more), touched(**more))
    assert found is not None
    return found


FILES: list[tuple[str, Change, tuple[Change, ...], Provenance]] = [
    ("touched", only_touched("/etc/profile"), (), NOISE),
    ("touched, and not read", only_touched("/etc/profile", sha256=""), (), UNKNOWN),
    ("touched, and empty", only_touched("/etc/motd", sha256="", size=0), (), NOISE),
    ("a setuid program touched", only_touched("/bin/su", mode=0o4755), (), NOISE),
    ("a folder grew", changed("/etc/cron.d", {"kind": "d", "size": 4096, "sha256": ""}, kind="d", size=8192, sha256=""),
     (), NOISE),
    ("a folder was opened", changed("/etc/cron.d", {"kind": "d", "mode": 0o755, "sha256": ""}, kind="d", mode=0o777,
     sha256=""),
     (), UNSUPPORTED),
    ("hard-linked", changed("/bin/ls", sha256=OLD, size=100, links=2), (), NOISE),
    ("the linker's cache", changed("/etc/ld.so.cache"), (), NOISE),
    ("in a chroot, too", changed(f"{PW}/etc/ld.so.cache"), (), NOISE),
    ("no other file of that name", changed("/usr/share/etc/ld.so.cache"), (), UNSUPPORTED),
    ("a program for a cache", added("/var/cache/man/x", mode=0o755), (), UNKNOWN),
    ("man-db", changed("/var/cache/man/index.db"), (), NOISE),
    ("apt's cache", added("/var/cache/apt/pkgcache.bin"), (), NOISE),
    ("debconf", changed("/var/cache/debconf/config.dat"), (), NOISE),
    ("a log", changed("/var/log/syslog"), (), NOISE),
    ("a rotated one", added("/var/log/syslog.2.gz"), (), NOISE),
    ("a log gone", removed("/var/log/syslog.9.gz"), (), NOISE),
    ("the product's log", changed(f"{PW}/var/log/asterisk/messages"), (), NOISE),
    ("somebody's history", changed("/root/.bash_history"), (), NOISE),
    ("initramfs with a package", changed("/boot/initrd.img-5.10.0-28-amd64"), (LIBC,), PACKAGES),
    ("initramfs on its own", changed("/boot/initrd.img-5.10.0-28-amd64"), (), UNKNOWN),
    ("the bundle with its package", changed("/etc/ssl/certs/ca-certificates.crt"), (CERTIFICATES,), NOISE),
    ("the bundle beside another", changed("/etc/ssl/certs/ca-certificates.crt"), (LIBC,), UNKNOWN),
    ("the bundle with a source", changed("/etc/ssl/certs/ca-certificates.crt"),
     (added("/usr/local/share/ca-certificates/x.crt"),), NOISE),
    ("that source", added("/usr/local/share/ca-certificates/x.crt"), (), UNSUPPORTED),
    ("a compiled copy", added(COPY), (), NOISE),
    ("a compiled copy renewed", changed(COPY), (changed(SOURCE),), NOISE),
    ("by another Python", changed(COPY), (PYTHON,), NOISE),
    ("a compiled copy changed alone", changed(COPY), (), UNKNOWN),
    ("a copy without a folder of its own", added("/usr/lib/python2.7/os.pyc"), (), UNKNOWN),
    ("an alternative by hand", changed("/etc/alternatives/editor", {"kind": "l", "target": "/bin/ed", "sha256": ""},
     kind="l", target="/root/x", sha256=""), (), UNKNOWN),
    ("a device among temporary files", added("/tmp/sda", kind="b", sha256="", device="2048"), (), UNKNOWN),
    ("a setuid program among them", added("/tmp/sh", mode=0o4755), (), UNKNOWN),
    ("a socket", added("/tmp/s", kind="s", sha256=""), (), NOISE),
]  # fmt: skip


@pytest.mark.parametrize(("what", "change", "others", "expected"), FILES, ids=[case[0] for case in FILES])
def test_files_that_change_by_themselves(
    what: str, change: Change, others: tuple[Change, ...], expected: Provenance
) -> None:
    found = verdict(change, evidence(), *others)
    assert found.provenance is expected, found.evidence


def test_an_alternative_is_one_where_it_is_on_record_and_packages_moved() -> None:
    link = {"kind": "l", "sha256": ""}
    for path, target in (("/etc/alternatives/editor", "/usr/bin/vim"), ("/usr/bin/editor", "/etc/alternatives/editor")):
        change = changed(path, {**link, "target": "/bin/ed"}, **link, target=target)
        on_record = evidence(packages=words(path, package="alternatives:editor", shipped=Match.UNKNOWN))
        assert verdict(change, on_record, LIBC).provenance is PACKAGES
        assert verdict(change, evidence(), LIBC).provenance is UNKNOWN
        assert verdict(change, on_record).provenance is not PACKAGES


def test_a_packages_own_file_among_generated_ones_is_not_one_of_them() -> None:
    path = "/usr/share/mime/packages/x.xml"
    assert verdict(changed(path), evidence(), LIBC).provenance is PACKAGES
    touched_by_hand = evidence(packages=words(path, package="x", shipped=Match.DIFFERENT))
    assert verdict(changed(path), touched_by_hand, LIBC).provenance is UNSUPPORTED


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("# Generated on Mon Nov  9 10:00:01 2026\na=1\n", "# Generated on Fri Nov 20 09:12:44 2026\na=1\n", NOISE),
        ("; written 2026-11-09T10:00:01Z\na=1\n", "; written 2026-11-20T09:12:44Z\na=1\n", NOISE),
        (
            "# Generated on Mon Nov  9 10:00:01 2026\na=1\n",
            "# Generated on Fri Nov 20 09:12:44 2026\na=2\n",
            UNSUPPORTED,
        ),
        ("at 2026-11-09\n", "at 2026-11-20\n", UNSUPPORTED),
        ("# keep\n", "# rm -rf /\n", UNSUPPORTED),
        ("#!/bin/sh 2026-11-09\n", "#!/bin/sh 2026-11-20\n", UNSUPPORTED),
    ],
)
def test_a_date_in_a_remark_is_noise_and_nothing_else_is(before: str, after: str, expected: Provenance) -> None:
    told = evidence(texts_before={"/etc/x.conf": before}, texts_after={"/etc/x.conf": after})
    assert verdict(changed("/etc/x.conf"), told).provenance is expected


@pytest.mark.parametrize(
    ("shipped", "expected"), [(Match.SAME, NOISE), (Match.DIFFERENT, UNKNOWN), (Match.UNKNOWN, UNKNOWN)]
)
def test_prelink_is_believed_where_the_package_manager_can_undo_it(shipped: Match, expected: Provenance) -> None:
    program = changed("/usr/bin/less", {"mode": 0o755}, mode=0o755)
    told = evidence(packages=words("/usr/bin/less", package="less", shipped=shipped))
    found = verdict(program, told, changed("/etc/prelink.cache"))
    assert found.provenance is (Provenance.PACKAGE_MANAGER if expected is NOISE else expected)
    assert verdict(program, told).provenance is (Provenance.PACKAGE_MANAGER if expected is NOISE else UNSUPPORTED)


COLUMN = {
    "position": "3",
    "type": "int(11)",
    "nullable": "YES",
    "default": "-",
    "extra": "",
    "collation": "",
    "comment": "",
}
STATEMENT = "INSERT INTO `log` (`id`) VALUES (NEW.`id`)"
DATABASE: list[tuple[str, Section, dict[str, str], dict[str, str], Provenance]] = [
    ("a column further back", Section.COLUMNS, {"position": "4"}, {"position": "5"}, NOISE),
    ("no width any more", Section.COLUMNS, COLUMN, {**COLUMN, "type": "int", "position": "9"}, NOISE),
    ("another type", Section.COLUMNS, COLUMN, {**COLUMN, "type": "bigint(20)"}, UNSUPPORTED),
    ("unsigned", Section.COLUMNS, COLUMN, {**COLUMN, "type": "int(11) unsigned"}, UNSUPPORTED),
    ("a varchar is no number", Section.COLUMNS, {"type": "varchar(40)"}, {"type": "varchar(80)"}, UNSUPPORTED),
    ("NULL said", Section.COLUMNS, COLUMN, {**COLUMN, "default": "=NULL"}, NOISE),
    ("quoted", Section.COLUMNS, {"default": "='0'"}, {"default": "=0"}, NOISE),
    ("another default", Section.COLUMNS, {"default": "=0"}, {"default": "=1"}, UNSUPPORTED),
    ("an empty default is one", Section.COLUMNS, {"default": "-"}, {"default": "="}, UNSUPPORTED),
    ("the time, in MariaDB's words", Section.COLUMNS, {"default": "=CURRENT_TIMESTAMP"},
     {"default": "=current_timestamp()"},
     NOISE),
    ("on update", Section.COLUMNS, {"extra": "on update CURRENT_TIMESTAMP"},
     {"extra": "on update current_timestamp()"}, NOISE),
    ("MySQL 8", Section.COLUMNS, {"extra": ""}, {"extra": "DEFAULT_GENERATED"}, NOISE),
    ("nullable", Section.COLUMNS, COLUMN, {**COLUMN, "nullable": "NO"}, UNSUPPORTED),
    ("utf8 is utf8mb3", Section.TABLES, {"collation": "utf8_general_ci"}, {"collation": "utf8mb3_general_ci"}, NOISE),
    ("utf8mb4 is not", Section.TABLES, {"collation": "utf8_general_ci"}, {"collation": "utf8mb4_general_ci"},
     UNSUPPORTED),
    ("the counter", Section.TABLES, {"create": "CREATE TABLE `a` (`id` int) AUTO_INCREMENT=7"},
     {"create": "CREATE TABLE `a` (`id` int) AUTO_INCREMENT=9000"}, NOISE),
    ("the counter as a value", Section.TABLES, {"auto_increment": "7"}, {"auto_increment": "9"}, NOISE),
    ("statistics", Section.INDEXES, {"columns": "id", "cardinality": "7"}, {"columns": "id", "cardinality": "9"},
     NOISE),
    ("an index", Section.INDEXES, {"columns": "id"}, {"columns": "id, src"}, UNSUPPORTED),
    ("another engine", Section.TABLES, {"engine": "InnoDB"}, {"engine": "MyISAM"}, UNSUPPORTED),
    ("quotes, blanks, capitals", Section.TRIGGERS, {"statement": STATEMENT},
     {"statement": "insert into log(id)\n  values (new.id)"}, NOISE),
    ("version remarks", Section.VIEWS, {"definition": "select 1 AS `a`"},
     {"definition": "/*!50001 select 1 AS `a` */"}, NOISE),
    ("another statement", Section.TRIGGERS, {"statement": STATEMENT}, {"statement": STATEMENT.replace("NEW", "OLD")},
     UNSUPPORTED),
    ("in a string it counts", Section.TRIGGERS, {"statement": "SET @a = 'x  AUTO_INCREMENT=7'"},
     {"statement": "SET @a = 'x  AUTO_INCREMENT=8'"}, UNSUPPORTED),
    ("capitals in a string", Section.TRIGGERS, {"statement": "SET @a = 'X'"}, {"statement": "SET @a = 'x'"},
     UNSUPPORTED),
    ("blanks in a string", Section.TRIGGERS, {"statement": "SET @a = 'x y'"}, {"statement": "SET @a = 'x  y'"},
     UNSUPPORTED),
    ("a remark in a string", Section.TRIGGERS, {"statement": "SET @a = '/* 1 */'"}, {"statement": "SET @a = '/* 2 */'"},
     UNSUPPORTED),
    ("what a conditional hides", Section.TRIGGERS, {"statement": "SET @a = 1"},
     {"statement": "SET @a = 1 /*!50001 +1 */"},
     UNSUPPORTED),
    ("who defined it", Section.TRIGGERS, {"definer": "`root`@`localhost`"}, {"definer": "root@localhost"}, NOISE),
    ("another definer", Section.TRIGGERS, {"definer": "root@localhost"}, {"definer": "bob@%"}, UNSUPPORTED),
    ("modes in another order", Section.ROUTINES, {"sql_mode": "A,B"}, {"sql_mode": "B,A"}, NOISE),
    ("an event ran", Section.EVENTS, {"status": "ENABLED", "last_executed": "1"}, {"status": "ENABLED",
     "last_executed": "2"},
     NOISE),
    ("an event disabled", Section.EVENTS, {"status": "ENABLED"}, {"status": "DISABLED"}, UNSUPPORTED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "section", "before", "after", "expected"), DATABASE, ids=[case[0] for case in DATABASE]
)
def test_a_database_that_says_the_same_in_other_words(
    what: str, section: Section, before: dict[str, str], after: dict[str, str], expected: Provenance
) -> None:
    for old, new in ((before, after), (after, before)):
        found = verdict(fact(section, "cdr.x", old, new))
        assert found.provenance is expected, found.evidence


FACTS: list[tuple[str, Change, Provenance]] = [
    ("a module", fact(Section.KERNEL, "module ip_tables", None, {"value": "loaded"}), NOISE),
    ("what counts", fact(Section.KERNEL, "sysctl fs.file-nr", {"value": "1"}, {"value": "2"}), NOISE),
    ("what the kernel works out", fact(Section.KERNEL, "sysctl fs.file-max", {"value": "1"}, {"value": "2"}), UNKNOWN),
    ("what starts modules", fact(Section.KERNEL, "sysctl kernel.modprobe", {"value": "/sbin/modprobe"},
     {"value": "/x"}), UNSUPPORTED),
    ("a table's chains", fact(Section.FIREWALL, "iptables nat OUTPUT", None, {"policy": "ACCEPT", "rules": ""}), NOISE),
    ("somebody's chain", fact(Section.FIREWALL, "iptables nat MINE", None, {"policy": "-", "rules": ""}), UNSUPPORTED),
    ("an interface", fact(Section.KERNEL, "sysctl net.ipv4.conf.tun0.forwarding", None, {"value": "1"}), NOISE),
    ("an interface's setting", fact(Section.KERNEL, "sysctl net.ipv4.conf.eth0.forwarding", {"value": "0"},
     {"value": "1"}),
     UNSUPPORTED),
    ("another kernel", fact(Section.KERNEL, "release", {"value": "5.10"}, {"value": "5.11"}), UNKNOWN),
    ("proc in the chroot", fact(Section.MOUNTS, f"{PW}/proc", None, {"type": "proc", "source": "proc"}), NOISE),
    ("a disk over proc", fact(Section.MOUNTS, f"{PW}/proc", None, {"type": "ext4", "source": "/dev/sdb"}), UNSUPPORTED),
    ("the day of a password", fact(Section.USERS, "bob", {"changed_day": "1"}, {"changed_day": "2"}), NOISE),
]  # fmt: skip


@pytest.mark.parametrize(("what", "change", "expected"), FACTS, ids=[case[0] for case in FACTS])
def test_facts_that_change_by_themselves(what: str, change: Change, expected: Provenance) -> None:
    found = verdict(change)
    assert found.provenance is expected, found.evidence
