"""A real IMAP server (Dovecot) for tests: on ports of loopback, in a folder of its own, gone with its process."""

from __future__ import annotations

import datetime as dt
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "desk", 'päss "word" \\ of the desk'
_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = {mechanisms}
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
mail_location = maildir:{folder}/Maildir
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
first_valid_gid = 0
mail_fsync = never
imap_capability = {capability}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


class ImapServer:
    """One mailbox of one user. `capability` is what it says that it can, `mechanisms` how one signs in."""

    def __init__(self, *, capability: str = "", mechanisms: str = "plain login") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="imap-", dir="/tmp"))
        self.port, self.tls_port = _free_ports()
        self.authority = self.folder / "certificate.pem"
        _certificate(self.folder)
        own = pwd.getpwuid(os.geteuid())
        as_root = own.pw_uid == 0
        user, group = ("dovecot", "dovecot") if as_root else (own.pw_name, own.pw_name)
        (self.folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        self.configuration = self.folder / "dovecot.conf"
        filled = _CONFIGURATION.format(
            folder=self.folder, user=user, group=group, port=self.port, tls_port=self.tls_port,
            capability=capability, mechanisms=mechanisms,
        )  # fmt: skip
        self.configuration.write_text("".join(f"{line}\n" for line in filled.splitlines() if not line.endswith("= ")))
        for folder in (self.folder, *(self.folder / name for name in ("run", "state", "Maildir"))):
            folder.mkdir(exist_ok=True)
            if as_root:
                shutil.chown(folder, user, group)
        self.folder.chmod(0o755)
        program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
        assert program, "dovecot is not installed: run tools/setup"
        words = [program, "-F", "-c", str(self.configuration)]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        ends_at = time.monotonic() + 30
        while not _answers(self.port):
            assert self._process.poll() is None and time.monotonic() < ends_at, self.said()
            time.sleep(0.05)

    def said(self) -> str:
        """Its log."""
        log = self.folder / "log"
        start = (
            self._process.stdout.read().decode() if self._process.poll() is not None and self._process.stdout else ""
        )
        return start + (log.read_text() if log.exists() else "")

    def remove(self) -> None:
        """Stops it, and nothing of it stays."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)
        shutil.rmtree(self.folder)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            return line.recv(4) == b"* OK"
    except OSError:
        return False


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(other.getsockname()[1])


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1)).not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    (folder / "key.pem").chmod(0o600)
