"""The Technology Compatibility Kit of DMN: every case passes, but those named here with the reason why not.

Comments in the kit's files hide some of its cases (XML comments are not cases); what is counted is what is there.
"""

import pytest

from tests.rules import tck

_JAVA = "calls a method of Java; functions outside FEEL are refused, with a sentence"
REFUSED = {
    f"0076-feel-external-java/01/{case}": _JAVA
    for case in (
        "boxed_001", "literal_001", "literal_002", "literal_003", "literal_004", "literal_005", "literal_006", "literal_007",
        "literal_008", "literal_009", "literal_010", "literal_011", "literal_012", "varargs_001",
    )
}  # fmt: skip


@pytest.mark.parametrize(("suite", "at_least"), [("dmn-tck-cl2", 116), ("dmn-tck-cl3-half", 1244)])
def test_every_case_of_the_kit_passes_but_those_refused_for_a_reason(suite, at_least, shared_folder):
    outcomes = {case.id: _wrong(case) for case in tck.cases(shared_folder("conformance", suite))}

    failed = {case for case, wrong in outcomes.items() if wrong}
    assert len(outcomes) >= at_least
    assert {case: outcomes[case] for case in failed - REFUSED.keys()} == {}
    assert {case for case in REFUSED if case in outcomes} - failed == set(), "these pass now: take them off the list"


def test_more_than_98_in_100_of_level_3_pass(shared_folder):
    folder = shared_folder("conformance", "dmn-tck-cl3-half")
    assert len(REFUSED) / len(list(tck.cases(folder))) < 0.02


def test_the_runner_notices_a_wrong_value(shared_folder):
    case = next(tck.cases(shared_folder("conformance", "dmn-tck-cl2"))).results[0]
    wrong = tck.Case(case.id, case.model, case.node, case.inputs, "something else", False)
    assert tck.run(wrong) is not None


def _wrong(case: tck.TckCase) -> list[str]:
    return [wrong for result in case.results if (wrong := tck.run(result))]
