"""A DMN file that imports another one of the same package: published, pinned and evaluated with it."""

import json

import pytest
from click.testing import CliRunner

from kesu.engine import clock, definitions, history, packages, runtime
from kesu.engine.errors import Invalid
from kesu.webui import cli, installations
from tests.engine.diagrams import diagram, extension
from tests.rules.tables import decision, dmn, inputs, literal

RATES = dmn(decision("rate", literal("3"))).replace("urn:test", "urn:rates").encode()
PRICE = dmn(
    '<import name="rates" namespace="urn:rates" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', inputs(amount="number"),
    decision("price", literal("amount * rates.rate"), "in_amount").replace(
        "<literal", '<informationRequirement><requiredDecision href="urn:rates#rate"/></informationRequirement><literal'),
).replace("urn:test", "urn:price").encode()
ASKING = diagram("start:s rule:r user:u end:e", key="asking", inner={
    "r": extension("<spiffworkflow:calledDecisionId>price</spiffworkflow:calledDecisionId>")})


def asked(db, amount):
    instance_id = runtime.start(db, "asking", actor="ines", variables={"amount": amount}).instance_id
    with db.read() as connection:
        [made] = [event for event in history.of_instance(connection, instance_id) if event["kind"] == "decision_made"]
    return made["details"]["value"]


def test_without_the_file_it_imports_it_is_refused(cast):
    with pytest.raises(Invalid) as refused:
        definitions.deploy_decisions(cast, "price", PRICE, actor="olga")
    assert "import" in {problem.rule for problem in refused.value.problems}


def test_a_process_asks_a_decision_that_builds_on_another_file(cast):
    definitions.deploy_decisions(cast, "rates", RATES, actor="olga")
    definitions.deploy_decisions(cast, "price", PRICE, actor="olga")
    definitions.deploy(cast, ASKING, actor="olga")
    assert asked(cast, 5) == 15


def test_the_imported_file_is_pinned_with_the_case(cast):
    definitions.deploy_decisions(cast, "rates", RATES, actor="olga")
    definitions.deploy_decisions(cast, "price", PRICE, actor="olga")
    definitions.deploy(cast, ASKING, actor="olga")
    before = packages.newest(cast, "asking")
    definitions.deploy_decisions(cast, "rates", RATES.replace(b"3", b"4"), actor="olga")
    assert asked(cast, 5) == 20
    with cast.read() as connection:
        old = packages.load(cast, connection, before)
    assert old.decide("price", {"amount": 5}, clock.now())[0] == 15


def test_files_published_together_may_import_each_other_in_any_order(cast, tmp_path):
    (tmp_path / "a_price.dmn").write_bytes(PRICE)
    (tmp_path / "b_rates.dmn").write_bytes(RATES)
    told = installations.publish_files(cast, sorted(tmp_path.glob("*.dmn")), actor="olga", comment="")
    assert told == ["a_price version 1", "b_rates version 1"]


def test_the_command_line_finds_imports_in_the_same_folder(tmp_path):
    (tmp_path / "price.dmn").write_bytes(PRICE)
    (tmp_path / "rates.dmn").write_bytes(RATES)
    (tmp_path / "broken.dmn").write_bytes(b"no xml")
    told = CliRunner().invoke(cli.main, ["decide", str(tmp_path / "price.dmn"), "--decision", "price", "--input", '{"amount": 5}'])
    assert json.loads(told.output)["value"] == 15
