"""The processors that this process may use; in a container, fewer than the machine has."""

from __future__ import annotations

import math
import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")


def cores(cgroup: Path = CGROUP) -> int:
    """Return how many processors to use at once: those allowed, or a container's limit; at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, math.ceil(min(allowed, _limit(cgroup))))


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
