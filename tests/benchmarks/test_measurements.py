"""Every measurement runs at its smallest and says what it promises. No times are asserted: they are other machines' business."""

import json
import subprocess
import sys

import pytest

from benchmarks import beside
from benchmarks.__main__ import MEASUREMENTS
from benchmarks.offices import SQLITE, Bench
from benchmarks.peers import scratch
from benchmarks.sizes import TINY
from tests.conftest import ROOT

PROMISED = {
    "completion": ("completion_ms_sqlite", "completion_ms_postgresql", "start_ms", "bare_ms_sqlite", "completion_over_bare_postgresql",
                   "completion_rows_sqlite", "completion_bytes_postgresql"),
    "loops": ("loop300_over_loop3", "bytes300_over_bytes3", "loop300_over_loop3_postgresql", "reject300_over_reject3"),
    "countersigns": ("ballot_ms", "ballot_ms_postgresql", "ballot50_over_ballot5"),
    "throughput": ("two_over_one_process_postgresql", "two_over_one_process_sqlite"),
    "inbox": ("inbox_p99_ms_1m", "inbox_whole_p99_ms_1m", "inbox_filter_p99_ms_1m", "inbox_p99_ms_1m_sqlite", "inbox_p99_ms_1m_postgresql",
              "inbox_filter_ms_1m_sqlite", "inbox_filter_ms_1m_postgresql", "inbox_words_ms_1m_sqlite", "inbox_words_ms_1m_postgresql"),
    "waiting": ("timer_sweep_1000_s", "timer_sweep_1000_s_postgresql", "idle_look_100k_timers_ms", "idle_100k_over_none"),
    "memory": ("memory_completions", "memory_mb"),
    "rules": ("feel_evaluations_a_second", "table_500_rules_ms"),
    "backups": ("backup_s_sqlite", "restore_s_sqlite", "backup_s_postgresql", "restore_s_postgresql"),
    "peers": ("peer_raw_spiff_completion_ms", "peer_kesu_completion_ms", "completion_over_raw_spiff"),
}


@pytest.fixture(scope="module")
def bench():
    """The smallest bench; what it needs is made once."""
    made = Bench(TINY)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def no_registries(monkeypatch):
    """Peers from registries stay away: a test downloads nothing."""
    def unreachable(name, *packages):
        raise scratch.Unreachable("not in a test")

    monkeypatch.setattr(beside.scratch, "python", unreachable)


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_a_measurement_says_what_it_promises_in_positive_numbers(bench, name):
    figures = MEASUREMENTS[name](bench)
    assert set(PROMISED[name]) <= set(figures)
    assert all(figures[key] > 0 for key in PROMISED[name])
    assert all(isinstance(value, int | float) for value in figures.values())


def test_a_peer_that_cannot_be_installed_is_left_out_and_that_is_said(bench, capsys):
    figures = beside.measure(bench)
    assert not any("viewflow" in key for key in figures)
    assert "left out" in capsys.readouterr().out


def test_one_measurement_can_be_run_alone_and_written_where_one_likes(tmp_path):
    out = tmp_path / "figures.json"
    command = [sys.executable, "-m", "benchmarks", "memory", "--tiny", "--database", SQLITE, "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    told = json.loads(out.read_text())
    assert told["memory_completions"] == 40
    assert {"commit", "measured_at", "python", "processors"} <= set(told)
    assert all(not isinstance(value, dict | list) for value in told.values()), "keys are flat"
