"""form-js calls the label of a date `dateLabel`, and that of a time `timeLabel`."""

import json

import pytest

from kesu.engine import form_checks, forms


@pytest.mark.parametrize("name", ["label", "dateLabel", "timeLabel"])
def test_a_date_is_labelled_however_form_js_calls_it(name):
    form = {"id": "f", "type": "default", "components": [{"type": "datetime", "key": "on", name: "何时", "properties": {"label_en": "When"}}]}
    content = json.dumps(form).encode()
    assert forms.read(content).fields[0].label == "何时"
    assert [problem.rule for problem in form_checks.problems(content)] == []
