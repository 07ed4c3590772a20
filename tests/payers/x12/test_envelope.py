"""What the reader makes of a file before it looks into it: delimiters, counts, and what is no answer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payers.errors import UnreadableReply
from payers.x12.reader import read_271
from tests.payers.x12.build import (
    ACTIVE,
    FIRST,
    Delimiters,
    changed,
    described,
    interchange,
    reply,
    subscriber,
    told,
    transaction,
    warned,
    warnings_of,
)

BODY = ("EB*1**30^MH", "EB*B*IND*A8***27*40*****Y", "MSG*FOR EACH DAY", "EB*B*IND****27*90*****Y*HC:S9480")
PLAIN = reply(*BODY)
TWO = interchange(transaction(subscriber(ACTIVE)), transaction(subscriber("EB*6**30"), control="0002"))


def refusal(content: bytes | str) -> UnreadableReply:
    with pytest.raises(UnreadableReply) as caught:
        read_271(content)
    return caught.value


def delimited(cut: Delimiters) -> str:
    return interchange(transaction(subscriber(*BODY)), cut=cut)


def test_a_plain_file_is_read_without_a_warning() -> None:
    assert warned(described(PLAIN)) == set()


def test_bytes_and_text_are_read_alike() -> None:
    assert described(PLAIN.encode()) == described(PLAIN)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from("*|+!~^:<>@\x1c\x1d\x1e\x1f"), min_size=4, max_size=4, unique=True))
def test_delimiters_are_those_that_the_file_itself_names(chosen: list[str]) -> None:
    cut = Delimiters(*chosen)
    assert described(delimited(cut), level_of_care="intensive_outpatient") == described(
        PLAIN, level_of_care="intensive_outpatient"
    )


def test_components_are_cut_where_the_file_says_and_nowhere_else() -> None:
    cut = Delimiters(component=">")
    (line,) = told(delimited(cut), level_of_care="intensive_outpatient")["level"]["copays"]
    assert (line["procedure"], line["amount"]) == ("S9480", "90.00")


def test_free_text_may_hold_what_other_files_use_as_delimiters() -> None:
    said = told(reply("EB*1**30**PLAN|A:1|GOLD"))
    assert said["plan"]["name"] == "PLAN|A:1|GOLD"


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf" + PLAIN.encode(), "\ufeff" + PLAIN])
def test_a_byte_order_mark_is_tolerated_with_a_warning(content: bytes | str) -> None:
    said = described(content)
    assert warned(said) == {"byte_order_mark"}
    assert said["transactions"] == described(PLAIN)["transactions"]


@pytest.mark.parametrize("after", ["\n", "\r\n", "  ", "\r\n\t  "])
def test_line_ends_and_blanks_around_segments_are_tolerated_with_a_warning(after: str) -> None:
    said = described(delimited(Delimiters(after=after)))
    assert warned(said) == {"blanks_around_segments"}
    assert all(isinstance(one["segment"], int) for one in warnings_of(said, "blanks_around_segments"))
    assert said["transactions"][0]["benefits"] == described(PLAIN)["transactions"][0]["benefits"]


def test_blanks_before_the_file_are_tolerated() -> None:
    assert described("\r\n " + PLAIN)["transactions"] == described(PLAIN)["transactions"]


def test_a_last_segment_without_its_terminator_is_read() -> None:
    assert "trailer_missing" not in warned(described(PLAIN.removesuffix("~")))


@pytest.mark.parametrize(
    ("old", "new", "code", "segment"),
    [
        ("GS*HB*", "GS*HS*", "wrong_functional_code", 2),
        ("*X*005010X279A1", "*X*005010X279", "other_version", 2),
        ("SE*15*", "SE*22*", "wrong_segment_count", 17),
        ("SE*15*0001", "SE*15*0009", "wrong_control_number", 17),
        ("GE*1*7", "GE*1*8", "wrong_control_number", 18),
        ("IEA*1*000000007", "IEA*1*000000008", "wrong_control_number", 19),
    ],
)
def test_a_wrong_envelope_is_flagged_where_it_stands_and_read(
    old: str, new: str, code: str, segment: int
) -> None:
    said = described(changed(PLAIN, old, new))
    assert [one["segment"] for one in warnings_of(said, code)] == [segment]
    assert warned(said) == {code}
    assert said["transactions"][0]["status"] == "active"


@pytest.mark.parametrize("missing", ["IEA*1*000000007~", "GE*1*7~IEA*1*000000007~"])
def test_a_missing_trailer_is_flagged_and_what_is_there_is_read(missing: str) -> None:
    said = described(changed(PLAIN, missing, ""))
    assert warned(said) == {"trailer_missing"}
    assert said["transactions"][0]["status"] == "active"


def test_a_file_of_version_4010_is_read_with_a_warning() -> None:
    old = changed(changed(PLAIN, "*^*00501*", "*U*00401*"), "*X*005010X279A1", "*X*004010X092A1")
    said = described(old.replace("30^MH", "30"))
    assert "version_4010" in warned(said)
    assert said["transactions"][0]["status"] == "active"


def test_a_letter_u_repeats_nothing_where_version_4010_holds_it_in_place_of_a_delimiter() -> None:
    old = changed(changed(reply("EB*1**UC"), "*^*00501*", "*U*00401*"), "*X*005010X279A1", "*X*004010X092A1")
    assert [line["service_type"] for line in told(old)["benefits"]] == ["UC"]


def test_every_transaction_of_a_file_is_read() -> None:
    assert [one["status"] for one in described(TWO)["transactions"]] == ["active", "inactive"]


def test_segments_are_counted_through_the_whole_file() -> None:
    first, second = described(TWO)["transactions"]
    assert first["benefits"][0]["segment"] == FIRST
    assert second["benefits"][0]["segment"] == FIRST + 12  # SE, ST, BHT and nine segments above the first EB


def test_a_transaction_that_is_cut_off_is_reported_and_the_others_are_read() -> None:
    good = transaction(subscriber(ACTIVE), control="0001")
    cut_off = transaction(subscriber(ACTIVE), control="0002")[:-1]
    last = transaction(subscriber("EB*6**30"), control="0003")
    said = described(interchange(good, cut_off, last))["transactions"]
    assert [one["status"] for one in said] == ["active", "undetermined", "inactive"]
    assert [one["reasons"] == ["broken"] for one in said] == [False, True, False]


def test_a_file_that_ends_within_a_transaction_says_nothing_of_that_patient() -> None:
    said = told(PLAIN[: PLAIN.index("SE*")])
    assert (said["status"], said["reasons"]) == ("undetermined", ["broken"])


def test_another_transaction_set_beside_an_answer_is_passed_over_with_a_warning() -> None:
    other = ["ST*270*0001*005010X279A1", "BHT*0022*13*R1*20260701*1200", "SE*3*0001"]
    said = described(interchange(other, transaction(subscriber(ACTIVE), control="0002")))
    assert warned(said) == {"other_transaction"}
    assert [one["status"] for one in said["transactions"]] == ["active"]


def test_a_question_is_not_an_answer() -> None:
    question = ["ST*270*0001*005010X279A1", "BHT*0022*13*R1*20260701*1200", "SE*3*0001"]
    assert refusal(interchange(question)).reason == "not_an_answer"


def test_an_envelope_without_a_transaction_is_not_an_answer() -> None:
    assert refusal(interchange()).reason == "not_an_answer"


@pytest.mark.parametrize(
    "content",
    [
        changed(interchange(), "GS*HB*", "TA1*000000007*260701*1200*R*006~GS*HB*"),
        changed(
            interchange(["ST*999*0001*005010X231A1", "AK1*HS*7*005010X279A1", "AK9*R*1*1*0", "SE*4*0001"]),
            "GS*HB*",
            "GS*FA*",
        ),
    ],
)
def test_an_acknowledgment_in_place_of_an_answer_is_a_failure_of_syntax(content: str) -> None:
    assert refusal(content).reason == "syntax_rejected"


@pytest.mark.parametrize("content", [b"", ""])
def test_an_empty_reply_is_refused(content: bytes | str) -> None:
    assert refusal(content).reason == "empty"


@pytest.mark.parametrize("content", ["Internal error", "<html></html>", "GS*HB*A*B~", b"\x00\x01\xff\xfe"])
def test_what_does_not_begin_with_an_interchange_is_refused_with_its_place(content: bytes | str) -> None:
    error = refusal(content)
    assert (error.reason, error.at) == ("not_x12", 0)


@pytest.mark.parametrize("length", [3, 20, 104])
def test_a_file_that_ends_within_its_first_segment_is_refused_with_the_place_of_its_end(length: int) -> None:
    error = refusal(PLAIN[:length])
    assert (error.reason, error.at) == ("truncated", length)


def test_more_than_ten_million_bytes_are_refused() -> None:
    assert refusal(PLAIN.encode() + b" " * 10_000_000).reason == "too_large"


def test_a_refusal_never_quotes_the_reply() -> None:
    question = ["ST*270*0001*005010X279A1", *subscriber(), "SE*11*0001"]
    error = refusal(interchange(question))
    assert "PRUEBA" not in f"{error} {error!r} {error.args}"


def test_a_description_grows_no_faster_than_its_file() -> None:
    def size(count: int) -> int:
        service_types = "^".join(f"K{number}" for number in range(count))
        lines = ("LS*2120", *["NM1*PR*2*INVENTED OTHER PAYER"] * count, "LE*2120", *["MSG*A NOTE"] * count)
        return len(repr(described(reply(f"EB*R*IND*{service_types}", *lines), level_of_care="inpatient")))

    assert size(120) < 3 * size(60)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_our_own_error(content: bytes) -> None:
    assert refusal(content).reason in {"empty", "not_x12", "truncated"}


@settings(max_examples=80, deadline=None)
@given(st.integers(106, len(PLAIN) - 1), st.binary(min_size=1, max_size=12), st.integers(0, 40))
def test_no_damage_behind_the_first_segment_raises_anything_but_our_own_error(
    place: int, put: bytes, removed: int
) -> None:
    content = PLAIN.encode()
    try:
        said = described(content[:place] + put + content[place + removed :], level_of_care="inpatient")
    except UnreadableReply:
        return
    assert {one["status"] for one in said["transactions"]} <= {"active", "inactive", "undetermined"}
