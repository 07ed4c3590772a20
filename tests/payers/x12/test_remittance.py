"""An 835 is read claim by claim, exactly or not at all."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payers.errors import UnreadableReply
from payers.x12.remittance import read_835
from payers.x12.remittance_model import Claim, Remittance
from tests.payers.x12.remittances import claim, line, remittance


def one(text: str) -> Remittance:
    (found,) = read_835(text)
    return found


def first_claim(text: str) -> Claim:
    return one(text).claims[0]


def oddities(text: str) -> list[str]:
    return [odd.code for odd in one(text).oddities]


def test_a_claim_says_what_was_allowed_paid_and_left_to_the_patient() -> None:
    read = one(remittance(claim("CASE-7", line())))
    assert (read.payer_name, read.payer_id, read.trace) == ("INVENTED PAYER", "60054", "EFT1")
    assert (read.paid_on, read.total, read.provider_adjustments) == (date(2026, 12, 15), 33_200, 1)
    (paid,) = read.claims
    assert (paid.number, paid.control, paid.is_primary, paid.filing) == ("CASE-7", "PCN1", True, "12")
    assert (paid.charge, paid.paid, paid.patient) == (60_000, 33_200, 8_300)
    (session,) = paid.lines
    assert (session.procedure, session.on) == ("H0015", date(2026, 12, 1))
    assert (session.allowed, session.paid, session.patient) == (41_500, 33_200, 8_300)
    assert (session.deductible, session.copay, session.coinsurance) == (0, 0, 8_300)
    assert session.is_balanced
    assert read.oddities == ()


def test_names_are_not_kept() -> None:
    assert "PRUEBA" not in repr(read_835(remittance(claim("CASE-7", line()))))


def test_where_the_payer_does_not_say_what_it_allows_it_follows_from_the_contractual_reductions() -> None:
    # 600.00 - 185.00 (CO-45) = 415.00; 6.64 (CO-253) is taken off the payment, not off what is allowed.
    cut = line(allowed=None, paid="325.36", adjustments=("CO*45*185**253*6.64", "PR*2*83"))
    (session,) = first_claim(remittance(claim("A", cut, paid="325.36"))).lines
    assert session.stated_allowed is None
    assert session.allowed == 41_500
    # What the patient owes for something that is no benefit was never allowed.
    refused = line(allowed=None, paid="0", adjustments=("PR*96*600",))
    (session,) = first_claim(remittance(claim("A", refused, paid="0", patient="600"))).lines
    assert (session.allowed, session.patient, session.is_unpaid) == (0, 60_000, True)


def test_one_segment_holds_up_to_six_adjustments() -> None:
    six = "PR*1*10**2*20**3*30**96*40**45*50**66*5"
    (session,) = first_claim(remittance(claim("A", line(adjustments=(six,))))).lines
    assert (session.deductible, session.coinsurance, session.copay) == (1000, 2000, 3000)
    assert session.patient == 15_500


def test_modifiers_and_revenue_codes_are_told_apart() -> None:
    coded = line(procedure="HC:H0015:GT:95")
    bare = line(procedure="NU:0906")
    first, second = first_claim(remittance(claim("A", coded, bare))).lines
    assert (first.procedure, first.modifiers, first.revenue) == ("H0015", ("GT", "95"), "")
    assert (second.procedure, second.modifiers, second.revenue) == ("", (), "0906")


def test_a_line_without_a_day_has_that_of_its_claim_if_the_claim_has_one() -> None:
    bare = line(day="")
    one_day = claim("A", "DTM*232*20261201~DTM*233*20261201~", bare)
    a_week = claim("B", "DTM*232*20261201~DTM*233*20261207~", bare)
    dated, undated = one(remittance(one_day, a_week)).claims
    assert [each.lines[0].on for each in (dated, undated)] == [date(2026, 12, 1), None]


def test_a_line_over_several_days_is_of_no_day() -> None:
    over = line(day="", more="DTM*150*20261201~DTM*151*20261203~")
    assert first_claim(remittance(claim("A", over))).lines[0].on is None


def test_a_reversal_says_what_it_is() -> None:
    back = line(charge="-600", paid="-332", adjustments=("CO*45*-185", "PR*2*-83"), allowed="-415")
    taken = first_claim(remittance(claim("A", back, status="22", charge="-600", paid="-332", patient="-83")))
    assert taken.is_reversal
    assert taken.lines[0].paid == -33_200


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (line(charge="6OO"), "amount_not_readable"),
        (line(adjustments=("CO*45*x", "PR*2*83")), "adjustment_not_readable"),
        (line(allowed="much"), "amount_not_readable"),
        (line(day="20261399"), "day_not_readable"),
    ],
)
def test_a_claim_that_cannot_be_read_whole_is_left_out_and_the_others_are_read(bad: str, code: str) -> None:
    read = one(remittance(claim("A", bad), claim("B", line())))
    assert [each.number for each in read.claims] == ["B"]
    assert code in [odd.code for odd in read.oddities]


def test_what_does_not_add_up_is_said() -> None:
    assert oddities(remittance(claim("A", line(paid="300")))) == []
    assert oddities(remittance(claim("A", line(), paid="300"))) == ["claim_out_of_balance"]


def test_a_file_that_is_cut_off_keeps_what_was_whole() -> None:
    whole = remittance(claim("A", line()), claim("B", line()))
    read = one(whole[: whole.rindex("AMT*B6")])
    assert read.is_cut_off
    assert [each.number for each in read.claims] == ["A"]


def test_several_in_a_file_are_several() -> None:
    text = remittance(claim("A", line()))
    body = text[text.index("ST*") : text.index("GE*")]
    both = text.replace("GE*1", body + "GE*2")
    assert [each.claims[0].number for each in read_835(both)] == ["A", "A"]


def test_another_version_is_read_and_said() -> None:
    assert oddities(remittance(claim("A", line()), version="X221")) == ["other_version"]


@pytest.mark.parametrize("text", ["", "hello", "ISA*", remittance().replace("ST*835", "ST*271")])
def test_what_is_no_835_is_said_so(text: str) -> None:
    with pytest.raises(UnreadableReply):
        read_835(text)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_done_to_a_file_nothing_else_is_raised(data: st.DataObject) -> None:
    text = remittance(claim("A", line(), line("20261203")), claim("B", line(allowed=None)))
    at = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 30))
    put = data.draw(st.text(alphabet="~*:^0-.1ACLPSVSEDTM\x00é", max_size=20))
    try:
        found = read_835(text[:at] + put + text[at + length :])
    except UnreadableReply:
        return
    for each in (session for read in found for paid in read.claims for session in paid.lines):
        assert isinstance(each.allowed, int)
