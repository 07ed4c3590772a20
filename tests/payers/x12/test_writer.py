"""The 270 as it is written and read again, held against a reader of envelopes that is not ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyx12.x12file import X12Reader

from payers.errors import UnreadableReply
from payers.x12.inquiry import Inquiry270
from payers.x12.inquiry_reader import read_270
from payers.x12.model import Party
from payers.x12.writer import clean, write_270

ANA = Party("PRUEBA", "ANA", "M123456", "MI", date(1990, 5, 17))
HOLDER = Party("PRUEBA", "OSCAR", "M123456", "MI")
CHILD = Party("PRUEBA", "MINA", birth_date=date(2012, 9, 3))

AS_SUBSCRIBER = Inquiry270(
    payer_name="INVENTED HEALTH PLAN",
    payer_id="IHP01",
    provider_name="AN INVENTED CENTER",
    npi="1234567893",
    subscriber=ANA,
    dependent=None,
    relationship=None,
    sex="F",
    service_types=("MH",),
    date_of_service=date(2026, 3, 2),
    trace="T-0001",
    control_number=4711,
    sender="CENTER",
    receiver="IHP01",
    sender_qualifier="ZZ",
    receiver_qualifier="ZZ",
    test=True,
    at=datetime(2026, 2, 20, 15, 4, tzinfo=UTC),
)
AS_DEPENDENT = replace(AS_SUBSCRIBER, subscriber=HOLDER, dependent=CHILD, relationship="19", sex="")
KINDS = {
    "subscriber": AS_SUBSCRIBER,
    "several service types": replace(AS_SUBSCRIBER, service_types=("BB", "MH")),
    "nothing of sex and birth": replace(AS_SUBSCRIBER, subscriber=Party(id="M1", id_qualifier="MI"), sex=""),
    "dependent": AS_DEPENDENT,
    "dependent of an unknown kind": replace(AS_DEPENDENT, relationship=None, sex="U"),
    "production, highest number": replace(AS_SUBSCRIBER, test=False, control_number=999_999_999),
}

SAMPLES = Path(__file__).parents[3].parent / "shared" / "samples"


def segments(inquiry: Inquiry270) -> list[str]:
    return write_270(inquiry).removesuffix("~").split("~")


def envelope_errors(text: str) -> list[Any]:
    """What a reader of envelopes that is not ours finds wrong."""
    errors: list[Any] = []
    with X12Reader(StringIO(text)) as reader:
        for _ in reader:
            errors += reader.pop_errors()
        reader.cleanup()
        errors += reader.pop_errors()
    return errors


# --- writing ------------------------------------------------------------------------------------


def test_a_subscriber_is_asked_about_in_three_levels() -> None:
    blank = " " * 10
    assert segments(AS_SUBSCRIBER) == [
        f"ISA*00*{blank}*00*{blank}*ZZ*CENTER         *ZZ*IHP01          "
        "*260220*1504*^*00501*000004711*0*T*:",
        "GS*HS*CENTER*IHP01*20260220*1504*4711*X*005010X279A1",
        "ST*270*0001*005010X279A1",
        "BHT*0022*13*4711*20260220*1504",
        "HL*1**20*1",
        "NM1*PR*2*INVENTED HEALTH PLAN*****PI*IHP01",
        "HL*2*1*21*1",
        "NM1*1P*2*AN INVENTED CENTER*****XX*1234567893",
        "HL*3*2*22*0",
        "TRN*1*T-0001*9234567893",
        "NM1*IL*1*PRUEBA*ANA****MI*M123456",
        "DMG*D8*19900517*F",
        "DTP*291*D8*20260302",
        "EQ*MH",
        "SE*13*0001",
        "GE*1*4711",
        "IEA*1*000004711",
    ]


def test_a_dependent_is_asked_about_below_the_subscriber_and_has_no_id() -> None:
    assert segments(AS_DEPENDENT)[8:-2] == [
        "HL*3*2*22*1",
        "NM1*IL*1*PRUEBA*OSCAR****MI*M123456",
        "HL*4*3*23*0",
        "TRN*1*T-0001*9234567893",
        "NM1*03*1*PRUEBA*MINA",
        "DMG*D8*20120903",
        "INS*N*19",
        "DTP*291*D8*20260302",
        "EQ*MH",
        "SE*16*0001",
    ]


def test_service_types_that_are_asked_at_once_share_one_segment() -> None:
    asked = segments(replace(AS_SUBSCRIBER, service_types=("BB", "MH", "A7")))
    assert [segment for segment in asked if segment.startswith("EQ")] == ["EQ*BB^MH^A7"]


def test_a_sex_alone_is_said_without_a_birth_date() -> None:
    unborn = replace(AS_SUBSCRIBER, subscriber=replace(ANA, birth_date=None))
    assert "DMG***F" in segments(unborn)


def test_times_are_universal_whatever_zone_they_are_asked_in() -> None:
    west = timezone(timedelta(hours=-5))
    late = segments(replace(AS_SUBSCRIBER, at=datetime(2026, 2, 28, 22, 30, tzinfo=west)))
    assert late[1] == "GS*HS*CENTER*IHP01*20260301*0330*4711*X*005010X279A1"


@pytest.mark.parametrize("kind", KINDS)
def test_another_reader_finds_nothing_wrong_with_the_envelope(kind: str) -> None:
    assert envelope_errors(write_270(KINDS[kind])) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("SE*13", "SE*12"), ("IEA*1*000004711", "IEA*1*000004712"), ("HL*3*2", "HL*4*2")],
)
def test_the_other_reader_does_see_what_is_wrong_with_an_envelope(right: str, wrong: str) -> None:
    text = write_270(AS_SUBSCRIBER)
    assert right in text
    assert envelope_errors(text.replace(right, wrong))


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("Núñez-Prüfer", "NUNEZ-PRUFER"),
        ("O’Neil", "O'NEIL"),
        ("Łukasz Strauß", "LUKASZ STRAUSS"),
        ("Søren Æther", "SOREN AETHER"),
        ("A*B^C:D~E", "A B C D E"),
        (" two\n\tlines  here ", "TWO LINES HERE"),
        ("Ａｎａ", "ANA"),
        ("李", ""),
        ("\x00\x1d\x7f", ""),
    ],
)
def test_a_value_is_put_into_the_basic_characters(given: str, written: str) -> None:
    assert clean(given, 60) == written


def test_what_is_too_long_is_cut_to_what_its_element_holds() -> None:
    long = "X" * 200
    cut = segments(
        replace(
            AS_SUBSCRIBER,
            payer_name=long,
            provider_name=long,
            subscriber=Party(long, long, long, "MI"),
            trace=long,
            sender=long,
            receiver=long,
            sex="FEMALE",
        )
    )
    assert len(cut[0]) + 1 == 106
    assert cut[1].startswith(f"GS*HS*{long[:15]}*{long[:15]}*")
    assert cut[5] == f"NM1*PR*2*{long[:60]}*****PI*IHP01"
    assert cut[9] == f"TRN*1*{long[:50]}*9234567893"
    assert cut[10:12] == [f"NM1*IL*1*{long[:60]}*{long[:35]}****MI*{long[:80]}", "DMG***F"]


def test_a_cut_leaves_no_blank_at_the_end() -> None:
    assert clean("AB CD", 3) == "AB"


@pytest.mark.parametrize(
    ("name", "nothing"),
    [
        ("npi", ""),
        ("npi", "~"),
        ("payer_id", " "),
        ("date_of_service", None),
        ("service_types", ()),
        ("trace", ""),
        ("sender", ""),
        ("receiver", "*"),
        ("control_number", 0),
        ("control_number", 1_000_000_000),
        ("at", None),
        ("at", datetime(2026, 2, 20, 15, 4)),  # noqa: DTZ001
    ],
)
def test_what_is_missing_is_named_and_no_value_is(name: str, nothing: object) -> None:
    changes: dict[str, Any] = {name: nothing}
    with pytest.raises(ValueError, match=rf"without: {name}\.$") as caught:
        write_270(replace(AS_SUBSCRIBER, **changes))
    assert "PRUEBA" not in str(caught.value)


def test_an_inquiry_shows_nothing_of_its_people() -> None:
    shown = repr(AS_DEPENDENT)
    assert [word for word in ("PRUEBA", "OSCAR", "MINA", "M123456", "2012", "19'") if word in shown] == []


anything = st.text(max_size=90)


@settings(max_examples=60)
@given(anything, anything, anything, anything)
def test_no_value_can_break_the_syntax(name: str, first_name: str, member_id: str, partner: str) -> None:
    inquiry = replace(
        AS_SUBSCRIBER,
        payer_name=name,
        provider_name=first_name,
        subscriber=Party(name, first_name, member_id, member_id, date(1990, 5, 17)),
        sender=f"S{partner}",
        sender_qualifier=partner,
        trace=f"T{member_id}",
    )
    text = write_270(inquiry)
    assert text.isascii()
    assert text[105] == "~"
    assert [segment.split("*")[0] for segment in text.split("~")] == [
        *("ISA", "GS", "ST", "BHT", "HL", "NM1", "HL", "NM1", "HL", "TRN", "NM1", "DMG", "DTP", "EQ"),
        *("SE", "GE", "IEA", ""),
    ]
    assert envelope_errors(text) == []


# --- reading ------------------------------------------------------------------------------------

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,'&()/-+#@_"


def words(most: int, least: int = 1) -> st.SearchStrategy[str]:
    """Clean values: basic characters, blanks only between them."""
    word = st.text(LETTERS, min_size=least, max_size=most // 2)
    return st.one_of(word, st.tuples(word, word).map(" ".join)).map(lambda text: text.strip()[:most].strip())


days = st.dates(date(1900, 1, 1), date(2099, 12, 31))
codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=2)
subscribers = st.builds(Party, words(60), words(35), words(80), st.just("MI"), st.none() | days)
holders = st.builds(Party, words(60), words(35), words(80), st.just("MI"))
dependents = st.builds(Party, words(60), words(35), birth_date=st.none() | days)


@st.composite
def clean_inquiries(draw: st.DrawFn) -> Inquiry270:
    dependent = draw(st.none() | dependents)
    return Inquiry270(
        payer_name=draw(words(60)),
        payer_id=draw(words(80)),
        provider_name=draw(words(60)),
        npi=draw(st.text("0123456789", min_size=10, max_size=10)),
        subscriber=draw(subscribers if dependent is None else holders),
        dependent=dependent,
        relationship=None if dependent is None else draw(st.sampled_from([None, "01", "19", "34"])),
        sex=draw(st.sampled_from(["F", "M", "U", ""])),
        service_types=tuple(draw(st.lists(codes, min_size=1, max_size=9))),
        date_of_service=draw(days),
        trace=draw(words(50)),
        control_number=draw(st.integers(1, 999_999_999)),
        sender=draw(words(15)),
        receiver=draw(words(15)),
        sender_qualifier=draw(codes),
        receiver_qualifier=draw(codes),
        test=draw(st.booleans()),
        at=datetime.combine(draw(days), draw(st.times()).replace(second=0, microsecond=0), UTC),
    )


@settings(max_examples=100)
@given(clean_inquiries())
def test_what_is_written_is_read_as_it_was(inquiry: Inquiry270) -> None:
    assert read_270(write_270(inquiry)) == (inquiry,)


@pytest.mark.parametrize(
    "changed",
    [
        "\ufeff" + write_270(AS_DEPENDENT),
        write_270(AS_DEPENDENT).replace("~", "~\r\n"),
        write_270(AS_DEPENDENT).replace("~", "~\n   "),
        write_270(AS_DEPENDENT).replace("~", "\n"),
        write_270(AS_DEPENDENT).translate(str.maketrans("*^:~", "|!>\x1d")),
        write_270(AS_DEPENDENT).replace("SE*16", "SE*99").replace("IEA*1*000004711", "IEA*2*1"),
        write_270(AS_DEPENDENT).partition("SE*")[0],
    ],
    ids=["byte order mark", "lines", "indented", "a line a segment", "delimiters", "counts", "cut off"],
)
def test_how_it_is_set_makes_no_difference(changed: str) -> None:
    assert read_270(changed) == (AS_DEPENDENT,)
    assert read_270(changed.encode()) == (AS_DEPENDENT,)


def from_st(text: str) -> str:
    """The transaction of an interchange, ST to SE."""
    return text[text.index("ST*") : text.index("GE*")]


def test_every_patient_of_a_batch_is_an_inquiry_of_its_own() -> None:
    other = replace(AS_DEPENDENT, trace="T-0002")
    both = write_270(AS_SUBSCRIBER).replace("GE*", from_st(write_270(other)) + "GE*")
    assert read_270(both) == (AS_SUBSCRIBER, other)


def test_a_subscriber_and_a_dependent_of_one_transaction_are_told_apart() -> None:
    dependent = write_270(AS_DEPENDENT)
    level = dependent[dependent.index("HL*4*3") : dependent.index("SE*")]
    both = write_270(AS_SUBSCRIBER).replace("SE*", level + "SE*")
    assert [inquiry.patient.first_name for inquiry in read_270(both)] == ["ANA", "MINA"]


def test_interchanges_with_other_delimiters_may_follow_each_other() -> None:
    other = write_270(AS_DEPENDENT).translate(str.maketrans("*^:~", "|!>\x1d"))
    assert read_270(write_270(AS_SUBSCRIBER) + other) == (AS_SUBSCRIBER, AS_DEPENDENT)


def test_what_others_write_differently_is_read_as_far_as_it_goes() -> None:
    text = (
        write_270(AS_SUBSCRIBER)
        .replace("*^*00501*", "*U*00401*")
        .replace("NM1*1P*2*AN INVENTED CENTER*", "NM1*1P*1*MUSTER*MAX")
        .replace("DTP*291*D8*20260302", "DTP*472*RD8*20260303-20260331~DTP*291*D8*20260230")
        .replace("EQ*MH", "EQ*MH~EQ**HC:H0015~EQ*30**FAM")
        .replace("*20260220*1504*4711*X", "*20260220*9904*4711*X")
        .replace("000004711*0", "ABCDEFGHI*0")
    )
    (inquiry,) = read_270(text)
    assert inquiry.provider_name == "MAX MUSTER"
    assert inquiry.date_of_service == date(2026, 3, 3)
    assert inquiry.service_types == ("MH", "30")
    assert inquiry.at == AS_SUBSCRIBER.at
    assert inquiry.control_number == 0


def test_a_range_of_days_is_asked_about_from_its_first() -> None:
    text = write_270(AS_SUBSCRIBER).replace("DTP*291*D8*20260302", "DTP*307*RD8*20260303-20260331")
    assert read_270(text)[0].date_of_service == date(2026, 3, 3)


def test_another_transaction_holds_no_inquiry() -> None:
    assert read_270(write_270(AS_SUBSCRIBER).replace("ST*270", "ST*276")) == ()


@pytest.mark.parametrize("text", ["", "hello", "ISA*00*"])
def test_what_is_no_x12_is_refused(text: str) -> None:
    with pytest.raises(UnreadableReply):
        read_270(text)


@settings(max_examples=60)
@given(st.integers(0, 400), st.text(max_size=8))
def test_no_damage_makes_it_fail_with_anything_else(at: int, damage: str) -> None:
    text = write_270(AS_DEPENDENT)
    try:
        read_270(text[:at] + damage + text[at + len(damage) :])
    except UnreadableReply:
        assert at < 106


# How many inquiries the samples hold that lie beside the checkout, where they do.
INQUIRIES = {
    "270_4010_inteligenz_samp_Example2_EHCCA.edi": ["JANE"],
    "270_4010_inteligenz_samp_Example3_Aetna.edi": ["STACY"],
    "270_5010_inteligenz_samp_Example1_IG.edi": ["ROBERT"],
    "270_5010_inteligenz_samp_Example1_IG_0x1D.edi": ["ROBERT"],
    "270_5010_kartik_270_batch_multi.edi": ["PATIENT", "JANE"],
    "270_5010_kartik_270_custom_delimiters.edi": ["CUSTOM"],
    "270_5010_kartik_270_realtime_single.edi": ["PATIENT"],
    "270_5010_kartik_batch_with_one_bad_transaction.edi": ["ALPHA", "BROKEN", "OMEGA"],
    "270_5010_lfh_demo-single-line_270.edi": ["ROBERT"],
    "270_5010_lfh_dependent-health-benefit-check_270.edi": ["MARY"],
    "270_imsweb_x270.edi": ["JANE"],
}

if SAMPLES.exists():

    @pytest.mark.parametrize("name", INQUIRIES)
    def test_a_sample_of_others_is_read(name: str) -> None:
        read = read_270((SAMPLES / name).read_bytes())
        assert [inquiry.patient.first_name for inquiry in read] == INQUIRIES[name]
        assert all(inquiry.npi and inquiry.payer_id and inquiry.service_types for inquiry in read)
