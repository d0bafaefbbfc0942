"""A diagram in words, in the order of flow."""

from kesu.engine import outlines
from tests.engine.diagrams import diagram, extension


def test_nodes_come_in_the_order_in_which_a_token_meets_them():
    xml = diagram("user:b end:e; start:s user:a b")
    assert [node.id for node in outlines.outline(xml)] == ["s", "a", "b", "e"]


def test_a_loop_back_is_told_once():
    xml = diagram('start:s user:a xor:g; g end:e [x = 1]; g a')
    assert [node.id for node in outlines.outline(xml)] == ["s", "a", "g", "e"]


def test_what_nothing_leads_to_is_told_too():
    xml = diagram("start:s end:e; user:lonely end:other")
    assert {"lonely", "other"} <= {node.id for node in outlines.outline(xml)}


def test_exits_say_condition_and_default():
    xml = diagram("start:s xor:g; g end:yes [amount > 500]; g end:no", attributes={"g": 'default="f2_0"'})
    gateway = next(node for node in outlines.outline(xml) if node.id == "g")
    assert [(way.target, way.condition, way.is_default) for way in gateway.exits] == [("yes", "amount > 500", False), ("no", None, True)]


def test_the_first_line_of_the_documentation_is_the_english_name():
    inner = "<b:documentation>Investigate\nFind out what happened.</b:documentation>"
    node = outlines.outline(diagram("start:s user:a end:e", inner={"a": inner}))[1]
    assert (node.name, node.name_en, node.explanation) == ("a", "Investigate", "Find out what happened.")


def test_settings_and_triggers_are_read():
    late = ('<b:boundaryEvent id="late" attachedToRef="a"><b:timerEventDefinition><b:timeDuration>PT20H</b:timeDuration></b:timerEventDefinition>'
            "</b:boundaryEvent>")
    xml = diagram("start:s user:a end:e", inner={"a": extension('<kesu:assignment candidateGroups="quality"/>')}, extra=late)
    nodes = {node.id: node for node in outlines.outline(xml)}
    assert nodes["a"].settings == {"assignment": {"candidateGroups": "quality"}}
    assert (nodes["late"].attached_to, nodes["late"].trigger, nodes["late"].settings["timer"]) == ("a", "timer", {"timeDuration": "PT20H"})


def test_the_inside_of_a_sub_process_follows_it_one_level_deeper():
    inside = '<b:startEvent id="i"/><b:sequenceFlow id="if" sourceRef="i" targetRef="j"/><b:endEvent id="j"/>'
    xml = diagram("start:s subProcess:sub end:e", inner={"sub": inside})
    assert [(node.id, node.depth) for node in outlines.outline(xml)] == [("s", 0), ("sub", 0), ("i", 1), ("j", 1), ("e", 0)]


def test_everything_with_an_id_has_a_label():
    labels = outlines.labels(diagram("start:s user:a end:e"))
    assert labels["a"] == outlines.Label("userTask", "a", "a")
    assert labels["f0_0"].kind == "sequenceFlow"
