from __future__ import annotations

import os
import sys
import threading

import pytest

from samstudio.services.watch.thread import WatchThread


def test_it_works_while_it_may_and_outlives_a_failure() -> None:
    ready = threading.Event()
    done = threading.Event()
    steps: list[int] = []

    def step() -> bool:
        steps.append(len(steps))
        if len(steps) == 1:
            raise ValueError("once")
        if len(steps) == 4:
            done.set()
        return len(steps) < 3

    thread = WatchThread(step, ready=ready.is_set, idle_seconds=0.01)
    thread.start()
    threading.Event().wait(0.1)
    assert not steps
    ready.set()
    assert done.wait(5)
    thread.close()


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities on Linux alone")
def test_it_leaves_the_processor_to_others() -> None:
    found: list[int] = []
    done = threading.Event()

    def step() -> bool:
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        done.set()
        return False

    thread = WatchThread(step, ready=lambda: True, idle_seconds=0.01)
    before = os.getpriority(os.PRIO_PROCESS, 0)
    thread.start()
    assert done.wait(5)
    thread.close()
    assert found[0] >= 15
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
