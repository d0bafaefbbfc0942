"""The table of service tasks: complete, labelled, and each in a file of its own that knows no other."""

import ast
import pathlib

import kesu.handlers
from kesu.handlers import registry

FOLDER = pathlib.Path(kesu.handlers.__file__).parent
WANTED = {
    "judge_danger": True,
    "report_case": True,
    "classify_complaint": True,
    "notify_customer": True,
    "notify_staff": True,
    "send_mail": False,
    "record_remedy": True,
    "carry_out_remedy": False,
    "confirm_remedy": True,
    "mark_case": True,
    "escalate_case": True,
    "archive_case": True,
}


def test_every_topic_of_the_contract_is_there_inside_or_outside_as_agreed():
    assert {topic.name: topic.inside for topic in registry.build()} == WANTED


def test_every_topic_is_called_something_in_both_languages():
    assert all(set(topic.label) == {"zh", "en"} for topic in registry.build())


def test_every_topic_has_a_file_and_every_file_a_topic():
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "registry"}
    assert files == set(WANTED)


def test_no_handler_imports_another():
    for path in FOLDER.glob("*.py"):
        if path.stem == "registry":
            continue
        named = {node.module for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)}
        assert not any(module and module.startswith("kesu.handlers") for module in named), path.name
