"""The door in front of netmiko's drivers: nothing but the allowed lines passes, whatever a driver is told to do."""

from __future__ import annotations

from typing import Any

import pytest

from access_check.edge.devices import DEVICES
from access_check.probes.edge import NotAllowed, driver
from tests.unit.access_check.test_edge_probe import TERMINALS


class Wire:
    """Stands in for netmiko's channel and keeps what passes the door."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write_channel(self, out_data: str) -> None:
        self.written.append(out_data)

    def read_channel(self) -> str:
        return ""


@pytest.mark.parametrize("kind", TERMINALS)
def test_nothing_that_the_driver_can_do_passes_the_door(kind: str) -> None:
    sent: list[str] = []
    speaker: Any = driver(DEVICES[kind], sent)  # type: ignore[index]
    speaker.channel = wire = Wire()
    speaker.session_preparation()
    speaker.special_login_handler()
    speaker.cleanup()
    for line in (
        "configure terminal\n",
        "set output standard\n",
        "show nat\nreload\n",
        "\n",
        "a\r",
        "exit\n",
        "show nat",
    ):
        with pytest.raises(NotAllowed):
            speaker.write_channel(line)
    for write in (
        lambda: speaker.send_config_set(["hostname x"], enter_config_mode=False),
        lambda: speaker.send_command("show users"),
        lambda: speaker.disable_paging("terminal length 1"),
        lambda: speaker.find_prompt(),
        lambda: speaker.establish_connection(),
    ):
        if kind == "mikrotik" and write.__code__.co_names[-1] == "disable_paging":
            continue  # sends nothing there
        try:
            write()
        except NotAllowed:
            continue
        except Exception:  # noqa: BLE001 - how a driver fails does not matter; what was sent does
            pass
    assert (wire.written, sent) == ([], [])
    assert speaker.password is None
