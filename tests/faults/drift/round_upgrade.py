"""The vendor's upgrade: another version, most code replaced, services, jobs, an account and a schema with it.

Nothing is planted where an upgrade puts the product's own files: what is done there in its hours is taken for the
upgrade's (see decision 0019).
"""

from __future__ import annotations

import random

from tests.faults.drift.deeds import GUI, PW, Deed, Mark, path_mark, quoted
from tests.faults.drift.numbers import SEED, Numbers, remembered
from tests.faults.drift.plan import MODULES
from tests.faults.drift.practice import Practice
from tests.faults.drift.scoring import Score, score

AGENT = "#!/bin/sh\nexec /usr/sbin/pbxware-agent\n"


def upgrade(practice: Practice) -> Score:
    """The vendor's upgrade: another version, most code replaced, services, jobs, an account and a schema with it."""
    numbers, folder = Numbers(), f"{GUI}/modules"
    planted = numbers.planted(practice.stage.files(), 2)
    remembered(practice)
    deeds = [numbers.shell("upgrade: version", f"sed -i 's/7\\.2 (a35a9165)/7.3 (b46b0276)/' {GUI}/api.php",
                           *path_mark(f"{GUI}/api.php"))]  # fmt: skip
    for number, path in enumerate(MODULES):
        if number % 8 == 7:
            deeds.append(numbers.shell("upgrade: file gone", f"rm {path}", *path_mark(path)))
        else:
            script = f"{{ echo '<?php //encoded 7.3'; head -c {700 + number} /dev/urandom | base64; }} >{path}.new"
            put = f"{script} && mv {path}.new {path}"
            deeds.append(numbers.shell("upgrade: file replaced", put, *path_mark(path)))
    for number in range(40):
        path = f"{folder}/new{number:02d}.php"
        deeds.append(numbers.shell("upgrade: new file", f"echo '<?php //encoded {number}' >{path}", *path_mark(path)))
    deeds += _around(numbers)
    deeds += _schema(numbers)
    random.Random(SEED).shuffle(deeds)
    practice.doer.do([*deeds, *planted])
    return score([*deeds, *planted], practice.watch.look().said)


def _around(numbers: Numbers) -> list[Deed]:
    """What comes along in other places, inside the chroot and outside of it."""
    deeds = []
    for root in (PW, ""):
        where = "inside" if root else "outside"
        program, init = f"{root}/usr/sbin/pbxware-agent", f"{root}/etc/init.d/pbxware-agent"
        link, job = f"{root}/etc/rc2.d/S20pbxware-agent", f"{root}/etc/cron.d/pbxware-agent"
        put = f"mkdir -p {root}/etc/rc2.d {root}/etc/cron.d; cp /bin/true {program}; printf {quoted(AGENT)} >{init}"
        deeds += [
            numbers.shell(f"upgrade: service {where}", f"{put}; chmod 755 {init}; ln -s ../init.d/pbxware-agent {link}",
                          *(Mark("files", path) for path in (program, init, link)),
                          Mark("services", "*pbxware-agent*", glob=True)),
            numbers.shell(f"upgrade: job {where}",
                          f"mkdir -p {root}/etc/cron.d; echo '7 3 * * * root {program}' >{job}; chmod 644 {job}",
                          *path_mark(job), Mark("cron", "*pbxware-agent*", glob=True)),
            numbers.shell(f"upgrade: account {where}",
                          f"chroot {root or '/'} useradd -r -M -s /usr/sbin/nologin pbxagent",
                          Mark("users", "*pbxagent", glob=True), Mark("groups", "*pbxagent", glob=True)),
            numbers.shell(f"upgrade: setuid helper {where}",
                          f"cp /bin/true {root}/usr/sbin/pbxware-helper; chmod 4755 {root}/usr/sbin/pbxware-helper",
                          *path_mark(f"{root}/usr/sbin/pbxware-helper")),
        ]  # fmt: skip
    rule, tuned = "/etc/sudoers.d/pbxware", "/etc/sysctl.d/60-pbxware.conf"
    deeds += [
        numbers.shell("upgrade: rule of sudo",
                      "mkdir -p /etc/sudoers.d; echo 'asterisk ALL=(root) NOPASSWD: /usr/sbin/pbxware-helper' "
                      f">{rule}; chmod 440 {rule}", *path_mark(rule), Mark("sudoers", "*/pbxware*", glob=True)),
        numbers.shell("upgrade: kernel setting", f"echo 'net.core.somaxconn = 1024' >{tuned}", *path_mark(tuned)),
        numbers.shell("upgrade: message of the day", "echo 'PBXware 7.3' >/etc/motd", *path_mark("/etc/motd")),
    ]  # fmt: skip
    return deeds


def _schema(numbers: Numbers) -> list[Deed]:
    statements = (
        ("CREATE TABLE agents (id INT PRIMARY KEY, name VARCHAR(40));", "tables", "agents"),
        ("ALTER TABLE extensions ADD COLUMN agent INT;", "columns", "extensions.agent"),
        ("CREATE INDEX agent ON extensions (agent);", "indexes", "extensions.agent"),
        ("CREATE VIEW agent_names AS SELECT name FROM agents;", "views", "agent_names"),
        ("CREATE TRIGGER agent_gone AFTER DELETE ON agents FOR EACH ROW SET @gone = OLD.id;", "triggers", "agent_gone"),
    )
    return [
        numbers.database("upgrade: schema", text, Mark(section, f"*{name}*", glob=True))
        for text, section, name in statements
    ]
