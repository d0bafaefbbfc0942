"""What only the owner can say is asked once: shall a drawing that does not say that it can be executed be run?"""

import io

import pytest

from kesu.engine import clock, definitions, drafts, resources
from kesu.engine.errors import Invalid
from kesu.engine.resources import BPMN
from tests.engine.diagrams import diagram, extension
from tests.webui.conftest import small_process

DRAWN = diagram("start:s user:u end:e", inner={"u": extension('<kesu:assignment assignee="=initiator"/>')})
ONLY_DRAWN = DRAWN.replace(b'isExecutable="true"', b'isExecutable="false"')
SILENT = DRAWN.replace(b' isExecutable="true"', b"")


@pytest.mark.parametrize(("xml", "required"), [(DRAWN, []), (ONLY_DRAWN, [True]), (SILENT, [False])])
def test_what_does_not_say_so_is_a_question_and_no_problem(db, xml, required):
    assert [each for each in definitions.problems(db, xml) if each.severity == "error"] == []
    assert [each.required for each in definitions.questions(xml)] == required


def test_publishing_waits_for_the_answer(db):
    with pytest.raises(Invalid) as refusal:
        definitions.deploy(db, ONLY_DRAWN, actor="olga")
    assert [(each.rule, each.element) for each in refusal.value.problems] == [("not_executable", "p")]
    [published] = definitions.deploy(db, ONLY_DRAWN, actor="olga", executable=True)
    with db.read() as connection:
        assert definitions.diagram(connection, published) == ONLY_DRAWN


def test_what_cannot_be_read_asks_nothing():
    assert definitions.questions(b"<x/>") == []


def send(reader, path, **body):
    """Send JSON as the designer does."""
    return reader.browser.open(path, method="POST", json=body, headers={"X-CSRFToken": reader.token()})


def test_a_file_that_is_only_drawn_becomes_a_draft_and_is_published_with_the_answer(company, as_person):
    owner = as_person("olga")
    sent = {"csrf_token": owner.token(), "file": (io.BytesIO(ONLY_DRAWN), "foreign.bpmn")}
    assert owner.browser.post("/diagrams", data=sent).status_code == 303
    [question] = send(owner, "/diagrams/p/validation", xml=ONLY_DRAWN.decode()).json["questions"]
    assert question["rule"] == "executable" and question["required"] is True
    assert send(owner, "/diagrams/p/deployments", seen=1).status_code == 422
    assert send(owner, "/diagrams/p/deployments", seen=1, executable=True).json["version"] == 1


def test_a_blank_process_has_somebody_for_its_step(company, as_person):
    owner = as_person("olga")
    owner.post("/diagrams", key="returns", name="returns")
    with company.read() as connection:
        draft = drafts.find(connection, BPMN, "returns")
    assert definitions.problems(company, draft.content) == []


def test_the_owner_sees_what_would_be_refused_in_a_version_published_before(company, as_person):
    wrong = small_process().replace(b'duration="PT8H"', b'duration="PT8H" onTimeout="escalte"')
    assert wrong != small_process()
    with company.write() as connection:
        published = resources.publish(connection, BPMN, "small", wrong, at=clock.now(), actor="olga")
        connection.execute(definitions.definitions.update().values(resource_id=published.id))
    owner, other = as_person("olga").get("/diagrams/small").text, as_person("ivan").get("/diagrams/small").text
    assert "would be refused today" in owner and "Is escalate meant?" in owner
    assert "would be refused today" not in other
