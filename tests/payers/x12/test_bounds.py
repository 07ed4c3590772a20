"""What keeps any file in linear time: bounds on what multiplies, far beyond what the standard allows."""

from __future__ import annotations

import pytest

from payers.x12.benefit_loop import MOST_BELOW, MOST_SERVICE_TYPES
from payers.x12.loops import MOST_REJECTIONS
from payers.x12.model import Oddity, Reading
from payers.x12.reader import read_271, stream_271
from tests.payers.x12.build import (
    ACTIVE,
    FIRST,
    SUBSCRIBER,
    Delimiters,
    copay,
    eb,
    hints_of,
    interchange,
    reply,
    subscriber,
    told_level,
    transaction,
    warnings_of,
)


def streamed(text: str, size: int) -> Reading:
    """A file that is read in pieces of a size."""
    oddities: list[Oddity] = []
    pieces = (text[start : start + size] for start in range(0, len(text), size))
    return Reading(tuple(stream_271(pieces, oddities)), tuple(oddities))


@pytest.mark.parametrize("count", [MOST_SERVICE_TYPES, MOST_SERVICE_TYPES + 1])
def test_a_benefit_fans_out_to_so_many_service_types_and_says_where_there_are_more(count: int) -> None:
    text = reply(eb("1", "^".join(f"X{number}" for number in range(count))))
    (only,) = read_271(text).transactions
    assert len(only.lines) == MOST_SERVICE_TYPES
    assert only.lines[-1].service_type == f"X{MOST_SERVICE_TYPES - 1}"
    warned = [oddity.at for oddity in only.oddities if oddity.code == "too_many_service_types"]
    assert warned == [FIRST] * (count - MOST_SERVICE_TYPES)


@pytest.mark.parametrize("count", [MOST_BELOW, MOST_BELOW + 1])
def test_so_much_is_kept_below_a_benefit_and_what_is_more_is_told(count: int) -> None:
    text = reply(ACTIVE, copay("25", "MH"), *(f"MSG*{number}" for number in range(count)), "III*ZZ*11")
    (only,) = read_271(text).transactions
    detail = only.lines[1].detail
    assert [message.text for message in detail.messages] == [f"{number}" for number in range(MOST_BELOW)]
    assert detail.places == ("11",)
    warned = [oddity.at for oddity in only.oddities if oddity.code == "too_much_below"]
    assert warned == [FIRST + 1] * (count - MOST_BELOW)


@pytest.mark.parametrize("more", [0, 1, 5])
def test_so_many_rejections_of_a_loop_are_kept_for_every_patient_below_it(more: int) -> None:
    rejected = ["AAA*N**72*C"] * (MOST_REJECTIONS + more)
    children = ["HL*4*3*23*0", "NM1*03*1*PRUEBA*LUIS"] * 2
    text = interchange(transaction([*subscriber(*rejected), *children]))
    first, second = read_271(text).transactions
    assert len(first.rejections) == len(second.rejections) == MOST_REJECTIONS
    assert [one.code for one in first.oddities] == ["too_many_rejections"] * bool(more)


def test_the_text_of_a_benefit_speaks_for_each_of_its_service_types() -> None:
    lines = copay("25", "A8^MH"), "MSG*INTENSIVE OUTPATIENT: PRECERTIFICATION REQUIRED"
    assert hints_of(told_level(*lines)["level"], "authorization") == [FIRST + 2, FIRST + 2]
    elsewhere = told_level(copay("25", "A8^MH"), "MSG*RESIDENTIAL ONLY")
    assert elsewhere["level"]["copays"] == []
    assert len(warnings_of({"warnings": elsewhere["warnings"]}, "other_level_named")) == 1


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50, 106, 107, 211, 500, 10_000])
@pytest.mark.parametrize("between", ["", "\r\n", " \n "])
def test_pieces_of_any_size_are_read_like_the_whole(size: int, between: str) -> None:
    one = transaction(subscriber(ACTIVE, copay("25", "MH")))
    files = [interchange(one, cut=Delimiters(*marks)) for marks in ("*^:~", "|~>\n", "\x1d\x1f\x1c\x1e")]
    text = between.join([" " * 300 + files[0], *files[1:]])
    whole, pieced = read_271(text), streamed(text, size)
    assert pieced.transactions == whole.transactions
    assert len(whole.transactions) == len(files)
    assert sorted(one.code for one in pieced.oddities) == sorted(one.code for one in whole.oddities)


@pytest.mark.parametrize("padding", range(112, 122))
def test_a_header_of_any_length_is_read_the_same_in_pieces(padding: int) -> None:
    first = interchange(transaction(subscriber(ACTIVE)))
    other = first.replace("*00*          *ZZ*", f"*00*{'X' * padding}*ZZ*", 1)
    assert other != first
    whole = read_271(first + other)
    for cut in (0, 100, *range(209, 216)):
        oddities: list[Oddity] = []
        pieced = tuple(stream_271((first + other[:cut], other[cut:]), oddities))
        assert (pieced, tuple(oddities)) == (whole.transactions, whole.oddities)


@pytest.mark.parametrize(
    ("before", "found"),
    [("\n", 2), ("\n\n\n", 2), ("\n \t\r", 2), (" ", 1), ("X", 1)],
)
def test_a_header_begins_an_interchange_only_where_a_segment_does(before: str, found: int) -> None:
    """Also where the mark that ends segments is a line end, and blanks and ends of segments look alike."""
    one = interchange(transaction([*subscriber(ACTIVE)]), cut=Delimiters(terminator="\n"))
    other = interchange(transaction([*subscriber(ACTIVE)]), cut=Delimiters(element="|"))
    assert len(read_271(one.rstrip("\n") + before + other).transactions) == found


def test_traces_of_the_patient_come_before_the_subscribers_and_echoes_before_both() -> None:
    def trace(*own: str) -> tuple[str, bool]:
        body = ["HL*3*2*22*1", "TRN*1*THEIRS", "TRN*2*ECHO", "TRN*2*LATER", *SUBSCRIBER, "HL*4*3*23*0", *own]
        (only,) = read_271(interchange(transaction(body))).transactions
        return only.trace, only.echoed

    assert trace() == ("ECHO", True)
    assert trace("TRN*1*OWN") == ("ECHO", True)
    assert trace("TRN*1*OWN", "TRN*2*OWN ECHO") == ("OWN ECHO", True)
