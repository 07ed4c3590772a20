"""A check of our own for schemathesis: a 422 names its codes, and valid data fails by its meaning only."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis.generation import GenerationMode

from schemas.problem import ERROR_CODES

# What no schema of ours says: these may be answered to data that the document allows.
OF_MEANING = frozenset(
    {
        "actuals_not_readable",
        "batch_not_readable",
        "birth_after_start",
        "birth_date_in_future",
        "birth_date_too_early",
        "care_given_twice",
        "address_not_public",
        "care_missing",
        "consent_not_given",
        "consent_outdated",
        "control_characters",
        "coverage_given_twice",
        "empty",
        "employer_size_unclear",
        "ends_before_start",
        "every_day_needed",
        "hours_out_of_range",
        "in_the_past",
        "less_than_its_parts",
        "looks_automated",
        "member_id_shape",
        "more_than_allowed",
        "no_rulebook_in_use",
        "not_a_date",
        "not_a_month_and_day",
        "not_a_phone",
        "not_a_time",
        "not_an_address",
        "not_an_email",
        "not_an_origin",
        "not_for_a_site",
        "not_whole_minutes",
        "phases_overlap",
        "phases_run_backwards",
        "picture_broken",
        "picture_format",
        "picture_too_large",
        "reply_not_readable",
        "reply_of_another_member",
        "required",
        "search_unclear",
        "service_in_future",
        "start_date_missing",
        "start_date_too_far",
        "time_without_zone",
        "unknown_case",
        "unknown_payer",
        "unknown_site",
        "weekday_repeated",
        "weekdays_do_not_match",
        "weak_password",
        "weeks_missing",
        "whole_member_id",
        "wrong_code",
        "wrong_password",
    }
)
KEY_REUSED = "urn:openvob:problem:idempotency-key-reused"


@schemathesis.check
def documented_refusal(ctx: Any, response: Any, case: Any) -> None:
    """Hold every 422 to the documented codes, and those of valid data to codes of meaning."""
    if response.status_code != 422 or response.json()["type"] == KEY_REUSED:
        return
    codes = {error["code"] for error in response.json()["errors"]}
    assert codes, "a 422 names what is wrong"
    assert codes <= ERROR_CODES.keys(), f"not documented: {sorted(codes - ERROR_CODES.keys())}"
    if case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE:
        assert codes <= OF_MEANING, f"the schema could say: {sorted(codes - OF_MEANING)}"
