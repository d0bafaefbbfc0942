"""Taking a call: the caller is known by number, the form keeps what was typed, the case carries who took it."""

from sqlalchemy import select

from kesu.complaints.cases import cases
from tests.webui.pages import words

CALL = {
    "phone": "0086 13800001111",
    "name": "Carol",
    "kind": "quality/part_damaged",
    "product": "kettle",
    "description": "Broken again",
    "submission": "c1",
    "channel": "phone",
    "locale": "en",
}


def found(db):
    with db.read() as connection:
        return list(connection.execute(select(cases).order_by(cases.c.reference)))


def test_a_caller_is_found_by_number_however_it_is_typed(as_person, received):
    received()
    part = words(as_person("ines").get("/intake/callers?phone=138 0000-1111").text)

    assert "Carol" in part and "1 earlier complaint" in part and "The handle broke off" in part


def test_the_look_up_works_without_a_script_and_keeps_what_was_typed(as_person, received):
    received()
    page = as_person("ines").get("/intake/new?phone=13800001111&name=Carol").text

    assert "1 earlier complaint" in words(page) and 'value="Carol"' in page
    assert "Nobody known under this number" in words(as_person("ines").get("/intake/new?phone=13999999999").text)


def test_a_call_becomes_a_case_taken_by_the_agent(company, as_person):
    answer = as_person("ines").post("/intake", **CALL)

    [case] = found(company)
    assert (case.channel, case.received_by, case.subcategory) == ("phone", "ines", "part_damaged")
    assert answer.location == f"/cases/{case.reference}"


def test_the_agent_is_told_the_number_and_the_link_for_the_caller(company, as_person):
    ines = as_person("ines")
    page = words(ines.follow(ines.post("/intake", **CALL)).text)

    assert found(company)[0].reference in page and "/track/" in page


def test_the_fields_a_subcategory_demands_are_asked_for_at_once(company, as_person):
    page = words(as_person("ines").post("/intake", status=422, **{**CALL, "kind": "quality/malfunction", "product": "", "name": ""}).text)

    for missing in ("Since when is missing", "Product is missing", "Name is missing"):
        assert missing in page
    assert "Broken again" in page and found(company) == []


def test_a_double_click_makes_one_case(company, as_person):
    ines = as_person("ines")
    assert ines.post("/intake", **CALL).location == ines.post("/intake", **CALL).location
    assert len(found(company)) == 1


def test_without_a_category_the_words_decide(company, as_person):
    as_person("ines").post("/intake", **{**CALL, "kind": ""})

    assert found(company)[0].classified_by in ("rule", "model")


def test_only_agents_and_managers_take_calls_and_look_callers_up(as_person, received):
    received()
    for login in ("ivan", "yun", "olga", "otto"):
        for path in ("/intake/new", "/intake/callers?phone=13800001111"):
            as_person(login).get(path, status=403)
