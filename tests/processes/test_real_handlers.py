"""The same scenarios with nothing stood in for: the complaint taken in, classified, timed, told about and archived by the real handlers."""

from functools import cache

from kesu.complaints import new_complaints, products, receipts, starting_data
from kesu.complaints.deadlines import CaseDeadlines
from kesu.engine import instances, scenarios, trials
from kesu.handlers import registry
from tests.processes.conftest import PROCESSES


def furnish(db, scenario):
    with db.write() as connection:
        starting_data.install(connection)
        products.add_product(connection, "WH60", name="热水器", name_en="Water heater")


def begin(db, scenario):
    told = scenario.start
    complaint = new_complaints.from_fields(told["complaint"])
    receipt = receipts.receive(db, complaint, channel=told["variables"]["channel"], actor=told["actor"])
    with db.read() as connection:
        return instances.by_business_key(connection, receipt.reference).id


@cache
def played(name):
    world = trials.World(registry.build(), CaseDeadlines(), furnish, begin)
    return trials.run(trials.read_folder(PROCESSES), scenarios.load(PROCESSES / "scenarios" / f"{name}.yaml"), world)


def test_every_scenario_comes_true_with_the_real_handlers(story):
    assert played(story).problems == []
