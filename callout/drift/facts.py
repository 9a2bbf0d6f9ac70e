"""Pure: what a system told of each section → its facts, sorted; a section that cannot be understood is unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from callout.drift import account_facts, database_facts, network_facts, system_facts
from callout.drift.fact_making import FactsRefused, numbered
from callout.drift.look import Fact, Section, SectionState, Whole
from callout.drift.sections import Block, Told

MAXIMUM_FACTS = 200_000
MAKERS: Mapping[Section, Callable[[Sequence[Block], bytes], Iterator[Fact]]] = {
    Section.PACKAGES: system_facts.packages,
    Section.REPOSITORIES: system_facts.repositories,
    Section.USERS: account_facts.users,
    Section.GROUPS: account_facts.groups,
    Section.SUDOERS: account_facts.sudoers,
    Section.AUTHORISED_KEYS: account_facts.authorised_keys,
    Section.CRON: system_facts.cron,
    Section.SERVICES: system_facts.services,
    Section.PORTS: network_facts.ports,
    Section.KERNEL: system_facts.kernel,
    Section.FIREWALL: network_facts.firewall,
    Section.SSHD: system_facts.sshd,
    Section.MOUNTS: network_facts.mounts,
    **database_facts.MAKERS,
}


def facts_of(
    told: Told, wanted: Collection[Section], salt: bytes, why: str
) -> tuple[dict[Section, SectionState], list[Fact]]:
    """States and facts of the wanted sections, in order. `why` is why one that did not come did not."""
    states: dict[Section, SectionState] = {}
    facts: list[Fact] = []
    for section in wanted:
        states[section] = told.state(section, why)
        if not states[section].is_whole:
            continue
        try:
            found = _bounded(MAKERS[section](told.blocks(section), salt))
        except FactsRefused as error:
            states[section] = SectionState(Whole.UNKNOWN, str(error))
        else:
            facts += sorted(found, key=lambda fact: fact.subject)
    return states, facts


def _bounded(facts: Iterator[Fact]) -> list[Fact]:
    found: list[Fact] = []
    for fact in numbered(facts):
        if len(found) >= MAXIMUM_FACTS:
            raise FactsRefused(f"it tells more than {MAXIMUM_FACTS} things")
        found.append(fact)
    return found
