"""What stands in a letter about a case, kind by kind; how one ends is in `case_letter_endings`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from callout.desk.letter_kinds import LetterKind
from callout.ledger.event import parse_utc
from callout.policy.desk_words import ClockName
from callout.views import case_letter_endings as endings
from callout.views.case_letter_matter import Matter, Part, Promise
from callout.views.case_letter_words import Speaker

NEWS = (ClockName.NEXT_UPDATE, ClockName.PLAN, ClockName.RESOLUTION, ClockName.CRITICAL_PATCH)
LONGEST_STATEMENT = 300


def received(matter: Matter, speaker: Speaker) -> Iterator[Part]:
    """That we have it, its number, when we reply, how to add to it, what else we need."""
    taken = f"received {matter.channel}"
    taken = taken if taken in speaker.words else "received email"
    yield Part(paragraphs=(speaker.say(taken, case=matter.case),))
    yield Part(speaker.say("when"), _first_reply(matter, speaker, "first reply"))
    yield _how_to_add(matter, speaker)
    wanted = (*([] if matter.system else ["need system"]), "need steps", "need since", "need access")
    yield Part(
        speaker.say("need"),
        (speaker.say("need note"),),
        points=tuple(speaker.say(name) for name in wanted),
    )
    yield Part(paragraphs=(speaker.say("need answers"),))


def emergency(matter: Matter, speaker: Speaker) -> Iterator[Part]:
    """That the caller was authenticated, that we work at any hour, what it costs if it was none."""
    yield Part(paragraphs=(speaker.say("emergency taken", case=matter.case), speaker.say("emergency round")))
    yield Part(
        speaker.say("when"),
        (*_first_reply(matter, speaker, "first reply emergency"), speaker.say("emergency reach")),
    )
    yield Part(speaker.say("cost"), (speaker.say("emergency cost"),))
    yield _how_to_add(matter, speaker)


def told(matter: Matter, speaker: Speaker) -> Iterator[Part]:
    """A person's words: instructions where the customer does it, with what to read; whose turn it is, what is next."""
    said = matter.said
    yield Part(said=str(said.get("text", "")))
    if links := tuple(str(link) for link in said.get("links") or ()):
        yield Part(speaker.say("links"), links=links)
    if said.get("reply") and matter.mode == "you_do":
        yield Part(paragraphs=(speaker.say("you do"), speaker.say("you do ours")))
    elif said.get("reply") and matter.mode == "we_do":
        yield Part(paragraphs=(speaker.say("we do"),))
    if said.get("asks"):
        yield Part(speaker.say("asks"), (speaker.say("asks note"),))
    else:
        yield Part(speaker.say("next"), _news(matter, speaker))


def paused(matter: Matter, speaker: Speaker) -> Iterator[Part]:
    """Whose turn it is, what we wait for, that the clocks stand still, and until when."""
    turn = matter.said["turn"]
    yield Part(paragraphs=(speaker.say(f"pause {turn}"),))
    yield Part(speaker.say("pause for"), said=str(matter.said["reason"]))
    still = [speaker.say("pause clocks", since=speaker.at(matter.at))]
    if patch := matter.promise(ClockName.CRITICAL_PATCH):
        still.append(speaker.say("pause patch", due=speaker.at(patch.due_at)))
    yield Part(speaker.say("clocks"), (*still, speaker.say(f"pause ends {turn}")))


def resumed(matter: Matter, speaker: Speaker) -> Iterator[Part]:
    """That we go on, why, and by when there is more."""
    yield Part(paragraphs=(speaker.say("resumed note", since=speaker.at(matter.at)),))
    if matter.said.get("reason"):
        yield Part(speaker.say("resumed why"), said=str(matter.said["reason"]))
    yield Part(speaker.say("next"), _news(matter, speaker))


def quoted(matter: Matter, speaker: Speaker) -> Iterator[Part]:
    """The letter of the quote as it is, under the case's own head."""
    yield Part(paragraphs=(speaker.say("quote note"),))
    if matter.quote is None:
        raise ValueError("a letter about a quote needs the quote's own letter")
    yield Part(matter.quote.title, facts=matter.quote.facts)
    for heading, paragraphs in matter.quote.parts:
        yield Part(heading, paragraphs)


def escalated(matter: Matter, speaker: Speaker) -> Iterator[Part]:
    """The level, the concern, who is in copy, what was tried before, by when there is an answer."""
    said = matter.said
    yield Part(paragraphs=(speaker.say("escalation level", level=said["level"]),))
    concern = (speaker.say(f"concern {said['concern']}"), *([speaker.say("statement")] if said["statement"] else []))
    yield Part(speaker.say("concern"), concern, said=str(said["statement"]), quoted=True)
    yield Part(speaker.say("when"), _promised(matter.promise(ClockName.ACKNOWLEDGEMENT), speaker, "acknowledgement"))
    copies = ", ".join(matter.copies)
    yield Part(speaker.say("copies"), (speaker.say("copies are" if copies else "copies none", copies=copies),))
    if said.get("skipped_why"):
        yield Part(speaker.say("skipped"), said=str(said["skipped_why"]))
    if attempts := tuple(_attempt(one, speaker) for one in said.get("attempts") or ()):
        yield Part(speaker.say("attempts"), points=attempts)


def acknowledged(matter: Matter, speaker: Speaker) -> Iterator[Part]:
    """The answer to an escalation."""
    yield Part(paragraphs=(speaker.say("acknowledged note", level=matter.said["level"]),))
    yield Part(said=str(matter.said.get("text", "")))
    yield Part(speaker.say("next"), _news(matter, speaker))


def _first_reply(matter: Matter, speaker: Speaker, sentence: str) -> tuple[str, ...]:
    if matter.answered:
        return (speaker.say("first reply done"),)
    promise = matter.promise(ClockName.FIRST_REPLY)
    if promise is None:
        return (speaker.say("first reply paused" if matter.paused else "first reply open"),)
    return _promised(promise, speaker, sentence if not promise.late else "first reply")


def _promised(promise: Promise | None, speaker: Speaker, sentence: str) -> tuple[str, ...]:
    """By when, and within which time that is; that it is late; that no time is named, where there is none."""
    if promise is None:
        return (speaker.say(f"{sentence} open"),)
    due = speaker.at(promise.due_at)
    if promise.late:
        return (speaker.say(f"{sentence} late", due=due),)
    within = [speaker.say("that is", within=speaker.within(promise.within, promise.runs))] if promise.within else []
    return (" ".join((speaker.say(sentence, due=due), *within)),)


def _how_to_add(matter: Matter, speaker: Speaker) -> Part:
    addresses = ", ".join(matter.customer.registered_addresses)
    add = (speaker.say("add how", tag=matter.tag), speaker.say("add from", addresses=addresses))
    return Part(speaker.say("add"), add)


def _news(matter: Matter, speaker: Speaker) -> tuple[str, ...]:
    """What is promised next, the soonest first; that nothing is, where nothing is."""
    promises = sorted((one for one in matter.promises if one.clock in NEWS), key=lambda one: one.due_at)
    return tuple(_news_of(one, speaker) for one in promises) or (speaker.say("next open"),)


def _news_of(promise: Promise, speaker: Speaker) -> str:
    name = "update" if promise.clock is ClockName.NEXT_UPDATE else str(promise.clock)
    if promise.late:
        name = f"late {name}" if f"next late {name}" in speaker.words else "late"
    return speaker.say(f"next {name}", due=speaker.at(promise.due_at))


def _attempt(attempt: Mapping[str, object], speaker: Speaker) -> str:
    statement = str(attempt["statement"])
    short = statement if len(statement) <= LONGEST_STATEMENT else f"{statement[:LONGEST_STATEMENT]}…"
    at = speaker.at(parse_utc(str(attempt["at"])))
    return speaker.say("attempt", level=attempt["level"], at=at, statement=short)


PARTS: Mapping[LetterKind, Callable[[Matter, Speaker], Iterator[Part]]] = {
    LetterKind.RECEIVED: received,
    LetterKind.EMERGENCY: emergency,
    LetterKind.UPDATE: told,
    LetterKind.REPLY: told,
    LetterKind.PAUSE: paused,
    LetterKind.RESUMED: resumed,
    LetterKind.QUOTE: quoted,
    LetterKind.ESCALATION: escalated,
    LetterKind.ACKNOWLEDGED: acknowledged,
    LetterKind.JUDGED: endings.judged,
    LetterKind.OUTCOME: endings.outcome,
    LetterKind.REOPENED: endings.reopened,
}
