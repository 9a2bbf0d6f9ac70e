"""A mailbox on an IMAP server: its unread mails; a taken one is marked as read, or moved to another folder."""

from __future__ import annotations

import datetime as dt
import imaplib
import io
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, BinaryIO

from access_check.escaping import shown
from callout.desk.sources.waiting import BATCH_BYTES, BATCH_MAILS, Waiting
from callout.errors import BadInput, CalloutError, Unreachable
from callout.inventory.desk import Imap

PIECE_BYTES = 1024 * 1024
_PORTS = {"tls": 993, "starttls": 143, "none": 143}
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_DATE = re.compile(rb'INTERNALDATE "([^"]{1,40})"')
_VALIDITY = re.compile(rb"\d{1,10}")


class ImapSource:
    """The folder that policy names. `folder` is the inventory's, where `ca_file` is looked for.

    Raises BadInput for a password that would go over the network in clear, Unreachable where the server does not
    answer, or says no.
    """

    def __init__(self, account: Imap, folder: Path, *, read_too: bool = False) -> None:
        self._account = account
        if account.security == "none" and not _is_here(account.host):
            said = f"{account.host} would be told the password in clear."
            raise BadInput(said, "Set security to tls in callout_policy.desk.mail.mailbox.imap.")
        self._server: imaplib.IMAP4 | None = None
        self._validity = ""
        self._can: frozenset[str] = frozenset()
        try:
            with self._told():
                self._server = _connected(account, _trust(account, folder))
                self._sign_in()
                self._can = self._capabilities()
                self._select()
                answer = self._ask("UID", "SEARCH", "ALL" if read_too else "UNSEEN")
                # In the order of arrival: an answer behind what it answers.
                self._left = sorted(int(uid) for uid in b" ".join(filter(None, answer)).split() if uid.isdigit())
        except BaseException:
            self.close()
            raise

    @property
    def name(self) -> str:
        """See `Source`. Without the user: it is shown."""
        return f"imap {self._account.host} {self._account.folder}"

    def batch(self) -> Sequence[Waiting]:
        """See `Source`."""
        some, self._left = self._left[:BATCH_MAILS], self._left[BATCH_MAILS:]
        if not some:
            return []
        with self._told():
            answer = self._ask("UID", "FETCH", ",".join(map(str, some)), "(UID RFC822.SIZE INTERNALDATE)")
        told = [line for line in answer if isinstance(line, bytes)]
        found = {int(uid[1]): line for line in told if (uid := _UID.search(line))}
        mails = [self._waiting(uid, found[uid]) for uid in some if uid in found]
        size = 0
        for count, mail in enumerate(mails):
            size += mail.size_bytes
            if size > BATCH_BYTES and count:
                self._left = [int(one.key) for one in mails[count:]] + self._left
                return mails[:count]
        return mails

    def taken(self, mails: Sequence[Waiting]) -> None:
        """See `Source`."""
        uids = ",".join(mail.key for mail in mails)
        if not uids:
            return
        with self._told():
            self._ask("UID", "STORE", uids, "+FLAGS.SILENT", r"(\Seen)")
            if self._account.move_to:
                self._move(uids, self._account.move_to)

    def close(self) -> None:
        """Signs out; what the server still says does not matter."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                server.logout()

    def _sign_in(self) -> None:
        assert self._server is not None
        user, password = self._account.user, self._account.password.get_secret_value()
        if "AUTH=PLAIN" in self._server.capabilities:
            said = f"\0{user}\0{password}".encode()
            self._server.authenticate("PLAIN", lambda _: said)
        elif user.isascii() and password.isascii() and "\n" not in password and "\r" not in password:
            self._server.login(user, password)
        else:
            raise BadInput(f"{self._account.host} takes a password of plain letters only.", "Ask for AUTH=PLAIN there.")

    def _capabilities(self) -> frozenset[str]:
        """What the server says that it can now; before one signs in it says less."""
        assert self._server is not None
        _, said = self._server.capability()
        return frozenset(b" ".join(filter(None, said)).decode("ascii", "replace").upper().split())

    def _select(self) -> None:
        assert self._server is not None
        self._ask("SELECT", _quoted(self._account.folder))
        _, said = self._server.response("UIDVALIDITY")
        validity = said[0] if said else None
        if not isinstance(validity, bytes) or not _VALIDITY.fullmatch(validity):
            raise Unreachable(f"{self.name}: the server does not say which mails its numbers mean.", "Ask its admin.")
        self._validity = validity.decode()

    def _move(self, uids: str, folder: str) -> None:
        verb = "MOVE" if "MOVE" in self._can else "COPY"
        try:
            self._ask("UID", verb, uids, _quoted(folder))
        except imaplib.IMAP4.error as error:
            if "TRYCREATE" not in str(error):
                raise
            self._ask("CREATE", _quoted(folder))
            self._ask("UID", verb, uids, _quoted(folder))
        if verb == "COPY":
            self._ask("UID", "STORE", uids, "+FLAGS.SILENT", r"(\Deleted)")
            if "UIDPLUS" in self._can:  # else others' deleted mails would go as well
                self._ask("UID", "EXPUNGE", uids)

    def _waiting(self, uid: int, line: bytes) -> Waiting:
        size = _SIZE.search(line)
        arrived = _DATE.search(line)
        arrived_at: dt.datetime | None = None
        if arrived:
            with suppress(ValueError, TypeError, OverflowError):
                arrived_at = parsedate_to_datetime(arrived[1].decode("ascii", "replace").replace("-", " ", 2))
        bytes_there = int(size[1]) if size else BATCH_BYTES

        def opened() -> BinaryIO:
            return io.BufferedReader(_Pieces(self, uid))

        place = f"imap:{self._account.host}/{self._account.folder};uidvalidity={self._validity};uid={uid}"
        return Waiting(shown(place, 500), str(uid), bytes_there, arrived_at, opened)

    def piece(self, uid: int, at: int) -> bytes:
        """At most `PIECE_BYTES` of a mail from there on, without marking it as read; empty behind its end."""
        with self._told():
            answer = self._ask("UID", "FETCH", str(uid), f"(UID BODY.PEEK[]<{at}.{PIECE_BYTES}>)")
        for part in answer:
            if isinstance(part, tuple) and len(part) == 2:
                return bytes(part[1])
            if isinstance(part, bytes) and b'""' in part:
                return b""
        if at == 0:
            raise FileNotFoundError(uid)  # somebody else has taken it away
        return b""

    def _ask(self, command: str, *words: str) -> list[Any]:
        assert self._server is not None
        if command == "UID":
            status, answer = self._server.uid(words[0], *words[1:])
        elif command == "SELECT":
            status, answer = self._server.select(words[0])
        else:
            status, answer = self._server.create(words[0])
        if status != "OK":
            raise imaplib.IMAP4.error(
                b" ".join(one for one in answer if isinstance(one, bytes)).decode("ascii", "replace")
            )
        return list(answer)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            said = f"{self._account.host}: its certificate is not trusted: {error.verify_message}."
            raise Unreachable(said, "Name its authority with ca_file.") from None
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            # What a server says may hold anything, but never the password: it is in none of these errors.
            said = f"{self._account.host} (IMAP): {shown(str(error), 200) or type(error).__name__}."
            raise Unreachable(said, "What was not taken stays there; run the same again.") from None


class _Pieces(io.RawIOBase):
    """A mail that is fetched piece by piece."""

    def __init__(self, source: ImapSource, uid: int) -> None:
        super().__init__()
        self._source, self._uid, self._at, self._left, self._is_over = source, uid, 0, b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left and not self._is_over:
            self._left = self._source.piece(self._uid, self._at)
            self._at += len(self._left)
            self._is_over = len(self._left) < PIECE_BYTES
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


class _Bounded:
    """What a server announces is not read beyond a piece: it could announce 4 GB."""

    def read(self, size: int) -> bytes:
        if size > PIECE_BYTES + 1024:
            raise imaplib.IMAP4.abort(f"it announced {size} bytes where {PIECE_BYTES} were asked for")
        return bytes(super().read(size))  # type: ignore[misc]


class _Plain(_Bounded, imaplib.IMAP4):
    pass


class _Tls(_Bounded, imaplib.IMAP4_SSL):
    pass


def _connected(account: Imap, trust: ssl.SSLContext) -> imaplib.IMAP4:
    port = account.port or _PORTS[account.security]
    if account.security == "tls":
        return _Tls(account.host, port, ssl_context=trust, timeout=account.timeout_s)
    server = _Plain(account.host, port, timeout=account.timeout_s)
    if account.security == "starttls":
        server.starttls(trust)
    return server


def _trust(account: Imap, folder: Path) -> ssl.SSLContext:
    if account.ca_file is None:
        return ssl.create_default_context()
    path = folder / account.ca_file
    try:
        return ssl.create_default_context(cafile=str(path))
    except (OSError, ssl.SSLError) as error:
        said = f"{path} holds no certificates: {error.strerror or error}."
        raise BadInput(said, "See callout_policy.desk.mail.mailbox.imap.ca_file.") from None


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _quoted(folder: str) -> str:
    """A mailbox name as the protocol wants it: quoted, beyond ASCII in its modified UTF-7."""
    if not folder.isprintable():
        raise CalloutError("A mailbox's name has letters that cannot be shown.", "See callout_policy.desk.mail.")
    said = ""
    for run in re.findall(r"[ -~]+|[^ -~]+", folder):
        if run.isascii():
            said += run.replace("&", "&-")
        else:
            said += f"&{run.encode('utf-7').decode('ascii').strip('+-').replace('/', ',')}-"
    return '"' + said.replace("\\", "\\\\").replace('"', '\\"') + '"'
