"""Seven daily, four weekly, twelve monthly backups stay; the newest always does."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kesu.engine.backups import keeping, manifests
from kesu.engine.backups.keeping import Rule
from kesu.engine.backups.making import Made, all_in
from kesu.engine.backups.manifests import Kept, Manifest
from kesu.engine.errors import Rejected

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 1, 1, 18, 0, tzinfo=UTC)  # 2 in the morning of the day after, in Shanghai


def made(at, folder=None):
    """A backup of a moment."""
    manifest = Manifest(
        format=1,
        made_at=at.isoformat(),
        kind="sqlite",
        dumped_by=0,
        revision="0001",
        sealed=False,
        file=Kept("database.sqlite", 0, ""),
        counts={},
        key_sha256=None,
    )
    return Made(folder, manifest)


def test_two_years_of_nights_leave_days_weeks_and_months():
    nights = [made(BEGIN + timedelta(days=day)) for day in range(730)]
    stay = [each.manifest.at for each in keeping.kept(nights, Rule(), SHANGHAI)]
    newest = BEGIN + timedelta(days=729)
    assert stay[:7] == [newest - timedelta(days=day) for day in range(7)]
    assert len({at.astimezone(SHANGHAI).strftime("%Y-%m") for at in stay}) == 12
    assert len(stay) <= 7 + 4 + 12


@given(
    st.lists(st.integers(0, 400 * 24), max_size=60),
    st.builds(Rule, st.integers(0, 9), st.integers(0, 5), st.integers(0, 13)),
)
def test_the_newest_always_stays_and_no_rule_keeps_more_than_it_says(hours, rule):
    all_made = [made(BEGIN + timedelta(hours=hour)) for hour in set(hours)]
    stay = keeping.kept(all_made, rule, SHANGHAI)
    assert len(stay) <= max(rule.daily + rule.weekly + rule.monthly, 1)
    if all_made:
        assert max(all_made, key=lambda each: each.manifest.at) in stay
    # what stays would stay again: thinning twice is thinning once
    assert keeping.kept(stay, rule, SHANGHAI) == stay


def test_what_is_thinned_out_is_gone_from_the_disk(tmp_path):
    for day in range(12):
        at = BEGIN + timedelta(days=day)
        folder = tmp_path / f"kesu-{at:%Y%m%d-%H%M%S}"
        folder.mkdir()
        manifests.write(folder, made(at).manifest)
    gone = keeping.thin(tmp_path, Rule(3, 1, 1), SHANGHAI)
    assert len(gone) == 12 - len(all_in(tmp_path)) and len(all_in(tmp_path)) in (3, 4, 5)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        each.folder.name for each in all_in(tmp_path)
    )


@pytest.mark.parametrize("text", ["7", "7,4", "a,b,c", "7,4,-1", "7;4;12"])
def test_a_rule_that_is_none_is_a_sentence(text):
    with pytest.raises(Rejected, match="daily, weekly and monthly"):
        keeping.rule(text)
    assert keeping.rule("1, 2,3") == Rule(1, 2, 3) and keeping.rule("") == Rule()
