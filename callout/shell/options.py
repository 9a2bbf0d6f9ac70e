"""Pure: a Target → the words of an ssh command line."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from access_check.targets import Target
from access_check.trust import AUTHORITY_MARKER, KeyOnFile

CONNECT_TIMEOUT_S = 15
# The far shell's exit status for a script that did not arrive whole.
SCRIPT_CUT = 97


def ssh_arguments(target: Target, *, control_path: Path, batch: bool, by_authority: bool = False) -> list[str]:
    """`ssh` with every option, without the remote command.

    One password attempt, ever: a second wrong one may get the vendor's address banned. `batch` means that
    there is no password to ask for, `by_authority` that only a certificate authority vouches for the host
    (see `stands_by_authority`).
    """
    options = {
        **_trust_and_login(target, batch=batch, by_authority=by_authority),
        "ControlMaster": "auto",
        "ControlPath": as_path(control_path),
        "ControlPersist": "60",
        "LogLevel": "ERROR",
        "EscapeChar": "none",
    }
    return ["ssh", "-T", *_connection(target, options), "--", str(target.address)]


def conversation_arguments(
    target: Target, wanted: Sequence[str], *, log: Path, batch: bool, by_authority: bool = False
) -> list[str]:
    """`ssh` for a person: a connection of its own, so that whoever ends a shared one does not end the person's work.

    `wanted` are words for ssh itself (`-t`, `-L` …), which stand last: for every option the first value counts, so
    none of them can undo what is trusted. ssh's own log goes to `log`, apart from what the far side says.
    """
    options = {
        **_trust_and_login(target, batch=batch, by_authority=by_authority),
        "ControlMaster": "no",
        "ControlPath": "none",
        "LogLevel": "DEBUG1",
    }
    return ["ssh", "-E", str(log), *_connection(target, options), *wanted, "--", str(target.address)]


def _connection(target: Target, options: Mapping[str, str]) -> list[str]:
    words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    return ["-p", str(target.port), "-l", target.user, *words, *target.connection_arguments]


def _trust_and_login(target: Target, *, batch: bool, by_authority: bool) -> dict[str, str]:
    """What holds for every connection: whose key is believed, who logs in and how often it is tried."""
    options = {
        "UserKnownHostsFile": as_path(target.known_hosts),
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        "UpdateHostKeys": "no",
        "NumberOfPasswordPrompts": "1",
        "ConnectTimeout": str(CONNECT_TIMEOUT_S),
        "ServerAliveInterval": "10",
        "ServerAliveCountMax": "3",
        "ForwardAgent": "no",
        "ForwardX11": "no",
        "PermitLocalCommand": "no",
    }
    if not _alias_given(target) and not by_authority:
        # Without an alias ssh falls back to a key on file for the address without port: 2020 and 2222 are apart.
        options["HostKeyAlias"] = host_key_name(target)
    if batch:
        options["BatchMode"] = "yes"
    if target.password is not None and target.private_key is None:
        options["PreferredAuthentications"] = "password,keyboard-interactive"
    if target.private_key is not None:
        options["IdentitiesOnly"] = "yes"
        options["IdentityFile"] = as_path(target.private_key)
    if target.certificate_file is not None:
        options["CertificateFile"] = as_path(target.certificate_file)
    return options


def account_asked_for(target: Target, *, by_authority: bool = False) -> str:
    """`user@host` as ssh's question for a password names it: by its HostKeyAlias, in small letters."""
    named = _alias_given(target) or (str(target.address) if by_authority else host_key_name(target))
    return f"{target.user}@{named.lower()}"


def host_key_name(target: Target) -> str:
    """The name under which `known_hosts` keeps this port's key: `[address]:port`, the bare address for 22."""
    return str(target.address) if target.port == 22 else f"[{target.address}]:{target.port}"


def stands_by_authority(at_port: Sequence[KeyOnFile], without_port: Sequence[KeyOnFile]) -> bool:
    """Whether the host is to be known by a certificate: an authority is on file for its port, and no plain key.

    A host's certificate is for an address, never for `[address]:port`, so ssh must be told no alias then; and where
    it has none, a plain key on file for the address without a port would count as well, so there must be none.
    """
    plain = any(key.marker == "" for key in (*at_port, *without_port))
    return not plain and any(key.marker == AUTHORITY_MARKER for key in at_port)


def _alias_given(target: Target) -> str:
    named = [word.partition("=")[2] for word in target.connection_arguments if "hostkeyalias=" in word.lower()]
    return named[0] if named else ""


def remote_command(script_length: int, arguments: Sequence[str]) -> str:
    """The command for the far shell: read a script of so many bytes (ASCII) from standard input, then run it.

    What follows the script on standard input is left for the script itself: `dd bs=1` reads not one byte
    too many, which `sh -s` of dash and busybox does. The script is in no process list over there. One that
    was cut on its way is not begun: it ends with status 97.
    """
    reader = (
        f"s=$(dd bs=1 count={script_length} 2>/dev/null; echo .); "
        f'[ "${{#s}}" -eq {script_length + 1} ] || exit {SCRIPT_CUT}; eval "${{s%.}}"'
    )
    return "exec sh -c " + shlex.join([reader, "callout", *arguments])


def as_path(path: Path) -> str:
    """A path as an ssh option's value: quoted where it holds spaces, percent signs doubled, they begin a token."""
    value = str(path).replace("%", "%%")
    return f'"{value}"' if " " in value else value
