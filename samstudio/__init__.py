"""SAM Studio: annotate with Segment Anything, then tune its mask decoder."""

__version__ = "0.1.0"
