import threading

from samstudio.services.comparison.background import Background


def test_it_works_until_nothing_is_left_and_again_when_woken():
    left = [3]

    def step():
        left[0] -= 1
        return left[0] > 0

    background = Background(step, name="test")
    assert background.wait(1), "nothing was asked for yet"
    background.wake()
    assert background.wait(10)
    assert left == [0]
    left[0] = 2
    background.wake()
    assert background.wait(10)
    assert left == [0]


def test_what_is_asked_for_while_it_works_is_not_lost():
    began, go_on, looks = threading.Event(), threading.Event(), []

    def step():
        looks.append(1)
        began.set()
        assert go_on.wait(10)
        return False

    background = Background(step, name="test")
    background.wake()
    assert began.wait(10)
    background.wake()
    go_on.set()
    assert background.wait(10)
    assert len(looks) == 2


def test_a_failing_step_ends_the_work_and_not_the_app(caplog):
    calls = []

    def step():
        calls.append(1)
        raise RuntimeError("surprise")

    background = Background(step, name="test")
    background.wake()
    assert background.wait(10)
    background.wake()
    assert background.wait(10)
    assert len(calls) == 2
    assert "test stopped" in caplog.text
