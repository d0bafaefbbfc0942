"""The shipped decision tables: nothing wrong with them, and the answers that the source documents ask for."""

import pytest

from kesu import rules
from tests.processes.conftest import PROCESSES

TABLES = {path.stem: rules.load_decisions(path.read_bytes()) for path in PROCESSES.glob("*.dmn")}
KINDS = ["acknowledgement", "first_reply", "start", "attitude_reply", "investigation", "feedback", "follow_up", "approval"]
DEPARTMENTS = {"customer_service", "quality", "technical", "logistics", "after_sales", "sales", "legal", "management"}


def decide(table, **context):
    return TABLES[table].evaluate(table, context).value


@pytest.mark.parametrize("name", sorted(TABLES))
def test_nothing_is_wrong_with_a_shipped_table(name):
    assert TABLES[name].ids == [name]
    assert TABLES[name].check() == []


@pytest.mark.parametrize("kind, category, hours", [
    ("start", "quality", 24), ("attitude_reply", "service", 48), ("investigation", "quality", 24), ("feedback", "quality", 48),
    ("follow_up", "quality", 168),
])
def test_the_limits_of_the_source_documents_are_the_defaults(kind, category, hours):
    assert decide("time_limits", kind=kind, grade="general", category=category) == hours


@pytest.mark.parametrize("grade", ["general", "urgent", "major", None])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_exactly_one_limit_at_every_grade(kind, grade):
    for category in ("quality", "service", None):
        assert decide("time_limits", kind=kind, grade=grade, category=category) > 0


@pytest.mark.parametrize("kind", ["acknowledgement", "first_reply", "start", "investigation", "feedback", "approval"])
def test_a_major_complaint_never_has_more_time_than_a_general_one(kind):
    general, major = (decide("time_limits", kind=kind, grade=grade, category="quality") for grade in ("general", "major"))
    assert major < general


def test_a_kind_nobody_has_limited_has_no_limit():
    assert decide("time_limits", kind="carrying_out", grade="general", category="quality") is None


@pytest.mark.parametrize("category", ["quality", "service", "delivery", "other", "a category of our own", None])
@pytest.mark.parametrize("amount, vip", [(0, False), (99999, True), (None, None)])
def test_danger_makes_every_complaint_major_and_first(category, amount, vip):
    found = decide("grade", category=category, subcategory="inquiry", safety=True, amount=amount, vip=vip)
    assert found == {"grade": "major", "priority": 1}


@pytest.mark.parametrize("facts, grade, priority", [
    ({"category": "quality"}, "general", 3), ({"category": "delivery"}, "general", 4), ({"category": "other"}, "general", 5),
    ({}, "general", 5),
    ({"category": "service", "subcategory": "attitude"}, "urgent", 3), ({"category": "other", "vip": True}, "urgent", 3),
    ({"category": "other", "amount": 9999.99}, "general", 5), ({"category": "other", "amount": 10000}, "urgent", 2),
    ({"category": "other", "amount": 50000}, "major", 2),
])
def test_grade_and_priority(facts, grade, priority):
    assert decide("grade", **facts) == {"grade": grade, "priority": priority}


@pytest.mark.parametrize("category, subcategory, safety, departments", [
    ("quality", "appearance", False, ["quality"]), ("quality", "malfunction", False, ["quality", "technical"]),
    ("quality", "malfunction", True, ["quality", "technical", "legal"]), ("service", "late_repair", False, ["after_sales"]),
    ("service", "attitude", False, ["customer_service"]), ("service", "sales_promise", False, ["sales"]),
    ("service", None, False, ["after_sales"]), ("delivery", "wrong_item", False, ["logistics"]),
    ("delivery", "wrong_item", True, ["logistics", "quality", "legal"]),
    ("other", "privacy", False, ["customer_service", "legal"]),
    ("other", "privacy", True, ["customer_service", "quality", "legal"]),
    (None, None, False, ["customer_service"]), ("a category of our own", None, None, ["customer_service"]),
])
def test_routing(category, subcategory, safety, departments):
    assert decide("routing", category=category, subcategory=subcategory, safety=safety) == departments


def test_whatever_is_complained_about_some_department_leads_and_none_is_asked_twice():
    subcategories = ["attitude", "sales_promise", "malfunction", "noise", "privacy", "late_repair", "inquiry", None]
    for category in ("quality", "service", "delivery", "other", "new", None):
        for subcategory in subcategories:
            for safety in (True, False, None):
                found = decide("routing", category=category, subcategory=subcategory, safety=safety)
                assert found and len(found) == len(set(found)) and DEPARTMENTS.issuperset(found)


@pytest.mark.parametrize("amount, grade, levels, countersigning", [
    (0, "general", 1, []), (999.99, "urgent", 1, []), (1000, "general", 2, []), (9999, "general", 2, []), (None, None, 1, []),
    (10000, "general", 2, ["quality", "legal"]), (49999.99, "urgent", 2, ["quality", "legal"]),
    (50000, "general", 3, ["quality", "legal", "sales"]), (0, "major", 2, ["quality", "legal"]),
    (10000, "major", 3, ["quality", "technical", "legal"]),
])
def test_the_approval_matrix(amount, grade, levels, countersigning):
    assert decide("approval_matrix", remedy_amount=amount, grade=grade) == {"levels": levels, "countersign_groups": countersigning}


def test_more_money_never_needs_fewer_approvals():
    for grade in ("general", "urgent", "major"):
        levels = [decide("approval_matrix", remedy_amount=amount, grade=grade)["levels"] for amount in range(0, 60001, 500)]
        assert levels == sorted(levels)
