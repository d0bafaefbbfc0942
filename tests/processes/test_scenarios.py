"""The shipped scenarios: all of them come true, together they take every flow, and forgetting between steps changes nothing."""

import pytest

from kesu.engine import scenarios, trials
from kesu.engine.errors import Invalid
from tests.processes.conftest import PROCESSES, STORIES, played

BROKEN = """
scenario: 一个不会成真的故事
process: complaint
company: {people: {ivan: [quality]}}
start: {business_key: KS-2026-000099, variables: {reference: KS-2026-000099}}
answers: {classify_complaint: {category: quality, subcategory: appearance, safety: false, confidence: 1}}
steps:
  - expect: {open: [investigate], variables: {grade: %s}}
"""


def test_every_scenario_comes_true(story):
    assert played(story).problems == []


def test_every_sequence_flow_is_taken_by_at_least_one_scenario():
    reports = [played(path.stem) for path in STORIES]
    assert sorted(reports[0].flows - frozenset().union(*(report.taken for report in reports))) == []


def test_forgetting_everything_between_the_steps_changes_nothing(story):
    assert played(story, forgetful=True).history == played(story).history


def test_a_scenario_that_does_not_come_true_says_where_and_why():
    report = trials.run(trials.read_folder(PROCESSES), scenarios.read(BROKEN % "major"))
    assert not report.passed
    assert report.problems == ["一个不会成真的故事, step 1 (expect): variable grade: expected major, found general"]


def test_the_same_scenario_with_the_right_expectation_passes():
    assert trials.run(trials.read_folder(PROCESSES), scenarios.read(BROKEN % "general")).passed


def test_a_step_that_should_be_refused_but_is_done_is_a_problem():
    told = BROKEN % "general" + """  - complete: investigate
    by: ivan
    with: {facts: 属实, customer_needed: "no", department_cause: 喷涂, responsible: own}
    refused: Forbidden
"""
    assert "expected to be refused" in trials.run(trials.read_folder(PROCESSES), scenarios.read(told)).problems[0]


@pytest.mark.parametrize("told, place", [
    ("scenario: x\nprocess: complaint\nsteps: [{jump: a}]", "step 1"),
    ("scenario: x\nprocess: complaint\nsteps: [{expect: {colour: red}}]", "step 1"),
    ("scenario: x\nsteps: [{advance: P1D}]", "process"),
    ("scenario: x\nprocess: complaint\nhero: ada\nsteps: [{advance: P1D}]", "hero"),
    ("scenario: x\nprocess: complaint\nsteps: [{complete: a, vote: b}]", "step 1"),
])
def test_a_scenario_that_cannot_be_played_names_the_place(told, place):
    with pytest.raises(Invalid) as wrong:
        scenarios.read(told)
    assert [problem.element for problem in wrong.value.problems] == [place]


def test_a_file_that_is_no_yaml_is_refused_with_a_sentence():
    with pytest.raises(Invalid, match="Expected a scenario in YAML"):
        scenarios.read("scenario: [")


def test_a_diagram_anywhere_is_tried_with_the_tables_and_forms_beside_the_scenario(tmp_path):
    redrawn = (PROCESSES / "complaint.bpmn").read_text("utf-8").replace("收到投诉", "收到客户投诉")
    (tmp_path / "redrawn.bpmn").write_text(redrawn, "utf-8")
    assert trials.run_files(tmp_path / "redrawn.bpmn", PROCESSES / "scenarios" / "withdrawn.yaml").passed
