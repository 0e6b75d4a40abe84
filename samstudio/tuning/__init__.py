"""Tuning SAM's mask decoder on a few accepted masks, and judging whether it helped."""
