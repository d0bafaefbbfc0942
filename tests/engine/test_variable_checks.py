"""A slip of the pen in a variable's name is said before publishing, since FEEL would only say null."""

import pytest

from kesu.engine import definitions, service_tasks
from tests.conftest import ROOT, shared
from tests.engine.diagrams import diagram, extension


def found(db, xml):
    return [(problem.element, problem.values["name"], problem.values["other"]) for problem in definitions.problems(db, xml)
            if problem.rule == "misspelt_variable"]


def branching(first, second="amount < 10"):
    return diagram(f"start:s user:a xor:g\n g user:b [{first}]\n g user:c [{second}]\n g end:e0\n b end:e1\n c end:e2", key="branching",
                   attributes={"g": 'default="f3_0"'})


def test_a_condition_that_reads_a_misspelt_variable_is_a_warning_that_names_both(cast):
    names = {name for _, name, _ in found(cast, branching("amuont > 100"))}
    assert "amuont" in names
    assert all(problem.severity == "warning" for problem in definitions.problems(cast, branching("amuont > 100")))


@pytest.mark.parametrize("condition", ["amount > 100", "customer_level = 3", "count(amounts) > 1", "amount2 > 1"])
def test_a_name_of_its_own_is_no_offence(cast, condition):
    assert found(cast, branching(condition)) == []


def test_a_field_of_a_form_of_the_process_is_known(company_rules):
    db, shipped = company_rules
    assert found(db, shipped) == []
    assert [(name, other) for _, name, other in found(db, shipped.replace(b"customer_needed =", b"costumer_needed =", 1))] == [
        ("costumer_needed", "customer_needed")]


@pytest.fixture
def company_rules(cast):
    """The shipped diagram, with its forms and tables published."""
    folder = ROOT / "processes"
    for form in sorted((folder / "forms").glob("*.json")):
        definitions.deploy_form(cast, form.read_bytes(), actor="olga")
    for table in sorted(folder.glob("*.dmn")):
        definitions.deploy_decisions(cast, table.stem, table.read_bytes(), actor="olga")
    return cast, (folder / "complaint.bpmn").read_bytes()


def unset(db, xml):
    found = [each for each in definitions.problems(db, xml) if each.rule == "unset_variable"]
    return [(each.element, each.values["name"], each.severity) for each in found]


def test_a_condition_on_a_name_that_nothing_sets_is_a_warning(cast):
    xml = shared("faults", "inputs", "condition-without-answer.bpmn").read_bytes()
    assert unset(cast, xml) == [("f39", "amount", "warning")]
    scripted = diagram("start:s script:a xor:g\n g user:b [amount > 1]\n g end:e0\n b end:e1", key="scripted", attributes={"g": 'default="f2_0"'},
                       inner={"a": "<b:script>{ amount: 2 }</b:script>"})
    assert unset(cast, scripted) == []
    assert unset(cast, branching("found = null", "found = null or found > 1")) == []
    assert {name for _, name, _ in unset(cast, branching("outcome = \"approved\"", "lost > 3"))} == {"lost"}


def test_what_a_handler_may_set_is_known_and_what_nobody_knows_is_not_judged(cast, handlers):
    xml = diagram("start:s service:call xor:g\n g user:b [said > 1]\n g end:e0\n b end:e1", key="served", attributes={"g": 'default="f2_0"'},
                  inner={"call": extension('<spiffworkflow:serviceTaskOperator id="inside" resultVariable=""/>')})
    assert unset(cast, xml) == []
    service_tasks.registry().find("inside").__dict__["sets"] = ("heard",)
    assert unset(cast, xml) == [("f1_0", "said", "warning")]


def test_the_shipped_diagram_asks_for_nothing_unset(company_rules):
    db, shipped = company_rules
    assert unset(db, shipped) == []


def uncallable(db, xml):
    found = [each for each in definitions.problems(db, xml) if each.rule == "unknown_function"]
    return [(each.element, each.values["name"], each.severity) for each in found]


def test_a_call_of_a_function_that_does_not_exist_is_an_error_at_its_element(cast):
    assert ("uuid", "error") in {each[1:] for each in uncallable(cast, branching("uuid() = amount"))}
    assert uncallable(cast, branching("string length(amount) > 1")) == []
    scripted = diagram("start:s script:a end:e", key="scripted", inner={"a": "<b:script>{ key: uuid(), other: 1 }</b:script>"})
    assert uncallable(cast, scripted) == [("a", "uuid", "error")]
    names = {each.values.get("name") for each in definitions.problems(cast, scripted) if each.rule != "unknown_function"}
    assert "uuid" not in names
