from __future__ import annotations

import threading
from pathlib import Path

import anyio
import pytest

from samstudio.api.temporary import temporary_folder
from samstudio.api.work import HeavyWork


def test_heavy_work_leaves_threads_to_others() -> None:
    """Two at once, however many ask; each gets its own answer."""
    working, most, lock = 0, 0, threading.Lock()
    together = threading.Barrier(2, timeout=10)

    def work(number: int) -> int:
        nonlocal working, most
        with lock:
            working += 1
            most = max(most, working)
        together.wait()
        with lock:
            working -= 1
        return 10 * number

    answers = {}

    async def ask(heavy: HeavyWork, number: int) -> None:
        answers[number] = await heavy(work, number)

    async def main() -> None:
        heavy = HeavyWork(2)
        async with anyio.create_task_group() as group:
            for number in range(6):
                group.start_soon(ask, heavy, number)

    anyio.run(main)
    assert answers == {number: 10 * number for number in range(6)}
    assert most == 2


def test_a_failure_takes_its_folder_with_it() -> None:
    kept: list[Path] = []

    def fail() -> None:
        with temporary_folder() as (folder, _):
            kept.append(folder)
            (folder / "half").write_text("half")
            raise RuntimeError("full")

    with pytest.raises(RuntimeError, match="full"):
        fail()
    assert not kept[0].exists()


def test_a_success_leaves_its_folder_until_it_was_sent() -> None:
    with temporary_folder() as (folder, removal):
        (folder / "whole").write_text("whole")
    assert (folder / "whole").exists()
    anyio.run(removal)
    assert not folder.exists()
