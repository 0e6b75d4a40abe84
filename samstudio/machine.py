"""The processors that this process may use, in a container fewer than the machine has; and its memory."""

from __future__ import annotations

import ctypes
import math
import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")

M_ARENA_MAX = -8
"""Of glibc's ``mallopt``."""


def cores(cgroup: Path = CGROUP) -> int:
    """Return how many processors to use at once: those allowed, or a container's limit; at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, math.ceil(min(allowed, _limit(cgroup))))


def keep_memory_together() -> bool:
    """Let all threads allocate from two areas of memory; return whether the system has such areas.

    glibc makes eight a core, and each keeps the largest that the pictures of its threads ever took: a walk
    through 100,000 images left a server with 0.4 GB more. Who sets ``MALLOC_ARENA_MAX`` decides.
    """
    if "MALLOC_ARENA_MAX" in os.environ:
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2))
    except (OSError, TypeError, AttributeError):  # another system, or another C library
        return False


def _limit(cgroup: Path) -> float:
    """Read how many processors' time the container may use; infinite where there is no limit."""
    try:
        quota, period = (cgroup / "cpu.max").read_text().split()
    except (OSError, ValueError):
        quota, period = _old_limit(cgroup / "cpu")
    try:
        return int(quota) / int(period) if int(quota) > 0 else math.inf
    except (ValueError, ZeroDivisionError):  # "max": no limit
        return math.inf


def _old_limit(folder: Path) -> tuple[str, str]:
    """Read quota and period from version 1 of cgroups."""
    try:
        return (folder / "cpu.cfs_quota_us").read_text(), (folder / "cpu.cfs_period_us").read_text()
    except OSError:
        return "max", "1"
