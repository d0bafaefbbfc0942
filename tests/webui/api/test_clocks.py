"""A clock that is turned over the programming interface understands every duration that diagrams do."""

from datetime import timedelta

import pytest

from kesu.engine.errors import Invalid
from kesu.webui.api.clocks import _duration


@pytest.mark.parametrize(("text", "days"), [("P2W", 14), ("P1M", 31), ("P1DT12H", 1.5), ("PT0S", 0)])
def test_every_duration_is_understood(turned, text, days):
    assert _duration(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["", "two weeks", "-P1D", "P9999Y", "2"])
def test_what_is_none_is_refused(turned, text):
    with pytest.raises(Invalid, match="such as PT24H or P2D"):
        _duration(text)
