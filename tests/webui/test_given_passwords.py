"""A password that somebody else has chosen opens nothing but the place where it is changed."""

import pytest

from kesu.engine import identity, passwords
from tests.webui.conftest import PASSWORD
from tests.webui.pages import words

OWN = "tractor in the evening rain"


@pytest.fixture
def ada(company, as_person):
    """Ada's browser; her password was set by the administrator."""
    with company.write() as connection:
        identity.keep_password_hash(connection, "ada", passwords.hashed(PASSWORD), given=True)
    return as_person("ada")


@pytest.mark.parametrize("path", ["/inbox", "/cases", "/", "/inbox?box=group"])
def test_it_opens_no_page(ada, path):
    answer = ada.get(path, 303 if path != "/" else 302)
    assert answer.location.startswith("/profile#password" if path != "/" else "/inbox")


def test_it_changes_nothing_either(ada):
    assert ada.post("/profile/deputies", 303, deputy="bo").location == "/profile#password"
    answer = ada.get("/inbox", 403, **{"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/profile#password"


def test_the_profile_says_why_and_a_password_of_ones_own_opens_everything(ada):
    assert "Somebody else has given you your password" in words(ada.get("/profile").text)

    ada.post("/profile/password", current=PASSWORD, fresh=OWN)

    assert "Waiting for me" in ada.get("/inbox").text
    assert "Somebody else has given you" not in words(ada.get("/profile").text)


def test_the_password_that_was_given_is_not_ones_own(ada):
    page = ada.post("/profile/password", 422, current=PASSWORD, fresh=PASSWORD)
    assert "the password that you were given" in words(page.text)
    ada.get("/inbox", 303)


def test_signing_out_and_another_language_stay_possible(ada):
    assert ada.post("/profile/language", language="zh").status_code == 303
    assert ada.post("/sign-out").location == "/sign-in"


@pytest.mark.parametrize("weak", ["1234567890", "kaikaikaik", "ada ada ada ada"])
def test_an_easy_password_is_refused_with_a_sentence(as_person, weak):
    page = as_person("ada").post("/profile/password", 422, current=PASSWORD, fresh=weak)
    assert "too easy to guess" in words(page.text)


def test_a_password_chosen_by_hand_and_a_first_one_have_to_be_changed(company):
    with company.write() as connection:
        assert not identity.person(connection, "bo").password_given
        identity.keep_password_hash(connection, "bo", passwords.hashed(OWN), given=True)
        identity.keep_password_hash(connection, "bo", passwords.hashed(OWN))  # hashed anew
        assert identity.person(connection, "bo").password_given
