"""SAM Studio: annotate with Segment Anything, then tune its mask decoder."""

import os

__version__ = "0.1.0"

# Before anything imports torch. OpenMP's threads spin while they wait, by default so long that a job
# and the app that share two cores starve each other. A short spin is as quick on an idle machine;
# not spinning at all (OMP_WAIT_POLICY=PASSIVE) costs a training step a fifth more there.
os.environ.setdefault("GOMP_SPINCOUNT", "20000")
