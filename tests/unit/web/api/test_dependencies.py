from __future__ import annotations

import threading
from pathlib import Path

import anyio
import pytest
from anyio import to_thread

from samstudio.web.api.dependencies import HeavyWork
from samstudio.web.api.temporary_folder import temporary_folder


def test_heavy_work_takes_none_of_the_threads_that_the_page_needs() -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()
    answers = {}

    def work(number: int) -> int:
        begun.release()
        assert go_on.wait(30)
        return 10 * number

    async def ask(heavy: HeavyWork, number: int) -> None:
        answers[number] = await heavy(work, number)

    async def main() -> None:
        heavy, shared = HeavyWork(2), to_thread.current_default_thread_limiter()
        async with anyio.create_task_group() as group:
            for number in range(6):
                group.start_soon(ask, heavy, number)
            for _ in range(2):
                while not begun.acquire(blocking=False):
                    await anyio.sleep(0.001)
            await anyio.wait_all_tasks_blocked()
            assert shared.borrowed_tokens == 0
            assert not begun.acquire(blocking=False)  # the third waits for its turn
            go_on.set()

    anyio.run(main)
    assert answers == {number: 10 * number for number in range(6)}


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
