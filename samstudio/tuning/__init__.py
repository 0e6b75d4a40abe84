"""Tuning SAM's mask decoder on a few accepted masks, and evaluating whether it helped."""
