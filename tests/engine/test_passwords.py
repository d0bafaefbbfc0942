"""Which new passwords are good enough."""

import time

import pytest

from kesu.engine import passwords
from kesu.engine.errors import Invalid

NAMES = ("linhong", "林红", "Hong Lin", "linhong@example.com", "linhong")


@pytest.mark.parametrize("password", [
    "1234567890", "kaikaikaik", "password12", "Passw0rd123", "qwertyuiop", "aaaaaaaaaaaa",
    "abcabcabcabc", "iloveyou123", "woaini1314520", "1qaz2wsx3edc", "KesuKesu2026", "linhong2026",
    "Linhong123", "林红林红林红林红林红", "我爱你我爱你我爱你我", "客诉客诉客诉客诉客诉", "11112222333344",
    "gnohnil123", "          ", "linhong@example.com", "abcdefghij", "19900101199",
    "13812345678", "a" * 500,
])
def test_a_password_that_is_easily_guessed_is_refused(password):
    with pytest.raises(Invalid, match="too easy to guess"):
        passwords.check(password, NAMES)


@pytest.mark.parametrize(("password", "said"), [
    ("", "at least 10"), ("x9 kq.T4v", "at least 10"), ("x" * 1001, "at most 1000")])
def test_a_password_of_the_wrong_length_is_refused(password, said):
    with pytest.raises(Invalid, match=said):
        passwords.check(password, NAMES)


@pytest.mark.parametrize("password", [
    "correct horse battery", "xk4 9pqm vt", "铜锅 夜雨 三只鸭子 拖拉机", "mango tractor linhong slope",
    "Vier Kühe im Regen", "tDk29vXxQ1-a", "eleven chars and more",
])
def test_a_password_of_words_that_do_not_belong_together_is_taken(password):
    passwords.check(password, NAMES)


def test_a_long_password_is_examined_in_short_time():
    begun = time.process_time()
    passwords.check("correct horse battery staple " * 30, NAMES)
    assert time.process_time() - begun < 5
