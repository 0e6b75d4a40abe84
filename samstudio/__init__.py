"""SAM Studio: annotate with Segment Anything, then tune its mask decoder."""

import os

__version__ = "0.1.0"

# Before anything imports torch. OpenMP's threads otherwise spin while they wait, and a job and the
# app that share two cores then slow each other down three to five times instead of two.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
