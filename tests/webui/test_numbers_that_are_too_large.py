"""Numbers in addresses, fields and bodies that no column can hold: there is nothing there, and nothing breaks."""

import pytest

NUMBERS = (2**31, 2**63, 2**64, 10**30, -(2**63) - 1)
PAGES = (
    ("yun", "/instances?before={}"), ("yun", "/instances?version={}"), ("ines", "/mails?before={}"),
    ("olga", "/incidents?before={}"), ("olga", "/diagrams/small?version={}"),
    ("olga", "/diagrams/small/edit?version={}"), ("olga", "/diagrams/small/comparison?before={}"),
    ("olga", "/diagrams/small/comparison?after={}"), ("olga", "/forms/proposal?version={}"),
    ("olga", "/tables/any?version={}"), ("ada", "/inbox?after={}"), ("ada", "/inbox?task={}"),
    ("olga", "/incidents/resolutions/new?id={}"), ("ada", "/inbox/pulse?after={}"),
    ("ines", "/cases?after={}"), ("ada", "/tasks/{}"), ("ada", "/cases?before={}"),
)


@pytest.mark.parametrize(("login", "path"), PAGES)
def test_no_page_breaks_on_one(as_person, login, path):
    browser = as_person(login).browser
    for number in NUMBERS:
        assert (answer := browser.get(path.format(number))).status_code < 500, (number, answer.text)


@pytest.mark.parametrize("path", ["/instances?before={}", "/instances?version={}"])
def test_there_is_nothing_behind_it(as_person, path):
    for number in NUMBERS:
        as_person("yun").get(path.format(number), 404)


@pytest.mark.parametrize("path", ["/instances?before={}", "/mails?before={}", "/incidents?before={}"])
@pytest.mark.parametrize("text", ["", "abc", "1.5", "9" * 6000, "１２"])
def test_what_is_no_number_is_as_if_it_were_not_said(as_person, path, text):
    as_person("root").get(path.format(text))


@pytest.mark.parametrize("seen", [2**31, 10**30, "abc", [], {}, True, "9" * 6000, 1.5])
def test_a_version_in_a_body_that_is_none_is_refused(as_person, seen):
    olga = as_person("olga")
    for path, sent in (("/diagrams/small/draft", {"xml": "<a/>"}), ("/diagrams/small/deployments", {}),
                       ("/tables/any/draft", {"xml": "<a/>"})):
        headers = {"X-CSRFToken": olga.token()}
        answer = olga.browser.open(path, method="PUT" if "draft" in path else "POST",
                                   json={**sent, "seen": seen}, headers=headers)
        assert 400 <= answer.status_code < 500, (path, answer.status_code)


@pytest.mark.parametrize("field", [str(2**31), str(10**30), "abc"])
def test_a_field_of_a_form_breaks_nothing(as_person, begun, field):
    task = begun()
    answer = as_person("ivan").browser.post(f"/tasks/{task}/claim", data={"seen": field})
    assert answer.status_code < 500
