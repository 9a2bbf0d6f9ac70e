"""What a system says of its settings → facts: by real scripts over a small system, and by answers taken down."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from callout.drift.facts import facts_of
from callout.drift.find_words import covered, listing_of
from callout.drift.look import DATABASE_SECTIONS, SYSTEM_SECTIONS, Fact, Section, Whole
from callout.drift.look_record import look_text
from callout.drift.secret_texts import masked, salted
from callout.drift.sections import SectionsRefused, Told, read_sections
from tests.unit.drift.looked_site import PASSWORD_HASH, SALT, LookedSite
from tests.unit.local_shell import LocalShellSession


def told_of(answer: str, wanted: tuple[Section, ...] = (*SYSTEM_SECTIONS, *DATABASE_SECTIONS)) -> Told:
    told = Told()
    read_sections([answer.encode("utf-8", "surrogateescape")], wanted, told)
    return told


def facts_from(section: Section, lines: str) -> dict[str, Mapping[str, str]]:
    """The facts of one section that was told so."""
    told = told_of(f"+ {section}\n{lines}= whole test\n.\n")
    states, facts = facts_of(told, (section,), SALT, "")
    assert states[section].is_whole, states[section].why
    return {fact.subject: fact.value for fact in facts}


def test_the_settings_of_a_small_system(site: LookedSite, session: LocalShellSession) -> None:
    look = site.look(session).look
    root = str(site.root)

    def of(section: Section) -> dict[str, Mapping[str, str]]:
        assert look.sections[section].is_whole, look.sections[section]
        return {fact.subject: fact.value for fact in look.of(section)}

    users = of(Section.USERS)
    assert users.keys() == {f"{root} root", f"{root} eva"}
    assert users[f"{root} root"]["password"] == salted(SALT, PASSWORD_HASH)
    assert (users[f"{root} eva"]["password"], users[f"{root} eva"]["expires_day"]) == ("locked", "20500")
    assert of(Section.GROUPS)[f"{root} sudo"]["members"] == "adam,eva"
    assert [value["line"] for value in of(Section.SUDOERS).values()] == [
        "#includedir /etc/sudoers.d", "%sudo ALL=(ALL:ALL) ALL", "Defaults env_reset",
    ]  # fmt: skip
    assert {value.get("line") for value in of(Section.CRON).values()} == {
        "SHELL=/bin/sh",
        f"5 4 * * * root /usr/bin/report --password={salted(SALT, 'hunter2')}",
        "1 2 * * * root one",
        None,
    }
    assert f"{root}/etc/cron.d/two: 1 2 * * * root one (2)" in of(Section.CRON)
    (packages,) = [of(Section.PACKAGES)]
    assert packages[f"{root} tidy:amd64"]["version"] == "1.2-3"
    assert packages[f"{root} gone:all"]["state"] == "config-files"
    (line,) = of(Section.REPOSITORIES).values()
    assert "geheim" not in line["line"]
    keys = of(Section.AUTHORISED_KEYS)
    assert len(keys) == 2
    (key,) = [value for value in keys.values() if "type" in value]
    assert (key["type"], key["options"], key["comment"]) == ("ssh-ed25519", 'from="10.0.0.1"', "eva@desk")
    assert "/" in dict.fromkeys(fact.subject for fact in look.of(Section.MOUNTS))
    text = b"".join(look_text(look, []))
    for secret in (PASSWORD_HASH, "hunter2", "geheim"):
        assert secret.encode() not in text


def test_ports_are_told_with_their_programs() -> None:
    facts = facts_from(
        Section.PORTS,
        "k tcp\n"
        "    0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0 100 0\n"
        "k tcp6\n"
        "    1: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000"
        " 00:00000000 00000000  1000        0 77 1 0 100 0\n"
        "k udp\n"
        "  620: 00000000:13C4 00000000:0000 07 00000000:00000000 00:00000000 00000000   102        0 99 2 0 0\n"
        "k sockets\n /proc/7/fd/3 socket:[4242]\n /proc/8/fd/3 socket:[99]\n"
        "k programs\n /proc/7/exe /usr/bin/evil name (deleted)\n /proc/8/exe /usr/sbin/asterisk\n",
    )
    assert facts == {
        "tcp 127.0.0.1:8080": {"uid": "0", "program": "/usr/bin/evil name"},
        "tcp [::1]:22": {"uid": "1000", "program": ""},
        "udp 0.0.0.0:5060": {"uid": "102", "program": "/usr/sbin/asterisk"},
    }


def test_a_firewall_is_told_without_counters() -> None:
    rules = (
        "k iptables-save\n # Generated\n *filter\n :INPUT DROP [12:345]\n :mine - [0:0]\n"
        " [7:8] -A INPUT -p tcp -j ACCEPT\n"
        " -A INPUT -j mine\n COMMIT\n"
        "k nft\n table inet t {\n  set s {\n   elements = { 10.0.0.1,\n    10.0.0.2 }\n  }\n  chain input {\n"
        "   type filter hook input priority 0; policy drop;\n   ct state { established, related } accept\n  }\n }\n"
    )
    facts = facts_from(Section.FIREWALL, rules)
    assert facts["iptables filter INPUT"] == {
        "policy": "DROP", "rules": "-A INPUT -p tcp -j ACCEPT\n-A INPUT -j mine",
    }  # fmt: skip
    assert facts["nft table inet t chain input"]["rules"].splitlines() == [
        "type filter hook input priority 0; policy drop;", "ct state { established, related } accept",
    ]  # fmt: skip
    assert "10.0.0.2" in facts["nft table inet t set s"]["rules"]


def test_a_kernel_is_told_without_counters() -> None:
    facts = facts_from(
        Section.KERNEL,
        "k release\n 6.1.0-9\n \nk command-line\n ro  quiet\n \nk modules\n ext4\nk sysctl\n net.ipv4.ip_forward = 0\n"
        " kernel.random.boot_id = 1-2\n fs.file-nr = 1 2 3\n net.x = a\tb\n",
    )
    assert facts == {
        "release": {"value": "6.1.0-9"},
        "command line": {"value": "ro quiet"},
        "module ext4": {"value": "loaded"},
        "sysctl net.ipv4.ip_forward": {"value": "0"},
        "sysctl net.x": {"value": "a b"},
    }


def test_mounts_over_what_is_looked_at_are_said() -> None:
    line = " 36 35 98:0 / /opt/pbxware/sh\\040x rw,noatime shared:1 - ext4 /dev/root rw,errors=continue\n"
    facts = facts_from(Section.MOUNTS, line + " 22 20 0:5 / /proc ro - proc proc rw\n")
    assert facts["/opt/pbxware/sh x"]["options"] == "noatime,rw"
    mounts = [Fact(Section.MOUNTS, subject, value) for subject, value in facts.items()]
    (said,) = covered(mounts, mounts[1:], ("/opt",))
    assert said.startswith("/opt/pbxware/sh x has been mounted over since")
    assert covered(mounts, mounts, ("/opt",)) == []
    listing = listing_of(("/", "/opt"), ("/var/spool/*",), mounts)
    assert listing.arguments() == [
        "-H", "/", "(", "-path", "/proc", ")", "-prune", "-o",
        "(", "(", "-path", "/var/spool/*", ")", "-prune", "-o", "-path", "/*", ")",
    ]  # fmt: skip


def test_the_structure_of_a_database() -> None:
    told = told_of(
        "+ tables\nk databases\n pbxware\tutf8\nk tables\n"
        " cdr\tInnoDB\tutf8\tDynamic\t\ttwo\\nlines\\\\n\n= whole mysql\n"
        "+ indexes\nk indexes\n cdr\tPRIMARY\t2\t0\tb\t\tBTREE\n cdr\tPRIMARY\t1\t0\ta\t10\tBTREE\nk references\n"
        " cdr\tto_ext\t1\text\tpbxware\textensions\tid\n= whole mysql\n"
        "+ grants\nk accounts\n root\tlocalhost\tmysql_native_password\t*ABC\t\nk privileges\n"
        " 'eva'@'%'\tpbxware.*\tSELECT\tNO\n 'eva'@'%'\tpbxware.*\tINSERT\tYES\n= whole mysql\n"
        "+ counts\nk counts\n extensions\t40\n= whole mysql\n.\n"
    )
    wanted = (Section.TABLES, Section.INDEXES, Section.GRANTS, Section.COUNTS, Section.VIEWS)
    states, facts = facts_of(told, wanted, SALT, "the line was cut")
    assert (states[Section.VIEWS].state, states[Section.VIEWS].why) == (Whole.UNKNOWN, "the line was cut")
    by_subject = {fact.subject: fact.value for fact in facts}
    assert by_subject["cdr"]["comment"] == "two\nlines\\n"
    assert by_subject["cdr.PRIMARY"] == {"columns": "a(10), b", "unique": "yes", "type": "BTREE"}
    assert by_subject["cdr.to_ext (reference)"] == {"columns": "ext", "to": "pbxware.extensions.id"}
    assert by_subject["'root'@'localhost'"]["password"] == salted(SALT, "*ABC")
    assert by_subject["'eva'@'%' on pbxware.*"] == {"privileges": "INSERT (may grant), SELECT"}
    assert by_subject["extensions"] == {"rows": "40"}


@pytest.mark.parametrize(
    ("section", "lines"),
    [
        (Section.PORTS, "k tcp\n nonsense\n"),
        (Section.MOUNTS, " 1 2 3\n"),
        (Section.FIREWALL, "k iptables-save\n *filter\n :INPUT ACCEPT [0:0]\n"),
        (Section.FIREWALL, "k nft\n table inet t {\n"),
        (Section.COUNTS, "k counts\n extensions\t-1\n"),
        (Section.COLUMNS, "k columns\n too\tfew\n"),
        (Section.PACKAGES, "k dpkg\n Nonsense: 1\n"),
        (Section.SERVICES, "k systemctl\n one-word\n"),
    ],
)
def test_a_section_that_is_not_understood_is_unknown(section: Section, lines: str) -> None:
    told = told_of(f"+ {section}\n{lines}= whole test\n.\n")
    states, facts = facts_of(told, (section,), SALT, "")
    assert states[section].state is Whole.UNKNOWN
    assert facts == []


@pytest.mark.parametrize(
    "answer",
    [
        "hello\n", "+ users\n+ groups\n", "+ nothing\n", "+ users\n= fine\n", "+ users\n.\n", ".\nc 1\n", "= whole x\n",
        "+ users\n= whole a\n+ users\n= whole a\n", "+ users\nf name\n text\n", "+ users\nx what\n", "\x1b[2J\n",
        "+ files\n= whole x\n",
    ],
)  # fmt: skip
def test_a_line_that_is_none_of_ours_is_refused(answer: str) -> None:
    with pytest.raises(SectionsRefused):
        told_of(answer, SYSTEM_SECTIONS)


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("report --password=hunter2 now", "hunter2"),
        ('password: "two words"', '"two words"'),
        ('{"api_key": "abc"}', '"abc"'),
        ("mysqldump -u root -phunter2 pbxware", "hunter2"),
        ("deb https://eva:geheim@deb.example/ stable", "eva:geheim"),
        ("authPassphrase=x1&next=1", "x1"),
    ],
)
def test_what_is_named_a_secret_is_a_hash(line: str, secret: str) -> None:
    assert masked(SALT, f"one\n{line}\ntwo\n") == f"one\n{line.replace(secret, salted(SALT, secret))}\ntwo\n"


@pytest.mark.parametrize("line", ["passwd:  files systemd", "mysql -u root --print", "ssh -p2222 host", "http://a/b@c"])
def test_what_is_none_stays(line: str) -> None:
    assert masked(SALT, line) == line
