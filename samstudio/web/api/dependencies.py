"""The dependencies of the routes: the project, its encoding queue, and threads for long work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request

from samstudio.project import Project
from samstudio.web.encoding_queue import EncodingQueue

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 4
"""Heavy requests worked on at once; the page shares the server's threads and must always find one."""


class HeavyWork:
    """A runner of decoding, encoding and file writing on threads of its own, a few at a time."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._limiter = CapacityLimiter(at_once)

    async def __call__(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work`` on such a thread, once one is free; its result and its exceptions pass through."""
        return await to_thread.run_sync(partial(work, *args, **kwargs), limiter=self._limiter)


def _project(request: Request) -> Project:
    project: Project = request.app.state.project
    return project


def _encoding_queue(request: Request) -> EncodingQueue:
    queue: EncodingQueue = request.app.state.encoding_queue
    return queue


def _heavy(request: Request) -> HeavyWork:
    heavy: HeavyWork = request.app.state.heavy
    return heavy


ProjectDep = Annotated[Project, Depends(_project)]
EncodingQueueDep = Annotated[EncodingQueue, Depends(_encoding_queue)]
HeavyDep = Annotated[HeavyWork, Depends(_heavy)]
