"""A system that says our secrets back, in pieces and in disguise: none is kept, none is in a process list."""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncssh
import pytest
from pydantic import SecretStr

from access_check.masking import MASK
from access_check.targets import ApiKey, GuiLogin, WizardLogin
from callout.worklog.recorded_work import Said
from tests.faults.hostile.canaries import Canaries, Watch
from tests.unit.shell.conftest import sshd  # noqa: F401 - a fixture
from tests.unit.shell.person import Person
from tests.unit.shell.session_site import Site, site_in, system_at

pytestmark = pytest.mark.faults


class Parrot:
    """An SSH server that lets in by one password, and then says every secret back; echoes what is typed."""

    def __init__(self, secrets: dict[str, str]) -> None:
        self.secrets, self.port, self.public_key, self.attempts = secrets, 0, "", 0

    def __enter__(self) -> Parrot:
        self._loop, ready = asyncio.new_event_loop(), threading.Event()

        def run() -> None:
            asyncio.set_event_loop(self._loop)
            self._loop.run_until_complete(self._listen())
            ready.set()
            self._loop.run_forever()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        assert ready.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _listen(self) -> None:
        parrot, key = self, asyncssh.generate_private_key("ssh-ed25519")

        class Door(asyncssh.SSHServer):
            def begin_auth(self, username: str) -> bool:
                return True

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                parrot.attempts += 1
                return password == parrot.secrets["ssh"]

        self.public_key = key.export_public_key().decode().strip()
        listener = await asyncssh.create_server(
            Door, "127.0.0.1", 0, server_host_keys=[key], process_factory=self._sing, line_editor=False, encoding=None
        )
        self.port = listener.get_port()

    async def _sing(self, process: Any) -> None:
        for secret in self.secrets.values():
            plain = secret.encode()
            for song in (
                plain, base64.b64encode(plain), quote(secret, safe="").encode(), b"\x1b]0;" + plain + b"\x07",
                b"\x1b[1m".join(bytes([one]) for one in plain), plain[:9] + b" \r" + plain[9:],
            ):  # fmt: skip
                for place in range(0, len(song), 5):
                    process.stdout.write(song[place : place + 5])
                    await asyncio.sleep(0.002)
                process.stdout.write(b"\r\n")
        process.stdout.write(b"sung> ")
        while (typed := await process.stdin.read(1)) not in (b"", b"\x04"):
            process.stdout.write(typed)
        process.exit(6)


@pytest.fixture
def site(sshd: Any, tmp_path: Path) -> Iterator[Site]:  # noqa: F811 - the fixture above
    (tmp_path / "inventory").mkdir()
    made = site_in(tmp_path, system_at(sshd, tmp_path / "inventory"))
    yield made
    made.context.ledger.close()


def test_no_secret_gets_out(site: Site, tmp_path: Path) -> None:
    canaries = Canaries()
    names = ("ssh", "gui", "wizard", "api")
    secret = {
        name: canaries.new(name, around) for name, around in zip(names, ("{}", "ü<{}>", "w/{}+", "{}="), strict=True)
    }

    def script(person: Person) -> None:
        person.wait_for(b"sung> ")
        for key in f"mysql -p{secret['gui']} x".encode():
            person.types(bytes([key]))
        person.wait_for(b" x", person.wait_for(b"mysql"))
        person.types(b"\x04")

    with Parrot(secret) as parrot:
        known = tmp_path / "known"
        known.write_text(f"[127.0.0.1]:{parrot.port} {parrot.public_key}\n")
        changes = {
            "port": parrot.port, "known_hosts": known, "private_key": None, "password": SecretStr(secret["ssh"]),
            "gui": GuiLogin(user="admin", password=SecretStr(secret["gui"])),
            "wizard": WizardLogin(password=SecretStr(secret["wizard"])), "api": ApiKey(key=SecretStr(secret["api"])),
        }  # fmt: skip
        target = site.system.target.model_copy(update=changes)
        site.system = site.system.model_copy(update={"target": target})
        with Watch(canaries) as watch, Person(script) as person:
            note = Said(f"The password is {secret['api']}")
            end = site.hold(person, f"echo {secret['wizard']}", note, note=secret["ssh"])
    shown = {name for name in names if canaries.songs[name].encode() in person.seen}
    assert shown == set(names)  # the person sees what the system says
    assert (parrot.attempts, end.outcome.status) == (1, 6)
    assert watch.looks
    # What somebody types as a command is in ssh's arguments, as it is with ssh itself.
    assert watch.heard <= {"wizard"}
    kept = b"".join(path.read_bytes() for path in site.context.places.data.rglob("*") if path.is_file())
    assert kept.count(MASK.encode()) >= 4 * 6
    assert canaries.heard_in(kept) == set()
