"""What this process may use of its machine; in a container that is less than what the machine has."""

from __future__ import annotations

import math
import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")


def cores(cgroup: Path = CGROUP) -> int:
    """Count the processors to use at once: those allowed, or a container's limit; at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, math.ceil(min(allowed, _limit(cgroup))))


def _limit(cgroup: Path) -> float:
    """Read the processors' worth of time that the container may use; infinite where nothing is said."""
    try:
        quota, period = (cgroup / "cpu.max").read_text().split()
    except (OSError, ValueError):
        quota, period = _old_limit(cgroup / "cpu")
    try:
        return int(quota) / int(period) if int(quota) > 0 else math.inf
    except (ValueError, ZeroDivisionError):  # "max": no limit
        return math.inf


def _old_limit(folder: Path) -> tuple[str, str]:
    """Read the same from the first version of cgroups."""
    try:
        return (folder / "cpu.cfs_quota_us").read_text(), (folder / "cpu.cfs_period_us").read_text()
    except OSError:
        return "max", "1"
