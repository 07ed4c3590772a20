"""The third part of a page: what to do, what to ask, what to look at, and where it all comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from schemas.model import TOLD
from service.explain.page.layout import bullets, heading, line, numbered
from service.explain.page.reader import Answer, Reader, capitalized, cited, contact_line


def next_steps(answer: Answer, reader: Reader) -> Iterator[str]:
    """Yield what to do, each with its day."""
    if not answer["next_steps"]:
        return
    yield from heading(reader.label("do_next"))
    yield from numbered([*dated_steps(answer["next_steps"], reader)])


def dated_steps(steps: Sequence[Answer], reader: Reader) -> Iterator[str]:
    """Yield steps in words, each once, with all its days."""
    days: dict[str, list[str]] = {}
    for step in steps:
        days.setdefault(reader.sentence(step), []).append(step["by"])
    for text, by in days.items():
        yield _dated(text, by, reader)


def _dated(text: str, days: Sequence[str | None], reader: Reader) -> str:
    """Return a step after its day, or after all its days where it comes again."""
    dates = "; ".join(reader.words.date(day) for day in days if day is not None)
    return capitalized(reader.label("by_date", date=dates, step=text)) if dates else text


def call_script(answer: Answer, reader: Reader) -> Iterator[str]:
    """Yield whom to call, and what to ask, in the order a representative works."""
    if not answer["call_script"]:
        return
    yield from heading(reader.label("ask_the_payer"))
    yield from line(whom_to_call(answer, reader))
    administrator = answer["administrator"]
    kinds = {answer["citations"][number]["kind"] for number in (administrator or {}).get("citations", ())}
    if administrator is not None and "published" not in kinds:
        yield from line(reader.label("call_for_care", contact=contact_line(administrator)))
    yield from numbered([reader.sentence(question) for question in answer["call_script"]])
    yield from line(reader.label("note_the_call"))


def whom_to_call(answer: Answer, reader: Reader) -> str:
    """Return whom to call and how, in one line; the number on the card where no other is known."""
    contact = answer["contact"] or next(
        (phase["prior_authorization"]["contact"] for phase in answer["phases"]), None
    )
    if contact is None:
        return reader.label("call_card")
    return reader.label("call" if contact.get("phone") else "call_or_card", contact=contact_line(contact))


def order_lines(answer: Answer, reader: Reader) -> Iterator[str]:
    """Yield which coverage pays first, why, and what has to be asked or is worth asking, each once."""
    order = answer["coordination"]
    if order is None:
        return
    steps = (order, *order.get("reasons", ()))
    yield from dict.fromkeys(reader.sentence(step) for step in steps)
    for question in order.get("questions", ()):
        label = "order_question" if question["needed"] else "order_also"
        yield reader.label(label, question=reader.sentence(question))


def cautions(answer: Answer, reader: Reader) -> Iterator[str]:
    """Yield warnings, parity flags, which coverage pays first, and where witnesses differ."""
    for code, lines in (
        ("check", [reader.sentence(step) for step in answer["warnings"]]),
        ("coordination", [*order_lines(answer, reader)]),
        ("parity_flags", [reader.sentence(step) for step in answer["parity_flags"]]),
    ):
        if lines:
            yield from heading(reader.label(code))
            yield from bullets(lines)
    if answer["disagreements"]:
        yield from heading(reader.label("disagreements"))
        yield from bullets([disagreement_line(item, reader) for item in answer["disagreements"]])


def disagreement_line(item: Answer, reader: Reader) -> str:
    """Return where witnesses differ, what each said, and what was settled on."""
    said = [
        cited(
            reader.label(
                "said",
                witness=reader.words.name("witness", each["witness"]),
                value=value_in_words(each["value"], item["about"], reader),
            ),
            each["citations"],
        )
        for each in item["values"]
    ]
    return reader.label(
        "disagreement",
        about=capitalized(subject(item["about"], reader)),
        values=", ".join(said),
        settled=value_in_words(item["settled"], item["about"], reader),
    )


def subject(about: str, reader: Reader) -> str:
    """Return what a disagreement is about: `deductible/family/limit` or `levels/LEVEL/FIELD`."""
    words, parts = reader.words, about.split("/")
    if parts[0] == "levels":
        level = words.name("level_title", parts[1])
        return reader.label("about_level", about=words.name("subject", parts[2]), level=level)
    named = words.name("subject", parts[0])
    return f"{named} ({words.name('scope', parts[1])})" if len(parts) > 1 else named


def value_in_words(value: Any, about: str, reader: Reader) -> str:
    """Return a value that a witness gave, in words."""
    words = reader.words
    if value is None or isinstance(value, bool):
        return words.name("answer", {None: "none", True: "true", False: "false"}[value])
    if isinstance(value, dict) and "amount" in value:
        return f"{words.money(value['amount'])} {words.name('per', value['per'])}"
    if isinstance(value, dict) and "n" in value:
        return words.count(value["unit"], value["n"])
    if isinstance(value, dict):
        return f"{words.count(value['unit'], value['units'])} {words.name('period', value['period'])}"
    if about.endswith("coinsurance"):
        return words.rate(value)
    if about.endswith(("/limit", "/met", "/remaining", "allowed_amount")):
        return words.money(value)
    if about.startswith("coverage_"):
        return words.date(value)
    return words.name("answer", value)


def sources(answer: Answer, reader: Reader) -> Iterator[str]:
    """Yield every source with its number, and what the answer was made from."""
    yield from heading(reader.label("sources"))
    width = len(str(len(answer["citations"]))) + 3
    for number, source in enumerate(answer["citations"], 1):
        yield from line(source_line(source, reader), mark=f"[{number}]".ljust(width))
        if source["url"]:
            yield from line(source["url"], mark=" " * width)
    made = answer.get("produced_by")
    yield ""
    if made is not None:
        short = {name: made[name].removeprefix("sha256:")[:12] for name in ("rulebook", "profile")}
        yield from line(reader.label("produced_by", **short, engine=made["engine"]), depth=0)
    yield from line(reader.label("disclaimer"), depth=0)


def source_line(source: Answer, reader: Reader) -> str:
    """Return a source: its title, the place in it, how sure it is and how old."""
    words, is_told = reader.words, source["confidence"] == TOLD
    parts = [words.name("source", source["title"])]
    if source["locator"] and not is_told:
        parts.append(source["locator"])
    parts.append(words.name("confidence", source["confidence"]))
    if is_told:
        parts.append(words.date(source["retrieved"]))
        if source.get("approved_by"):
            parts.append(reader.label("approved_by", name=source["approved_by"]))
            parts.append(reader.label("holds_until", date=words.date(source["holds_until"])))
        return "; ".join(parts)
    if source.get("local"):
        parts.append(words.name("confidence", "local"))
    parts += [
        reader.label(name, date=words.date(source[name]))
        for name in ("published", "retrieved")
        if source[name] is not None
    ]
    return "; ".join(parts)
