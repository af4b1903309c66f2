"""The engine `auto`, chunks and Ctrl-C, threads, and compiled code kept on disk."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from gradlab import descent
from gradlab.data import noisy_line
from gradlab.descent import engines
from gradlab.kernel import cache, machine, run

LINE = noisy_line(m=0.5, b=0.0, n=50, seed=0)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("GRADLAB_CACHE", str(tmp_path / "cache"))
    machine.compiled.cache_clear()
    return tmp_path / "cache"


def fit(steps=40, points=LINE, **options):
    return descent.fit("line", points, steps=steps, **({"lr": 1e-4, "start": {"m": 0.8}} | options))


def assert_same(one, other):
    assert all(torch.equal(one[name], other[name]) for name in one.columns)
    assert repr(one.state) == repr(other.state) and one.outcome == other.outcome


def test_auto_is_eager_for_a_short_run_and_fused_after_that(monkeypatch):
    assert fit(engine="auto").engine == "eager" and "engine_reason" not in fit(engine="auto").settings
    monkeypatch.setattr(engines, "COMPILING", 1e-3)
    switch = engines.steps_before_fused(50)
    assert 1 < switch < 39
    auto, eager = fit(engine="auto"), fit(engine="eager")
    assert (auto.engine, eager.engine, len(auto)) == ("fused", "eager", len(eager))
    assert torch.equal(auto["m"][: switch + 1], eager["m"][: switch + 1])
    assert torch.allclose(auto["m"], eager["m"], rtol=1e-12) and auto["step"].tolist() == list(range(41))


@pytest.mark.parametrize("at", [3, 12, 13, 14, 30])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_auto_in_two_halves_is_the_unbroken_run(at, optimizer, monkeypatch):
    monkeypatch.setattr(engines, "COMPILING", 13 * (engines.EAGER_STEP + 50 * engines.EAGER_POINT))
    half = fit(at, optimizer=optimizer)
    whole, resumed = fit(optimizer=optimizer), fit(optimizer=optimizer, resume=half, start={})
    assert whole.settings == resumed.settings and whole.engine == "fused"
    assert_same(whole, resumed)


def test_auto_stops_where_its_first_steps_stop(monkeypatch):
    monkeypatch.setattr(engines, "COMPILING", 13 * (engines.EAGER_STEP + 50 * engines.EAGER_POINT))
    until = fit(engine="eager").outcome.gradient_norm
    for options in ({"until": 1e3}, {"until": until * 1.001}, {"lr": 1.0, "steps": 100}, {"lr": 2e-3, "steps": 400}):
        auto, eager = fit(engine="auto", **options), fit(engine="eager", **options)
        assert (auto.outcome.kind, auto.outcome.step) == (eager.outcome.kind, eager.outcome.step) != ("steps-done", 40)


def test_the_size_of_chunks_leaves_no_trace(monkeypatch):
    whole = fit(500, engine="fused", optimizer="adam")
    monkeypatch.setattr(run, "GROWTH", 2)
    monkeypatch.setattr(run, "CHUNK", 1e-4)
    assert_same(whole, fit(500, engine="fused", optimizer="adam"))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_the_number_of_threads_changes_no_bit(dtype, monkeypatch):
    points = noisy_line(m=0.5, b=0.0, n=50_000, seed=0, dtype=dtype)
    alone = fit(20, points, engine="fused")
    for threads in (2, 3, 7):
        monkeypatch.setattr(run, "WORTH_THREADS", 0.0)
        monkeypatch.setattr(torch, "get_num_threads", lambda threads=threads: threads)
        monkeypatch.setattr(os, "cpu_count", lambda: 64)
        assert_same(alone, fit(20, points, engine="fused"))


def test_ctrl_c_is_heard_soon_and_what_was_computed_is_kept():
    before = signal.signal(signal.SIGALRM, lambda number, frame: (_ for _ in ()).throw(KeyboardInterrupt))
    fit(engine="fused")  # compiled
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        start = time.perf_counter()
        history = fit(30_000_000, engine="fused")
        took = time.perf_counter() - start
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert history.outcome.kind == "interrupted" and history.outcome.step == history.steps == len(history) - 1 > 1000
    assert took < 5  # a crowded machine; 0.5 s on a free one
    resumed = fit(history.steps + 10, engine="fused", resume=history, start={})
    assert_same(resumed, fit(history.steps + 10, engine="fused"))


def files(place: Path) -> list[Path]:
    return sorted(place.glob("*.o"))


def test_compiled_code_is_found_again(own_cache, monkeypatch):
    first = fit(engine="fused")
    assert len(files(own_cache)) == 1
    machine.compiled.cache_clear()
    monkeypatch.setattr(machine, "_compiled", None)  # nothing is compiled a second time
    assert_same(first, fit(engine="fused"))


@pytest.mark.parametrize("content", [b"", b"nonsense", None], ids=["empty", "nonsense", "one bit"])
def test_a_damaged_file_is_made_anew(own_cache, content):
    first = fit(engine="fused")
    (file,) = files(own_cache)
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if content is None else content)
    machine.compiled.cache_clear()
    assert_same(first, fit(engine="fused"))
    assert files(own_cache)[0].read_bytes() == whole


@pytest.mark.parametrize("place", ["/proc/none", "/dev/null/none"])
def test_a_folder_that_cannot_be_written_stops_nothing(place, monkeypatch):
    monkeypatch.setenv("GRADLAB_CACHE", place)
    assert fit(engine="fused").engine == "fused"


def test_other_rules_versions_or_processors_are_other_files(own_cache, monkeypatch):
    fit(engine="fused")
    for name, value in (("get_host_cpu_name", lambda: "x86-64-v2"), ("llvm_version_info", (0, 0, 1))):
        monkeypatch.setattr(machine.llvm, name, value)
        monkeypatch.setattr(machine, "_compiled", machine._compiled)
        machine.compiled.cache_clear()
        fit(engine="fused")
    assert len(files(own_cache)) == 3
    fit(engine="fused", loss="mae")
    fit(engine="fused", dtype=torch.float32)
    assert len(files(own_cache)) == 5


def test_old_files_make_room(own_cache, monkeypatch):
    monkeypatch.setattr(cache, "MOST_FILES", 3)
    for number in range(6):
        cache.keep(str(number), b"code")
    assert len(files(own_cache)) == 3 and cache.kept("5") == b"code"


def test_a_fit_that_stays_eager_does_not_load_the_compiler():
    program = (
        "import sys, gradlab; gradlab.fit('line', gradlab.noisy_line(0.5, 0, 50)); print('llvmlite' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_more_rows_than_there_is_memory_are_left_to_the_eager_loop():
    history = fit(10**14, engine="fused", until=1e3)
    assert history.engine == "eager" and history.outcome.kind == "converged"
    assert "GB" in (history.engine_sentence() or "")


def test_the_command_line_says_why_it_stayed_eager(tmp_path, capsys):
    from gradlab.cli import main

    (tmp_path / "centred.py").write_text("def centred(x, m, b):\n    return m * (x - x.mean()) + b\n")
    model = f"{tmp_path / 'centred.py'}:centred"
    assert main(["fit", "Norris", "--model", model, "--lr", "1e-7", "--steps", "3", "--engine", "fused"]) == 0
    assert "stayed eager: mean mixes the points" in capsys.readouterr().err


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam"])
def test_another_lr_needs_no_new_compiling(optimizer):
    runs = {lr: fit(300, optimizer=optimizer, lr=lr, engine="fused") for lr in (1e-4, 2e-4, 3e-4)}
    assert machine.compiled.cache_info().misses == 1
    for lr, fused in runs.items():
        eager = fit(300, optimizer=optimizer, lr=lr, engine="eager")
        torch.testing.assert_close(fused["m"], eager["m"], rtol=1e-9, atol=0)
