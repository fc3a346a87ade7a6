"""Which passwords are refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.staff.passwords import PasswordWeakness, weakness
from ivr.staff.secrets import StaffSecrets
from tests.staff.bench import CountingHasher

SHORT, LONG, COMMON, OWN = PasswordWeakness
NAME, SHOWN = "aygul.m", "Aýgül Myradowa"


@pytest.mark.parametrize(
    ("password", "answer"),
    [
        ("", SHORT),
        ("ä" * 11, SHORT),
        ("elevenchars", SHORT),
        ("x" * 129, LONG),
        ("passwordpassword", COMMON),
        ("Password2026!", COMMON),
        ("P@ssw0rd12345", COMMON),
        ("parolparol12", COMMON),
        ("пароль123456", COMMON),
        ("qwertyuiop123", COMMON),
        ("йцукенгшщзхъ", COMMON),
        ("1qaz2wsx3edc", COMMON),
        ("aaaaaaaaaaaa", COMMON),
        ("abababababab", COMMON),
        ("abcabcabcabcabc", COMMON),
        ("123456789012", COMMON),
        ("abcdefghijklmn", COMMON),
        ("987654321098", COMMON),
        ("türkmenistan1", COMMON),
        ("administrator", COMMON),
        ("AygulMyradowa", OWN),
        ("aygul.m.2026.", OWN),
        ("myradowa1990", OWN),
        ("Аýgül-4711-ok", OWN),
    ],
)
def test_these_are_refused(password: str, answer: PasswordWeakness) -> None:
    assert weakness(password, NAME, SHOWN) is answer


@pytest.mark.parametrize(
    "password",
    [
        "seven grey camels walk",
        "correct horse battery staple",
        "düýeler çöle tarap ýöreýär",
        "верблюды идут на закат",
        "qzv7kmw2xp4t",
        "my password is a long sentence about rain",
        "aygul walks to the far green hill",
        "830194726150",
        "кот-в-сапогах",
        " spaces count ",
        "x9!" * 1 + "Kd03?" * 2,
    ],
)
def test_these_are_accepted(password: str) -> None:
    assert weakness(password, NAME, SHOWN) is None


@given(st.text(max_size=140))
def test_any_text_has_an_answer_and_length_is_decided_first(text: str) -> None:
    length = len(unicodedata.normalize("NFC", text))
    answer = weakness(text, NAME, SHOWN)
    assert (answer is SHORT) == (length < 12)
    assert (answer is LONG) == (length > 128)


def test_a_password_matches_however_its_letters_are_composed() -> None:
    secrets = StaffSecrets("pepper", CountingHasher())
    composed, apart = (unicodedata.normalize(form, "düýeler çöle tarap") for form in ("NFC", "NFD"))
    assert composed != apart
    assert secrets.matches(secrets.verifier(composed), apart)
    assert not secrets.matches(secrets.verifier(composed), "duyeler cole tarap")


def test_a_verifier_is_of_one_pepper_and_tells_nothing() -> None:
    hasher = CountingHasher()
    verifier = StaffSecrets("pepper", hasher).verifier("seven grey camels walk")
    assert "camels" not in verifier
    assert verifier.startswith("$argon2id$")
    assert not StaffSecrets("other", hasher).matches(verifier, "seven grey camels walk")
    assert not StaffSecrets("pepper", hasher).matches("damaged", "seven grey camels walk")
