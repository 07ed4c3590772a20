"""What is sealed opens in its own place, with its own key, and nowhere else."""

from __future__ import annotations

from datetime import date

import pytest

from service.security.crypto import SealError, external_index, make_vault, member_index, person_index

VAULT = make_vault(bytes(range(32)))
OTHER = make_vault(bytes(32))


def test_what_is_sealed_opens_in_its_place() -> None:
    sealed = VAULT.seal(b"Ana Prueba", "verifications.request:1")
    assert VAULT.open(sealed, "verifications.request:1") == b"Ana Prueba"


def test_a_sealed_value_does_not_show_what_it_holds_and_names_its_key() -> None:
    sealed = VAULT.seal(b"Ana Prueba", "verifications.request:1")
    assert b"Ana" not in sealed
    assert sealed.startswith(VAULT.kid.encode() + b".")


def test_the_same_value_is_never_sealed_the_same_way_twice() -> None:
    assert VAULT.seal(b"Ana", "cases.label:1") != VAULT.seal(b"Ana", "cases.label:1")


@pytest.mark.parametrize("place", ["verifications.request:2", "verifications.told:1", "cases.request:1"])
def test_a_sealed_value_copied_to_another_row_column_or_table_does_not_open(place: str) -> None:
    sealed = VAULT.seal(b"Ana Prueba", "verifications.request:1")
    with pytest.raises(SealError):
        VAULT.open(sealed, place)


def test_a_changed_sealed_value_does_not_open() -> None:
    sealed = bytearray(VAULT.seal(b"Ana Prueba", "cases.label:1"))
    sealed[-1] ^= 1
    with pytest.raises(SealError):
        VAULT.open(bytes(sealed), "cases.label:1")


def test_another_key_does_not_open_and_says_so() -> None:
    sealed = VAULT.seal(b"Ana Prueba", "cases.label:1")
    with pytest.raises(SealError, match="a key that is not here"):
        OTHER.open(sealed, "cases.label:1")


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        make_vault(bytes(16))


def test_a_vault_does_not_show_its_keys() -> None:
    assert "_index_key" not in repr(VAULT)
    assert "AESGCM" not in repr(VAULT)


def test_a_member_id_is_found_however_it_was_typed() -> None:
    assert member_index(VAULT, "1EG4-TE5-MK73") == member_index(VAULT, " 1eg4 te5 mk73")
    assert member_index(VAULT, "1EG4TE5MK73") != member_index(VAULT, "1EG4TE5MK74")


def test_a_person_is_found_by_family_name_without_regard_to_accents_and_by_birth_date() -> None:
    born = date(1957, 3, 2)
    assert person_index(VAULT, "Núñez Prueba", born) == person_index(VAULT, "NUNEZ-PRUEBA", born)
    assert person_index(VAULT, "Prueba", born) != person_index(VAULT, "Prueba", date(1957, 3, 3))


def test_indexes_of_different_kinds_and_keys_are_never_equal() -> None:
    assert member_index(VAULT, "A1") != external_index(VAULT, "A1")
    assert member_index(VAULT, "A1") != member_index(OTHER, "A1")


def test_nothing_has_no_index() -> None:
    assert member_index(VAULT, None) is None
    assert member_index(VAULT, " - ") is None
    assert person_index(VAULT, "Prueba", None) is None
    assert external_index(VAULT, "") is None
