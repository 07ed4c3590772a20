"""The verify page without a script: fields as needed, pictures of the card, nothing typed is lost."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient

from payers.sandbox.reply import write_271
from payers.sandbox.roster import BY_KEY
from service.office import Office
from service.store import card_images, verifications
from service.store.session import Unavailable, transaction
from tests.console.conftest import signed_in
from tests.console.test_pages import ROOM, TYPED, words_of
from tests.payers.sandbox.asking import inquiry_about
from tests.pictures import heic, jpeg, png

VERIFY, CARDS = f"{ROOM}/verify", f"{ROOM}/cards"
LEVEL = "/told_benefits/levels/intensive_outpatient"
TOLD = {
    "/told_benefits/active": "yes",
    "/told_benefits/deductible/individual/limit": "1,500",
    "/told_benefits/deductible/individual/met": "$250",
    "/told_benefits/out_of_pocket_max/individual/limit": "6000",
    f"{LEVEL}/copay/amount": "40",
    f"{LEVEL}/copay/per": "day",
    f"{LEVEL}/prior_authorization": "required",
    "channel": "portal",
    "reference": "CALL-77",
}


def send(client: FlaskClient, *, case: str | None = "new", **typed: Any) -> Any:
    """Send the form; in a case of its own where nothing else is said."""
    return client.post(VERIFY, data=TYPED | ({"case": case} if case else {}) | typed)


def file(content: bytes, name: str = "card.png") -> tuple[BytesIO, str]:
    return BytesIO(content), name


def fields_of(page: str) -> dict[str, str]:
    """What stands in the hidden and other inputs of a page, by name."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and 'type="radio"' not in tag and 'type="checkbox"' not in tag:
            found[unescape(name[1])] = unescape(value[1])
    return found


def asked(app: Flask, location: str) -> Any:
    """The request that was kept, with what was told."""
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        found = verifications.get(session, location.rsplit("/", 1)[-1])
    assert found is not None
    return found


def reply_of(key: str = "ppo-full") -> tuple[bytes, dict[str, str]]:
    """A 271 of the sandbox, and whom it is about."""
    person = BY_KEY[key].person
    text = write_271(
        BY_KEY[key], replace(inquiry_about(person), date_of_service=date(2026, 12, 7)), datetime.now(UTC)
    )
    names = ("member_id", "first_name", "last_name", "birth_date")
    return text.encode(), {"payer": "cigna"} | {name: str(getattr(person, name)) for name in names}


# --- fields as the payer needs them


def test_who_pays_alone_is_verified_without_a_member_id_and_reads_of_no_refusal(staff: FlaskClient) -> None:
    assert "no member ID is needed" in staff.get(f"{VERIFY}/payer?payer=self-pay").text
    sent = send(staff, payer="self-pay", member_id="", plan="")
    assert sent.status_code == 303
    page = words_of(staff.get(sent.location).text)
    assert "Paid by the patient: no insurer decides" in page
    assert "Give the patient the good faith estimate in writing" in page
    assert "not covered" not in page.casefold()
    assert "nobody has confirmed" not in page.casefold()


def test_an_insurance_that_is_known_says_who_it_is_and_what_its_ids_look_like(staff: FlaskClient) -> None:
    part = staff.get(f"{VERIFY}/payer?payer=BCBS+of+Florida").text
    assert "Florida Blue" in part
    assert "the three-character prefix" in part
    assert "data-groups" in part
    assert 0 < part.count("<option") <= 20, "a few of its plans are offered, never all of hundreds"
    medicare = staff.get(f"{VERIFY}/payer?payer=medicare").text
    assert "data-groups" not in medicare
    assert "data-grouped" in medicare


def test_plans_are_offered_as_one_is_typed(staff: FlaskClient) -> None:
    asked = {"payer": "BCBS of Florida", "plan": "blueoptions 505"}
    offered = staff.get(f"{VERIFY}/plans", query_string=asked).text
    assert offered.count("<option") == 1
    assert 'value="blueoptions-505"' in offered
    by_id = staff.get(f"{VERIFY}/plans", query_string={**asked, "plan": "16842FL0120033-01"}).text
    assert 'value="16842fl0120033"' in by_id
    assert "<option" not in staff.get(f"{VERIFY}/plans", query_string={**asked, "plan": "no such plan"}).text


@pytest.mark.parametrize(("typed", "nearest"), [("sinna", "cigna"), ("floblue", "florida-blue")])
def test_one_that_is_not_known_offers_the_nearest(staff: FlaskClient, typed: str, nearest: str) -> None:
    part = staff.get(f"{VERIFY}/payer", query_string={"payer": typed}).text
    assert f'data-payer="{nearest}"' in part
    assert part.count("data-payer") <= 3
    assert staff.get(f"{VERIFY}/payer?payer=").text.count("data-payer") == 0


def test_what_was_typed_of_an_insurance_is_not_a_page(staff: FlaskClient) -> None:
    evil = "<script>alert(1)</script>"
    assert "<script" not in staff.get(f"{VERIFY}/payer", query_string={"payer": evil}).text


def test_without_a_script_every_field_is_there(staff: FlaskClient) -> None:
    page = staff.get(VERIFY).text
    names = fields_of(page).keys() | set(re.findall(r'<select[^>]* name="([^"]+)"', page))
    assert names >= {"group_number", "sex", "external_id", "subscriber_member_id", "subscriber_birth_date"}
    assert names >= {*TOLD, "representative", "second_payer", "network", "weeks"}
    assert "usually 8 weeks, 3 × 3 h a week" in words_of(page)
    assert 'placeholder="8"' in page


def test_the_subscriber_goes_along_where_it_is_somebody_else(app: Flask, staff: FlaskClient) -> None:
    subscriber = {
        "subscriber_member_id": "XJBH00000009",
        "subscriber_first_name": "Luz",
        "subscriber_last_name": "Prueba",
        "subscriber_birth_date": "1980-01-02",
    }
    more = {"group_number": "G-1", "sex": "female", "external_id": "EHR-9"}
    made = send(staff, relationship="child", **subscriber, **more)
    assert made.status_code == 303, words_of(made.text)
    kept = asked(app, made.location).request
    assert kept["member"]["subscriber"] == {
        name.removeprefix("subscriber_"): value for name, value in subscriber.items()
    }
    assert (kept["member"]["group_number"], kept["member"]["sex"]) == ("G-1", "female")
    assert kept["external_id"] == "EHR-9"
    alone = send(staff, relationship="self", **subscriber)
    assert "subscriber" not in asked(app, alone.location).request["member"]


def test_a_fault_of_the_subscriber_stands_beside_it(staff: FlaskClient) -> None:
    answer = send(staff, relationship="child", subscriber_birth_date="2090-01-01")
    assert answer.status_code == 422
    assert 'id="subscriber_birth_date-fault"' in answer.text
    assert "Subscriber's birth date has not come yet." in words_of(answer.text)


# --- what was told already


def test_what_was_told_already_goes_into_the_first_answer(app: Flask, staff: FlaskClient) -> None:
    made = send(staff, **TOLD)
    assert made.status_code == 303, words_of(made.text)
    (telling,) = asked(app, made.location).told
    assert telling["active"] is True
    assert telling["deductible"] == {"individual": {"limit": "1500.00", "met": "250.00"}}
    assert telling["levels"] == {
        "intensive_outpatient": {
            "copay": {"amount": "40.00", "per": "day"},
            "prior_authorization": "required",
        }
    }
    assert (telling["told_by"]["channel"], telling["told_by"]["reference"]) == ("portal", "CALL-77")
    assert "Membership not confirmed" not in staff.get(made.location).text


def test_what_was_told_of_a_level_is_of_the_level_that_is_asked_for(app: Flask, staff: FlaskClient) -> None:
    made = send(staff, level_of_care="outpatient", **TOLD)
    assert asked(app, made.location).told[0]["levels"].keys() == {"outpatient"}
    down = send(staff, level_of_care="step_down", **TOLD)
    assert asked(app, down.location).told[0]["levels"].keys() == {"partial_hospitalization"}


def test_where_nothing_was_told_there_is_no_call(app: Flask, staff: FlaskClient) -> None:
    assert asked(app, send(staff, channel="portal").location).told == []


@pytest.mark.parametrize("level", ["intensive_outpatient", "outpatient", "step_down"])
def test_a_fault_of_what_was_told_stands_beside_it_and_stays_as_it_was_typed(
    staff: FlaskClient, level: str
) -> None:
    answer = send(staff, level_of_care=level, **TOLD | {f"{LEVEL}/copay/amount": "forty"})
    assert answer.status_code == 422
    assert f'id="{LEVEL.replace("/", "-")}-copay-amount-fault"' in answer.text
    assert "Copay for this level of care: Amount" in words_of(answer.text)
    typed = fields_of(answer.text)
    assert typed[f"{LEVEL}/copay/amount"] == "forty"
    assert typed["/told_benefits/deductible/individual/limit"] == "1,500"
    assert typed["reference"] == "CALL-77"
    assert re.search(r'value="day" selected', answer.text)


# --- pictures of the card


def put_up(client: FlaskClient, side: str = "front", content: bytes | None = None, **more: str) -> Any:
    content = png() if content is None else content
    return post_whole(client, f"{CARDS}/{side}", f"card_{side}_file", content, more)


def post_whole(client: FlaskClient, address: str, name: str, content: bytes, more: dict[str, str]) -> Any:
    """Send a form with one file, as a browser puts it together; the test client would use the disk."""
    edge = b"--an-edge-of-parts"
    parts = [f'Content-Disposition: form-data; name="{key}"\r\n\r\n{more[key]}'.encode() for key in more]
    about = f'Content-Disposition: form-data; name="{name}"; filename="a.png"\r\nContent-Type: image/png'
    parts.append(about.encode() + b"\r\n\r\n" + content)
    body = b"".join(b"--" + edge + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + edge + b"--\r\n"
    said = f"multipart/form-data; boundary={edge.decode()}"
    return client.post(address, data=body, content_type=said)


def id_in(page: str, side: str = "front") -> str:
    return fields_of(page).get(f"card_{side}", "")


def test_a_picture_is_put_up_at_once_and_is_the_cases_when_the_verification_is_kept(
    app: Flask, staff: FlaskClient
) -> None:
    part = put_up(staff, content=jpeg())
    assert part.status_code == 200
    card = id_in(part.text)
    assert f'src="{CARDS}/{card}"' in part.text
    shown = staff.get(f"{CARDS}/{card}")
    assert (shown.mimetype, shown.headers["Cache-Control"]) == ("image/jpeg", "private, no-store")
    assert b"ZQ" not in shown.data
    made = send(staff, card_front=card)
    assert made.status_code == 303, words_of(made.text)
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        kept = card_images.of_case(session, asked(app, made.location).case_id)
    assert [(one.id, one.side, one.created_by) for one in kept] == [(card, "front", "ana")]
    assert staff.get(f"{CARDS}/{card}").data == shown.data


def test_without_a_script_pictures_come_with_the_form_and_are_shown_with_all_that_was_typed(
    staff: FlaskClient,
) -> None:
    shown = send(staff, show_cards="1", card_front_file=file(png()), card_back_file=file(jpeg()), weeks="6")
    assert shown.status_code == 200
    typed = fields_of(shown.text)
    assert (typed["weeks"], typed["last_name"]) == ("6", "Prueba")
    assert id_in(shown.text)
    assert id_in(shown.text, "back")
    held = {name: typed[name] for name in ("card_front", "card_back")}
    without = send(staff, show_cards="1", remove_card="front", **held)
    assert id_in(without.text) == ""
    assert id_in(without.text, "back") == held["card_back"]
    assert staff.get(f"{CARDS}/{held['card_front']}").status_code == 404
    assert send(staff, **held).status_code == 303


def test_a_picture_is_replaced_and_taken_away(staff: FlaskClient) -> None:
    first = id_in(put_up(staff).text)
    second = id_in(put_up(staff, card_front=first).text)
    assert second not in ("", first)
    assert staff.get(f"{CARDS}/{first}").status_code == 404
    emptied = staff.post(f"{CARDS}/front/remove", data={"card_front": second})
    assert id_in(emptied.text) == ""
    assert staff.get(f"{CARDS}/{second}").status_code == 404
    assert put_up(staff, side="edge").status_code == 404


def test_the_pictures_of_a_case_can_be_shown_wherever_it_is(app: Flask) -> None:
    cards = [
        card_images.draft(side, by="ana", client="c", at=datetime.now(UTC)) for side in card_images.SIDES
    ]
    with app.test_request_context():
        part = render_template("console/card_pictures.html", card_images=cards, label=lambda code: code)
        assert render_template("console/card_pictures.html", card_images=[]).strip() == ""
    assert re.findall(r'<img src="([^"]+)"', part) == [f"{CARDS}/{card.id}" for card in cards]
    assert re.findall(r'alt="([^"]+)"', part) == ["card_front_shown", "card_back_shown"]


def test_what_is_no_picture_is_said_beside_its_side(staff: FlaskClient) -> None:
    refused = put_up(staff, content=heic())
    assert refused.status_code == 422
    assert "The picture is neither JPEG, PNG nor WebP" in words_of(refused.text)
    with_form = send(staff, card_back_file=file(b"no picture"), weeks="6")
    assert with_form.status_code == 422
    assert 'id="card_back-fault"' in with_form.text
    assert fields_of(with_form.text)["weeks"] == "6"


def test_a_picture_that_is_too_large_is_said_so(app: Flask, staff: FlaskClient) -> None:
    most = app.extensions["office"].settings.max_picture_bytes
    for size in (most + 1, 3 * most):
        refused = put_up(staff, content=png() + bytes(size))
        assert refused.status_code == 422
        assert "The picture is larger than is taken here" in words_of(refused.text)
    assert put_up(staff, content=png() + bytes(most // 2)).status_code == 200
    flood = post_whole(staff, VERIFY, "card_front_file", bytes(3 * most), TYPED)
    assert flood.status_code == 413
    assert "That was too much at once" in flood.text


def test_too_much_at_the_door_is_said_so_too(stranger: FlaskClient) -> None:
    answer = stranger.post(f"{ROOM}/sign-in", data={"name": "x" * 2_000_000})
    assert answer.status_code == 413
    assert "That was too much at once" in answer.text


def test_nobody_else_sees_or_takes_a_picture_that_has_no_case_yet(app: Flask, staff: FlaskClient) -> None:
    card = id_in(put_up(staff).text)
    other = signed_in(app, "luz", "admissions")
    assert other.get(f"{CARDS}/{card}").status_code == 404
    made = send(other, card_front=card)
    assert made.status_code == 303
    other.post(f"{CARDS}/front/remove", data={"card_front": card})
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        assert card_images.of_case(session, asked(app, made.location).case_id) == []
    assert staff.get(f"{CARDS}/{card}").status_code == 200
    send(staff, card_front=card)
    assert other.get(f"{CARDS}/{card}").status_code == 200, "who sees the case sees its card"
    assert signed_in(app, "the auditor", "auditor").get(f"{CARDS}/{card}").status_code == 403


def test_an_uploaded_picture_never_lies_on_the_disk_in_clear(
    staff: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("a file on the disk")

    monkeypatch.setattr("werkzeug.formparser.default_stream_factory", fail)
    monkeypatch.setattr("werkzeug.wrappers.request.default_stream_factory", fail)
    assert put_up(staff, content=png() + bytes(2_000_000)).status_code == 200


# --- nothing typed is lost


def test_a_reply_that_was_given_stays_with_the_form_whatever_is_wrong(staff: FlaskClient) -> None:
    content, person = reply_of()
    refused = send(staff, **person, weeks="many", reply=file(content, "reply.271"))
    assert refused.status_code == 422
    assert "The file that you gave is still here." in refused.text
    kept = fields_of(refused.text)["reply_kept"]
    again = send(staff, **person, weeks="8", reply_kept=kept)
    assert again.status_code == 303, words_of(again.text)
    assert "Membership not confirmed" not in staff.get(again.location).text
    broken = send(staff, **person, reply=file(b"no 271"), reply_kept=kept)
    assert "The payer's file is not a whole 271." in words_of(broken.text)
    dropped = send(staff, **person, drop_reply="1", reply_kept=kept)
    assert "Membership not confirmed" in staff.get(dropped.location).text


def test_a_reply_keeps_every_byte_on_its_way_through_the_form(app: Flask, staff: FlaskClient) -> None:
    content, person = reply_of()
    content = content.replace(b"~\n", b"~\r\n").replace(b"~", b"~\n")
    refused = send(staff, **person, weeks="many", reply=file(content))
    kept = fields_of(refused.text)["reply_kept"]
    made = send(staff, **person, reply_kept=kept)
    assert asked(app, made.location).heard[0]["heard"][0]["text"].encode() == content


def test_a_long_reply_finds_its_way_back_too(staff: FlaskClient) -> None:
    refused = post_whole(staff, VERIFY, "reply", b"x" * 900_000, TYPED | {"case": "new"})
    assert refused.status_code == 422
    again = send(staff, reply_kept=fields_of(refused.text)["reply_kept"])
    assert again.status_code == 422


def test_whoever_is_on_file_is_offered_with_pictures_reply_and_all_that_was_told(
    app: Flask, staff: FlaskClient
) -> None:
    content, person = reply_of("hmo-referral") if "hmo-referral" in BY_KEY else reply_of()
    assert send(staff, **person).status_code == 303
    card = id_in(put_up(staff).text)
    offered = send(staff, case=None, **person, **TOLD, card_front=card, reply=file(content))
    assert offered.status_code == 200
    assert "This member is on file already" in offered.text
    typed = fields_of(offered.text)
    case = re.search(r'name="case" value="([0-9a-f-]{36})"', offered.text)
    assert case
    made = staff.post(VERIFY, data=typed | {"case": case[1]})
    assert made.status_code == 303, words_of(made.text)
    kept = asked(app, made.location)
    assert kept.case_id == case[1]
    assert kept.told[0]["active"] is True
    assert kept.heard
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        assert [one.id for one in card_images.of_case(session, case[1])] == [card]


def test_a_form_that_is_refused_keeps_its_pictures(staff: FlaskClient) -> None:
    card = id_in(put_up(staff).text)
    assert id_in(send(staff, weeks="many", card_front=card).text) == card


def test_a_database_that_does_not_answer_loses_nothing(
    staff: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise Unavailable("OperationalError")

    card = id_in(put_up(staff).text)
    monkeypatch.setattr("service.record.keep", fail)
    answer = send(staff, weeks="6", card_front=card)
    assert answer.status_code == 503
    assert "try again shortly" in words_of(answer.text)
    assert fields_of(answer.text)["weeks"] == "6"
    assert id_in(answer.text) == card


def test_a_case_that_is_gone_meanwhile_loses_nothing(staff: FlaskClient) -> None:
    answer = send(staff, case="019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44", weeks="6")
    assert answer.status_code == 422
    assert "a case that is not here any more" in words_of(answer.text)
    assert fields_of(answer.text)["weeks"] == "6"


def test_an_empty_form_may_be_gone_back_to_and_a_filled_one_is_kept_by_nobody(staff: FlaskClient) -> None:
    assert staff.get(VERIFY).headers["Cache-Control"] == "private, no-cache"
    assert send(staff, weeks="many").headers["Cache-Control"] == "no-store"
