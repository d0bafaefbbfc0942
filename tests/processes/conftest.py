"""The shipped files, and every scenario played once a session."""

from functools import cache

import pytest

from kesu.engine import scenarios, trials
from tests.conftest import ROOT

PROCESSES = ROOT / "processes"
STORIES = sorted(path for path in (PROCESSES / "scenarios").glob("*.yaml") if path.stem != "company")


@cache
def played(name: str, forgetful: bool = False) -> trials.Report:
    """Play a shipped scenario, once however many tests ask for it."""
    scenario = scenarios.load(PROCESSES / "scenarios" / f"{name}.yaml")
    return trials.run(trials.read_folder(PROCESSES), scenario, forgetful=forgetful)


@pytest.fixture(params=[path.stem for path in STORIES])
def story(request):
    """The name of every shipped scenario in turn."""
    return request.param
