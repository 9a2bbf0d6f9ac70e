"""Changes that nobody may be accused of: the product's own writes, people's rows, rotation, allowed settings."""

from __future__ import annotations

import random

from tests.faults.drift.deeds import GUI, PW, Mark, Means, path_mark, quoted
from tests.faults.drift.targets import Targets

Drawn = tuple[Means, str, tuple[Mark, ...]]
SPOOL = f"{PW}/var/spool/asterisk"
SOUND = "head -c {} /dev/urandom >"
DATE = "2026/11/{:02d}"


def _sql(statement: str, *tables: str) -> Drawn:
    return Means.DATABASE, statement, tuple(Mark("counts", f"*{table}*", glob=True) for table in tables)


def _file(script: str, path: str) -> Drawn:
    return (
        Means.SHELL,
        f"{script} && chroot {PW} chown asterisk:asterisk {quoted(path.removeprefix(PW))}",
        path_mark(path),
    )


def call_records(dice: random.Random, targets: Targets) -> Drawn:
    """Rows that Asterisk writes about calls."""
    return _sql(
        "INSERT INTO cdr (calldate, src, dst, duration, billsec, disposition, uniqueid) "
        f"SELECT NOW(), 100 + seq, '+43', seq, seq, 'ANSWERED', CONCAT('{targets.word('u')}.', seq) "
        f"FROM seq_1_to_{dice.randrange(1, 40)};",
        "cdr",
    )


def old_records(dice: random.Random, targets: Targets) -> Drawn:
    """Records that have become too old are deleted."""
    return _sql(f"DELETE FROM cdr WHERE id < 2000 AND id % 97 = {dice.randrange(97)};", "cdr")


def call(dice: random.Random, targets: Targets) -> Drawn:
    """A real call through Asterisk, which counts it and writes its log."""
    script = "/opt/pbxware/sh/asterisk -rx 'channel originate Local/s@demo application Wait 1' >/dev/null"
    return Means.SHELL, script, path_mark(f"{PW}/var/log/asterisk/messages")


def registration(dice: random.Random, targets: Targets) -> Drawn:
    """Something that Asterisk remembers in its own database."""
    key = targets.word("contact")
    script = (
        f"/opt/pbxware/sh/asterisk -rx 'database put registrar {key} sip:{dice.randrange(999)}@10.0.0.1' >/dev/null"
    )
    return Means.SHELL, script, path_mark(f"{PW}/var/lib/asterisk/astdb.sqlite3")


def voicemail(dice: random.Random, targets: Targets) -> Drawn:
    """A message is left, with its text file."""
    folder = f"{SPOOL}/voicemail/{dice.choice(('200', '300'))}/{dice.randrange(100, 160)}/INBOX"
    path = f"{folder}/{targets.word('msg')}.wav"
    text = f"printf '[message]\\ncallerid=%s\\n' {dice.randrange(999)} >{quoted(path[:-3] + 'txt')}"
    return _file(f"mkdir -p {folder} && {SOUND.format(dice.randrange(999))}{quoted(path)} && {text}", path)


def heard(dice: random.Random, targets: Targets) -> Drawn:
    """A message is heard: it moves into another folder, with its name."""
    old, new = f"{SPOOL}/voicemail/200/101/INBOX", f"{SPOOL}/voicemail/200/101/Old"
    name = targets.word("moved") + ".wav"
    script = f"mkdir -p {old} {new} && : >{old}/{name} && mv {old}/{name} {new}/{name}"
    return _file(script, f"{new}/{name}")


def recording(dice: random.Random, targets: Targets) -> Drawn:
    """A call is recorded."""
    folder = f"{SPOOL}/monitor/{dice.choice(('200', '300'))}/{DATE.format(dice.randrange(1, 29))}"
    path = f"{folder}/{targets.word('176')}-{dice.choice(('101', 'Genève 1', '102'))}.wav"
    return _file(f"mkdir -p {folder} && {SOUND.format(dice.randrange(4000))}{quoted(path)}", path)


def log_line(dice: random.Random, targets: Targets) -> Drawn:
    """A log grows."""
    path = dice.choice(
        (
            "/var/log/sshd.log",
            "/var/log/wizard.log",
            f"{PW}/var/log/asterisk/messages",
            f"{PW}/var/log/nginx/access.log",
        )
    )
    return Means.SHELL, f"echo 'line {dice.randrange(10**6)}' >>{path}", path_mark(path)


def rotation(dice: random.Random, targets: Targets) -> Drawn:
    """Logs are rotated, by Asterisk itself or by logrotate."""
    if dice.random() < 0.5:
        return (
            Means.SHELL,
            "/opt/pbxware/sh/asterisk -rx 'logger rotate' >/dev/null",
            path_mark(f"{PW}/var/log/asterisk/messages"),
        )
    path = dice.choice(("/var/log/sshd.log", "/var/log/wizard.log", f"{PW}/var/log/nginx/access.log"))
    how = dice.choice(("copytruncate", "copytruncate\\n compress", "copytruncate\\n dateext\\n dateformat -%%s"))
    script = (
        f"printf '{path} {{\\n rotate 4\\n {how}\\n}}\\n' >/run/rotate; chmod 644 /run/rotate; "
        f"echo x >>{path}; logrotate -f -s /run/rotate.state /run/rotate"
    )
    return Means.SHELL, script, path_mark(path)


def sign_in(dice: random.Random, targets: Targets) -> Drawn:
    """Somebody opens the GUI: PHP keeps a session for them, nginx logs it."""
    return Means.SHELL, "curl -ks -o /dev/null https://127.0.0.1/", path_mark(f"{PW}/var/log/nginx/access.log")


def cached(dice: random.Random, targets: Targets) -> Drawn:
    """A cache of the product or of the system is filled, or emptied again."""
    folder = dice.choice(
        (f"{PW}/var/cache/pbxware", "/var/cache/misc", f"{PW}/tmp", "/tmp", "/var/tmp", f"{PW}/var/tmp")
    )
    path = f"{folder}/{targets.word('cache')}"
    return Means.SHELL, f"mkdir -p {folder}; echo {dice.randrange(10**6)} >{path}", path_mark(path)


def extension(dice: random.Random, targets: Targets) -> Drawn:
    """People work with the product: an extension is made, renamed (which its trigger writes down), or switched off."""
    number = targets.word("9")
    return dice.choice(
        (
            _sql(
                "INSERT INTO extensions (tenant_id, number, name, email) VALUES "
                f"({dice.choice((1, 2))}, '{number}', 'New {number}', 'n@example.org');",
                "extensions",
            ),
            _sql(
                f"UPDATE extensions SET name = 'Renamed {number}' WHERE id = {dice.randrange(1, 60)};",
                "extension_changes",
            ),
            _sql(f"UPDATE extensions SET enabled = 1 - enabled WHERE id = {dice.randrange(1, 60)};", "extensions"),
            _sql(f"INSERT INTO trunks (name, host) VALUES ('{number}', 'sip.example');", "trunks"),
        )
    )


def table_care(dice: random.Random, targets: Targets) -> Drawn:
    """The database's own housekeeping: counters, statistics, a table written anew."""
    table = dice.choice(("cdr", "extensions", "dids", "trunks", "tenants"))
    number = dice.randrange(7000, 90000)
    statement = dice.choice(
        (f"ALTER TABLE {table} AUTO_INCREMENT = {number};", f"ANALYZE TABLE {table};", f"OPTIMIZE TABLE {table};",
         f"ALTER TABLE {table} FORCE;", f"FLUSH TABLES {table};")
    )  # fmt: skip
    return Means.DATABASE, statement, (Mark("tables", f"*{table}*", glob=True),)


def touched(dice: random.Random, targets: Targets) -> Drawn:
    """Only a time has changed: somebody copied a tree back, or unpacked it again."""
    file = targets.data()
    return Means.SHELL, f"touch {quoted(file.path)}", path_mark(file.path)


def copied_back(dice: random.Random, targets: Targets) -> Drawn:
    """The same bytes, mode and owner under a new inode, as a restore leaves them."""
    file = targets.data()
    path = quoted(file.path)
    return Means.SHELL, f"cp -p {path} {path}.back && mv {path}.back {path}", path_mark(file.path)


def uploaded(dice: random.Random, targets: Targets) -> Drawn:
    """The customer gives the product a greeting or music."""
    folder = dice.choice((f"{PW}/var/lib/asterisk/sounds/greetings", f"{PW}/var/lib/asterisk/moh/house"))
    path = f"{folder}/{targets.word('sound')}.gsm"
    return _file(f"{SOUND.format(dice.randrange(3000))}{path}", path)


def place_setting(dice: random.Random, targets: Targets) -> Drawn:
    """What the customer may set in their own system: names, addresses, the time zone."""
    number = dice.randrange(1, 250)
    scripts = (
        (f"echo '10.0.0.{number} printer{number}' >>/etc/hosts", "/etc/hosts"),
        (f"echo 'options timeout:{number % 9 + 1}' >>/etc/resolv.conf", "/etc/resolv.conf"),
        (f"echo pbx{number} >/etc/hostname", "/etc/hostname"),
        (
            f"ln -sfn /usr/share/zoneinfo/{dice.choice(('Europe/Vienna', 'America/New_York'))} /etc/localtime",
            "/etc/localtime",
        ),
    )
    script, path = dice.choice(scripts)
    return Means.SHELL, script, path_mark(path)


def stopped_and_started(dice: random.Random, targets: Targets) -> Drawn:
    """A service is started again: new process numbers, pid files and sockets."""
    return Means.SHELL, "/opt/pbxware/sh/service httpd restart >/dev/null", (Mark("ports", "*:81", glob=True),)


def backed_up(dice: random.Random, targets: Targets) -> Drawn:
    """The product leaves a backup where it keeps them."""
    path = f"/opt/backup/{targets.word('backup')}.tar"
    return Means.SHELL, f"tar -cf {path} -C {GUI} index.php", path_mark(path)


KINDS = {
    "call records": (call_records, 26),
    "old records deleted": (old_records, 8),
    "calls": (call, 12),
    "registrations": (registration, 10),
    "voicemail": (voicemail, 24),
    "voicemail heard": (heard, 10),
    "recordings": (recording, 24),
    "log lines": (log_line, 20),
    "log rotation": (rotation, 10),
    "sign-ins to the GUI": (sign_in, 10),
    "caches": (cached, 20),
    "people's rows": (extension, 30),
    "table care": (table_care, 16),
    "times only": (touched, 24),
    "copied back": (copied_back, 16),
    "uploaded sounds": (uploaded, 12),
    "allowed settings": (place_setting, 16),
    "service started again": (stopped_and_started, 4),
    "product's backup": (backed_up, 8),
}
