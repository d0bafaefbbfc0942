"""Every clock that the shipped process and its table of time limits name has words, in the designer and on the case page."""

import re

import pytest

from kesu.complaints.deadlines import KINDS
from kesu.webui import case_clocks, catalogues
from tests.processes.conftest import PROCESSES

DRAWN = set(re.findall(r'<kesu:deadline kind="(\w+)"', (PROCESSES / "complaint.bpmn").read_text("utf-8")))
LIMITED = set(re.findall(r'_kind">\s*<text>"(\w+)"', (PROCESSES / "time_limits.dmn").read_text("utf-8")))


@pytest.mark.parametrize("kind", sorted({*DRAWN, *LIMITED, *KINDS}))
def test_every_kind_of_clock_has_words_in_both_languages(kind):
    entries = {key: (name, name_en) for key, name, name_en in catalogues.DEADLINES}
    assert kind in case_clocks.NAMES and all(entries[kind])
    assert kind in KINDS


def test_what_is_drawn_was_found():
    assert {"start", "carrying_out", "approval"} <= DRAWN and {"acknowledgement", "first_reply"} <= LIMITED
