import pytest

from training.schedule import learning_rate, share_done


def test_a_run_is_over_by_steps_or_by_time() -> None:
    assert share_done(50, 100, 0.0, 0.0) == share_done(50, 100, 1e9, 0.0) == 0.5
    assert share_done(50, 100, 45.0, 1.0) == 0.75
    assert share_done(-5, 100, 0.0, 0.0) == 0.0 and share_done(200, 100, 0.0, 0.0) == 1.0
    assert share_done(-5, 0, 0.0, 0.0) == 0.0


def test_the_rate_rises_and_then_falls_to_its_least() -> None:
    assert [learning_rate(2.0, step, 4, 0.0) for step in (0, 1, 3, 9)] == [0.5, 1.0, 2.0, 2.0]
    assert learning_rate(2.0, 9, 0, 0.5) == pytest.approx(1.0)
    assert learning_rate(2.0, 9, 0, 1.0) == pytest.approx(0.0)
    assert learning_rate(2.0, 9, 0, 1.0, least=0.01) == pytest.approx(0.02)
