"""What stands in the letters about how a case ended, how an emergency was judged, and that a case is open again."""

from __future__ import annotations

from collections.abc import Iterator

from babel.numbers import format_currency

from callout.policy.desk_words import ClockName
from callout.policy.outcomes import NO_FAQ
from callout.views.case_letter_matter import Matter, Part
from callout.views.case_letter_words import Speaker


def outcome(matter: Matter, speaker: Speaker) -> Iterator[Part]:
    """Each of the five in its own words; why, where it is, when; where to read it, or that help is still owed."""
    said = matter.said
    name, why = said["outcome"], str(said.get("why", ""))
    yield Part(paragraphs=(speaker.say(f"outcome {name}", reference=said.get("reference", "")),))
    if why:
        yield Part(speaker.say("why"), said=why)
    if name not in ("satisfied", "not-possible"):
        yield Part(speaker.say("when done"), tuple(_when(matter, speaker)))
    yield _documentation(str(said.get("faq") or NO_FAQ), speaker)
    yield Part(speaker.say("disagree"), (speaker.say("disagree how"),))


def _when(matter: Matter, speaker: Speaker) -> Iterator[str]:
    said = matter.said
    if said.get("critical"):
        patch = matter.promise(ClockName.CRITICAL_PATCH)
        if said.get("bundle"):
            yield speaker.say("bundle", bundle=said["bundle"])
        elif patch:
            yield speaker.say("next late critical_patch" if patch.late else "critical", due=speaker.at(patch.due_at))
        else:
            yield speaker.say("critical open")
    indication = str(said.get("indication") or "")
    if indication:
        yield speaker.say("indication", indication=indication.rstrip("."))
    elif not said.get("critical"):
        yield speaker.say("indication none")


def _documentation(faq: str, speaker: Speaker) -> Part:
    """Published procedure: a clear answer in the documentation is support given; without one, support is owed."""
    if faq == NO_FAQ:
        return Part(speaker.say("documentation"), (speaker.say("faq none"),))
    return Part(speaker.say("documentation"), (speaker.say("faq"), speaker.say("more help")), links=(faq,))


def judged(matter: Matter, speaker: Speaker) -> Iterator[Part]:
    """Whether the emergency was one, why we say so, and what that costs."""
    emergency = matter.said["emergency"]
    yield Part(paragraphs=(speaker.say(f"judged {emergency}"),))
    yield Part(speaker.say("why"), said=str(matter.said["reason"]))
    if emergency != "genuine":
        yield Part(speaker.say("cost"), (speaker.say(f"judged cost {emergency}"), *_rate(matter, speaker)))
    yield Part(speaker.say("disagree"), (speaker.say("judged objection"),))


def _rate(matter: Matter, speaker: Speaker) -> Iterator[str]:
    if matter.rate is None or matter.rate.amount is None:
        yield speaker.say("judged no rate")
        return
    currency = matter.customer.currency
    money = format_currency(matter.rate.amount, currency, locale=speaker.locale, decimal_quantization=False)
    yield speaker.say("judged rate", rate=money)
    if matter.dearer:
        yield speaker.say("judged rate dearer")


def reopened(matter: Matter, speaker: Speaker) -> Iterator[Part]:
    """Since when, why, and that nothing is lost."""
    yield Part(paragraphs=(speaker.say("reopened note", since=speaker.at(matter.at)),))
    yield Part(speaker.say("why"), said=str(matter.said["reason"]))
    addresses = ", ".join(matter.customer.registered_addresses)
    add = (speaker.say("add how", tag=matter.tag), speaker.say("add from", addresses=addresses))
    yield Part(speaker.say("add"), add)
