"""The splits that people fix: what tuning may use an image for, the test set, and groups."""
