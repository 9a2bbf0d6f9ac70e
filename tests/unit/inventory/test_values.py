"""Values that YAML or pydantic would read otherwise than they were meant are refused, with file and key."""

from __future__ import annotations

from typing import Any

import pytest

from callout.errors import BadInput

CUSTOMER = "group_vars/acme.yml"


@pytest.mark.parametrize("opens", ["22:00", "1320", '"22:00+02:00"', '"2200"', "9"])
def test_a_time_that_is_no_quoted_clock_time_is_refused(folder: Any, opens: str) -> None:
    """An unquoted 22:00 is the number 1320 to YAML: it would open the window at 00:22."""
    window = f"  currency: EUR\n  change_window: {{opens: {opens}, closes: '04:00'}}\n"
    folder.change(CUSTOMER, "  currency: EUR\n", window)
    with pytest.raises(BadInput, match=r"change_window\.opens") as error:
        folder.load()
    assert "in quotes" in error.value.message
    assert CUSTOMER in error.value.message


def test_a_quoted_time_is_that_time(folder: Any) -> None:
    """Minutes and, where somebody writes them, seconds."""
    window = "  currency: EUR\n  change_window: {opens: '22:00', closes: '04:00:30'}\n"
    folder.change(CUSTOMER, "  currency: EUR\n", window)
    found = folder.load().system("acme-pbx1").customer.change_window
    assert (str(found.opens), str(found.closes)) == ("22:00:00", "04:00:30")


@pytest.mark.parametrize("port", ["0", "65536", "-1"])
def test_a_port_that_no_machine_has_is_refused(folder: Any, port: str) -> None:
    """It would end as a traceback of the socket."""
    folder.change("hosts.yml", "ansible_host: 192.0.2.7", f"ansible_host: 192.0.2.7, ansible_port: {port}")
    with pytest.raises(BadInput, match="port"):
        folder.load()


def test_an_unknown_zone_of_the_policy_is_refused(folder: Any) -> None:
    """As one of a customer is."""
    folder.write("group_vars/all/policy.yml", "callout_policy: {hours: {opens_zone: Europe/Viena}}\n")
    with pytest.raises(BadInput, match="Europe/Viena"):
        folder.load()
