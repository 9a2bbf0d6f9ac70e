"""Connection arguments in evidence: names and jump hosts, nothing else."""

from __future__ import annotations

import pytest

from access_check.evidence.arguments import kept_arguments

CASES = {
    "-o ProxyJump=engineer:canary@bastion.globex.example:2222": "-o ProxyJump=HOST:2222",
    "-J bastion,[2606:4700::1]:22": "-J HOST,HOST:22",
    "-oProxyCommand=canary": "-o ProxyCommand=withheld",
    "-o|ProxyCommand none": "-o ProxyCommand=none",
    "-Cp 2020 -l canary": "-C -p 2020 -l withheld",
    "-p canary": "-p withheld",
    "-J -oProxyCommand=canary": "-J -withheld",
    "-i /home/canary/key -D 1080 canary": "-i withheld -D withheld withheld",
    "-o canary%=x": "-o withheld=withheld",
    "-o": "-o withheld=withheld",
    "": "",
}


@pytest.mark.parametrize("words", CASES)
def test_only_names_ports_and_stand_ins_stay(words: str) -> None:
    given = words.split("|") if "|" in words else words.split()
    kept = kept_arguments(given, lambda host: "HOST")
    assert " ".join(kept) == CASES[words]
    assert "canary" not in " ".join(kept)
