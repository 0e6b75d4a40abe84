"""The worker of a job: a process on a host, distinguished from a later one with the same pid."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

import psutil

CLOCK_SLACK = 2.0
"""Seconds by which a start time may differ between two readings when the clock was set."""


@dataclass(frozen=True)
class Worker:
    """A process: host name, pid, and when it started (seconds since 1970)."""

    host: str
    pid: int
    started: float

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"

    def known_dead(self) -> bool:
        """Tell whether it certainly no longer runs; False for one on another host, which nobody here can see.

        A killed child that its parent has not waited for yet (a zombie) is dead.
        """
        if self.host != socket.gethostname():
            return False
        try:
            process = psutil.Process(self.pid)
            reused = abs(process.create_time() - self.started) > CLOCK_SLACK
            return bool(reused or process.status() == psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return True
        except psutil.AccessDenied:
            return False


def this_worker() -> Worker:
    """Describe the calling process."""
    return Worker(socket.gethostname(), os.getpid(), psutil.Process().create_time())
