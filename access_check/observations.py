"""What the probes saw, in a closed vocabulary. No verdicts here, and no secrets ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from access_check.facts_observation import ShellFacts


class Resolution(StrEnum):
    """What became of a name."""

    RESOLVED = "resolved"
    FAILED = "resolve-failed"
    TIMEOUT = "resolve-timeout"


class Reach(StrEnum):
    """What a TCP port did when we knocked."""

    OPEN = "open"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    RESET = "reset"
    UNREACHABLE = "unreachable"


class Banner(StrEnum):
    """What came first on an SSH port."""

    SSH = "ssh"
    NOT_SSH = "not-ssh"
    CLOSED = "closed-before-banner"
    SILENT = "silent"


class Handshake(StrEnum):
    """How the key exchange ended."""

    DONE = "done"
    NO_COMMON_ALGORITHM = "no-common-algorithm"
    BROKEN = "broken"
    CLOSED = "closed"
    TIMEOUT = "timeout"
    TOO_MUCH = "too-much"


class HostKey(StrEnum):
    """What the trust store says of the key that the server proved to have."""

    KNOWN = "known"
    UNKNOWN = "host-key-unknown"
    CHANGED = "host-key-changed"
    REVOKED = "host-key-revoked"


class Login(StrEnum):
    """How the login ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NO_COMMON_METHOD = "no-common-method"
    NO_CREDENTIALS = "no-credentials"
    KEY_UNUSABLE = "key-unusable"
    CLOSED = "closed"
    TIMEOUT = "timeout"


class Shell(StrEnum):
    """What `sh` over there made of one line."""

    WORKS = "works"
    NO_SHELL = "no-shell"
    WRONG_OUTPUT = "wrong-output"
    FLOODED = "flooded"
    TIMEOUT = "timeout"


class Page(StrEnum):
    """How a web page answered."""

    ANSWERED = "answered"
    NOT_HTTP = "not-http"
    REFUSED = "refused"
    RESET = "reset"
    TIMEOUT = "timeout"
    TOO_MUCH = "too-much"
    TLS_FAILED = "tls-failed"


class Certificate(StrEnum):
    """What our trust store says of a web page's certificate. NONE where there was no TLS."""

    NONE = "none"
    TRUSTED = "trusted"
    SELF_SIGNED = "self-signed"
    EXPIRED = "expired"
    WRONG_NAME = "wrong-name"
    UNTRUSTED = "untrusted"


class Sip(StrEnum):
    """What one SIP OPTIONS brought."""

    ANSWERED = "answered"
    SILENT = "silent"
    REFUSED = "refused"
    NOT_SIP = "not-sip"
    UNREACHABLE = "unreachable"
    RESOLVE_FAILED = "resolve-failed"


@dataclass(frozen=True, slots=True)
class NameObservation:
    """The addresses that a name (or an address literal) stands for, in the order they are to be tried."""

    resolution: Resolution
    addresses: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class TcpObservation:
    """One port. `detail` is the operating system's word for it.

    `address` is the one that opened, `failed_before` those of the same name that were knocked at before it in vain.
    """

    port: int
    reach: Reach
    detail: str = ""
    address: str = ""
    failed_before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """The algorithms that a server offered, in its order, each list bounded."""

    key_exchange: tuple[str, ...]
    host_keys: tuple[str, ...]
    ciphers: tuple[str, ...]
    macs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HostKeyObservation:
    """The key that was proved, beside the ones on file. Fingerprints are `SHA256:…` as ssh-keygen prints them.

    `encoded` is the public key in base64, as a line of known_hosts holds it.
    """

    host_key: HostKey
    kind: str
    fingerprint: str
    on_file: tuple[str, ...] = ()
    encoded: str = ""


@dataclass(frozen=True, slots=True)
class LoginObservation:
    """One login. `method` is what was used last, `key_refused` says that a key was tried before a password.

    `password_attempts` is 0 or 1, never more. `offered` are the server's methods.
    """

    login: Login
    method: str = ""
    offered: tuple[str, ...] = ()
    key_refused: bool = False
    password_attempts: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ShellObservation:
    """What came back from one script of sh; `said` is bounded and escaped, `facts` only where sh works."""

    shell: Shell
    said: str = ""
    facts: ShellFacts | None = None


@dataclass(frozen=True, slots=True)
class SshObservation:
    """One SSH port, as far as we came: what was not reached is None."""

    port: int
    banner: Banner
    banner_text: str = ""
    handshake: Handshake | None = None
    handshake_detail: str = ""
    offer: Offer | None = None
    host_key: HostKeyObservation | None = None
    login: LoginObservation | None = None
    shell: ShellObservation | None = None
    received_bytes: int = 0


@dataclass(frozen=True, slots=True)
class PageObservation:
    """One web page. `status` is 0 where no HTTP answer came; texts are bounded and escaped."""

    page: Page
    status: int = 0
    server: str = ""
    location: str = ""
    certificate: Certificate = Certificate.NONE
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SipObservation:
    """The answer to one OPTIONS. `status` is 0 where none came; texts are bounded and escaped."""

    sip: Sip
    status: int = 0
    reason: str = ""
    user_agent: str = ""
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class Observations:
    """All that was seen of one system. `tcp` and `ssh` go by port, `web` by the page's name in the profile."""

    name: NameObservation | None = None
    tcp: Mapping[int, TcpObservation] = field(default_factory=dict)
    ssh: Mapping[int, SshObservation] = field(default_factory=dict)
    web: Mapping[str, PageObservation] = field(default_factory=dict)
