"""Everything in a form that does not hold is said before it is published, each with its field."""

import json

import pytest

from kesu.engine import definitions, form_checks, resources
from kesu.engine.errors import Invalid
from kesu.engine.resources import FORM
from tests.conftest import ROOT

TEXT = {"type": "textfield", "key": "a", "label": "甲", "properties": {"label_en": "A"}}


def form(*components):
    """A form of these fields."""
    return json.dumps({"id": "f", "components": components}).encode()


@pytest.mark.parametrize("path", sorted((ROOT / "processes" / "forms").glob("*.json")), ids=lambda path: path.stem)
def test_nothing_speaks_against_the_shipped_forms(path):
    assert form_checks.problems(path.read_bytes()) == []


@pytest.mark.parametrize(("components", "rules"), [
    ([TEXT], []),
    ([{**TEXT, "key": ""}], [("1", "no_key")]),
    ([{**TEXT, "key": "due date"}], [("1", "odd_key")]),
    ([{**TEXT, "key": "承诺日期"}], []),
    ([TEXT, TEXT], [("1", "same_key"), ("2", "same_key")]),
    ([{**TEXT, "label": " "}], [("1", "no_label")]),
    ([{**TEXT, "properties": {}}], [("1", "no_english")]),
    ([{"type": "text"}], [("1", "no_label")]),
    ([{**TEXT, "type": "select"}], [("1", "no_options")]),
    ([{**TEXT, "type": "radio", "values": [{"value": "x", "label": "X"}, {"value": "x", "label": "Y"}]}], [("1", "same_option")]),
    ([{**TEXT, "type": "number", "validate": {"min": 5, "max": 1}}], [("1", "wrong_way")]),
    ([{**TEXT, "type": "number", "validate": {"min": "few"}}], [("1", "no_number")]),
    ([{**TEXT, "conditional": {"hide": "amount >"}}], [("1", "not_feel")]),
])
def test_what_does_not_hold_is_found_with_its_field(components, rules):
    assert [(problem.element, problem.rule) for problem in form_checks.problems(form(*components))] == rules


def test_a_form_with_errors_is_refused_whole_and_one_with_warnings_is_not(db):
    with pytest.raises(Invalid) as refused:
        definitions.deploy_form(db, form(TEXT, TEXT, {**TEXT, "key": "b", "label": ""}), actor="olga")
    assert [problem.rule for problem in refused.value.problems] == ["same_key", "same_key", "no_label"]
    with db.read() as connection:
        assert resources.latest(connection, FORM, "f") is None
    assert definitions.deploy_form(db, form({**TEXT, "properties": {}}), actor="olga").version == 1
