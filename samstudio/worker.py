"""The worker process: runs one tuning job and ends.

Every runner, on this machine or another, starts this module. The process reads
all it needs from the settings and the job's row, and writes its results there.
"""

from __future__ import annotations

import argparse
import logging
import os

from samstudio.domain import JobStatus
from samstudio.project import open_project


def main(arguments: list[str] | None = None) -> int:
    """Run the job whose id is the one argument; return 0 when it succeeded or was cancelled, else 1."""
    parser = argparse.ArgumentParser(prog="python -m samstudio.worker", description=__doc__)
    parser.add_argument("job", type=int, help="id of a queued tuning job")
    job_id: int = parser.parse_args(arguments).job
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Annotating goes on while a job runs, and comes first.
    os.nice(5)
    with open_project() as project:
        job = project.tuning.run(job_id)
    return 0 if job.status in (JobStatus.SUCCEEDED, JobStatus.CANCELLED) else 1


if __name__ == "__main__":
    raise SystemExit(main())
