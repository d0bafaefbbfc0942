"""A step that nobody can ever approve is refused before publishing; what is empty only for now is warned about; what only a run will tell is left."""

import pytest

from kesu.engine import candidates, definitions, identity, runtime, user_tasks
from kesu.engine.errors import Invalid
from tests.conftest import shared
from tests.engine.diagrams import diagram, extension

OUTCOME = '<kesu:outcome variable="decision"/>'


def found(db, inner, flows="start:s user:a user:b end:e"):
    inner = {"a": [asked(assignee="olga")], **inner}
    xml = diagram(flows, inner={name: extension(*parts) for name, parts in inner.items()})
    return [(problem.severity, problem.rule, problem.element) for problem in definitions.problems(db, xml)]


def asked(**attributes):
    return "<kesu:assignment " + " ".join(f'{name}="{value}"' for name, value in attributes.items()) + "/>"


def ballot(mode="all", **attributes):
    return f'<kesu:ballot mode="{mode}" ' + " ".join(f'{name}="{value}"' for name, value in attributes.items()) + "/>"


@pytest.mark.parametrize(("inner", "rule"), [
    ({"b": [asked(assignee="ghost"), OUTCOME]}, "nobody_can_approve"), ({"b": [asked(candidateGroups="board"), OUTCOME]}, "nobody_can_approve"),
    ({"b": [ballot(voters="ghost,spook")]}, "nobody_can_approve"), ({"b": [ballot()]}, "names_nobody"),
    ({"b": [asked(headOf="nowhere"), OUTCOME]}, "nobody_can_approve"), ({"b": [asked(leastLoaded="welders"), OUTCOME]}, "nobody_can_approve"),
    ({"a": [asked(assignee="ada")], "b": [asked(assignee="ada", fourEyes="a"), OUTCOME]}, "four_eyes"),
    ({"b": [ballot("count", threshold=3, voters="ada,bo")]}, "too_few_voters"), ({"b": [ballot("most", voters="ada,bo")]}, "unknown_rule"),
    ({"b": [ballot("percent", threshold="x", voters="ada,bo")]}, "bad_threshold"),
    ({"b": [ballot("weighted", threshold=101, voters="ada,bo")]}, "bad_threshold"),
    ({"b": [ballot("count", threshold=0, voters="ada,bo")]}, "bad_threshold")])
def test_a_step_that_nobody_can_ever_approve_is_refused(cast, inner, rule):
    assert found(cast, inner) == [("error", rule, "b")]


def test_publishing_it_is_refused_with_the_sentence_and_stores_nothing(cast):
    with pytest.raises(Invalid) as refusal:
        definitions.deploy(cast, diagram("start:s user:a end:e", inner={"a": extension(ballot(voters="ghost"))}), actor="olga")
    assert str(refusal.value.problems[0]).startswith("a: nobody can ever approve this step: ghost is nobody who works here.")
    with cast.read() as connection:
        assert definitions.known_keys(connection) == set()


@pytest.mark.parametrize("policy", ["administrator", "superior", "skip"])
def test_a_policy_for_nobody_leaves_no_step_empty(cast, policy):
    assert [severity for severity, *_ in found(cast, {"b": [asked(assignee="ghost", ifNobody=policy), OUTCOME]})] == ["warning"]


@pytest.mark.parametrize(("inner", "rule"), [
    ({"b": [asked(assignee="ghost")]}, "unknown_names"), ({"b": [asked(candidateGroups="approver,board"), OUTCOME]}, "unknown_names"),
    ({"a": [asked(assignee="mara")], "b": [asked(candidateGroups="manager", fourEyes="a"), OUTCOME]}, "four_eyes"),
    ({"a": [asked(candidateGroups="quality")], "b": [asked(assignee="ada", fourEyes="a"), OUTCOME]}, "four_eyes")])
def test_what_can_still_go_well_is_only_warned_about(cast, inner, rule):
    assert found(cast, inner) == [("warning", rule, "b")]


def test_a_group_that_is_empty_for_now_is_a_warning_until_somebody_joins(cast):
    with cast.write() as connection:
        identity.add_group(connection, "board", kind="role", name="board")
    assert found(cast, {"b": [ballot(groups="board")]}) == [("warning", "nobody_now", "b")]
    with cast.write() as connection:
        connection.execute(identity.memberships.insert().values(login="otto", group_key="board"))
    assert found(cast, {"b": [ballot(groups="board")]}) == []


def test_somebody_who_has_left_approves_nothing(cast):
    with cast.write() as connection:
        connection.execute(identity.people.update().where(identity.people.c.login == "bo").values(active=False))
    assert found(cast, {"b": [asked(assignee="bo"), OUTCOME]}) == [("error", "nobody_can_approve", "b")]
    assert found(cast, {"b": [ballot(voters="bo,ada")]}) == [("warning", "unknown_names", "b")]


@pytest.mark.parametrize("inner", [
    {"b": [asked(assignee="=chosen"), OUTCOME]}, {"b": [ballot(voters="=voters")]}, {"b": [asked(initiatorsDepartment="true", levelsUp=2), OUTCOME]},
    {"b": [asked(levelsUp=1), OUTCOME]}, {"b": [ballot("count", threshold=9, groups="approver")]},
    {"a": [asked(assignee="=chosen")], "b": [asked(assignee="ada", fourEyes="a"), OUTCOME]}])
def test_what_only_a_run_will_tell_is_not_guessed(cast, inner):
    assert found(cast, inner) == []


@pytest.mark.parametrize(("inner", "finding"), [
    ([OUTCOME], ("error", "nobody_asked", "b")), ([ballot()], ("error", "names_nobody", "b")),
    ([], ("warning", "nobody_asked", "b")), (['<kesu:deadline duration="PT1H"/>'], ("warning", "nobody_asked", "b")),
    ([asked(fourEyes="a"), OUTCOME], ("error", "nobody_asked", "b")),
])  # fmt: skip
def test_a_step_that_names_nobody_is_told(cast, inner, finding):
    assert found(cast, {"b": inner}) == [finding]


def test_the_step_for_nobody_is_told(cast):
    told = definitions.problems(cast, shared("faults", "inputs", "step-for-nobody.bpmn").read_bytes())
    assert [(each.severity, each.rule, each.element) for each in told] == [("warning", "nobody_asked", "u")]


@pytest.mark.parametrize(("lane", "is_somebody"), [
    ('name="quality"', True), ('name="质量部"', True), ('name=" Quality department "', True), ('name="Nowhere"', False), ("", False),
])  # fmt: skip
def test_a_lane_with_the_key_or_a_shown_name_of_a_department_is_that_department(cast, lane, is_somebody):
    with cast.write() as connection:
        named = {"name": "质量部", "name_en": "Quality department"}
        connection.execute(identity.groups.update().where(identity.groups.c.key == "quality").values(**named))
    drawn = f'<b:laneSet id="ls"><b:lane id="l" {lane}><b:flowNodeRef>b</b:flowNodeRef></b:lane></b:laneSet>'
    xml = diagram("start:s user:b end:e", inner={"b": extension(OUTCOME)}, extra=drawn)
    told = [each.rule for each in definitions.problems(cast, xml) if each.severity != "note"]
    assert told == ([] if is_somebody else ["nobody_asked"])


def test_a_lane_that_names_groups_says_who_is_asked_there(cast):
    said = extension('<kesu:assignment candidateGroups="quality"/>')
    drawn = f'<b:laneSet id="ls"><b:lane id="l" name="Nowhere">{said}<b:flowNodeRef>b</b:flowNodeRef></b:lane></b:laneSet>'
    xml = diagram("start:s user:b end:e", inner={"b": extension(OUTCOME)}, extra=drawn)
    assert [each for each in definitions.problems(cast, xml) if each.severity != "note"] == []
    definitions.deploy(cast, xml, actor="olga")
    moved = runtime.start(cast, "p", actor="ivan")
    with cast.read() as connection:
        [task] = user_tasks.of_instance(connection, moved.instance_id, only_open=True)
        assert candidates.names(connection, task.id) == [("group", "quality")]


def test_who_was_meant_is_said(cast):
    [problem] = definitions.problems(cast, diagram("start:s user:b end:e", inner={"b": extension(asked(candidateGroups="qualty"), OUTCOME)}))
    assert "Is quality meant?" in str(problem)


def test_before_the_company_has_been_entered_everything_is_only_a_warning(db, turned):
    with db.write() as connection:
        identity.add_group(connection, "admin", kind="role", name="admin")
        identity.add_person(connection, "root", at=turned.now(), groups=["admin"], name="Root")
    assert {severity for severity, *_ in found(db, {"a": [asked(assignee="ada"), OUTCOME], "b": [ballot(voters="ada,bo")]})} == {"warning"}
