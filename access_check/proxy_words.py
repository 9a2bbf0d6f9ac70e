"""Pure: a ProxyCommand → the words of it that may be a secret, should the program or the proxy repeat them.

Nobody marks a password in a command as one. So every word counts as one that does not say of itself what it is; only
ssh, which takes no password among its arguments, may repeat what it was given.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from pydantic import SecretStr

from access_check.connection_arguments import connection_arguments
from access_check.targets import Target

_BETWEEN_WORDS = re.compile(r"[\s'\"`;|&()<>]+")
_BETWEEN_PARTS = re.compile(r"[:@=/,]+")
_PASSWORD_OF_USER = re.compile(r"[^\s:@/'\"]+:([^\s@/'\"]+)@")
_SAYS_WHAT_IT_IS = re.compile(r"-\w?|--[\w-]+|.*%[hnpr].*|[0-9]{1,5}|[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
# Programs that are on the way to others, and the names of protocols: they stand in every complaint.
_PLAIN = frozenset(
    {"bash", "cloudflared", "connect", "corkscrew", "exec", "ncat", "netcat", "openssl", "proxytunnel", "sh", "socat"}
    | {"ssh", "sshpass", "http", "https", "localhost", "proxy", "s_client", "socks", "socks4", "socks5", "stdio"}
)


def proxy_secrets(target: Target) -> tuple[SecretStr, ...]:
    """What must not be told of the way to `target`, the longest first; nothing where the way is no command."""
    command = connection_arguments(target.connection_arguments).command
    known = {str(target.address), target.user, target.name}
    found = _may_be_secret(command) - known
    return tuple(SecretStr(word) for word in sorted(found, key=lambda word: (-len(word), word)))


def _may_be_secret(command: str) -> set[str]:
    words = [word for word in _BETWEEN_WORDS.split(command) if word]
    found = set(_PASSWORD_OF_USER.findall(command))
    programs = [PurePosixPath(word).name for word in words[:2] if word != "exec"]
    if "ssh" in programs[:1] and "proxycommand" not in command.lower():
        return found
    for word in words[1:]:
        parts = [word, *_BETWEEN_PARTS.split(word)]
        if word.startswith("-"):
            parts += [word.partition("=")[2], word[2:]]  # --password=…, -p…
        found |= {part for part in parts if part and not _SAYS_WHAT_IT_IS.fullmatch(part) and part not in _PLAIN}
    return found
