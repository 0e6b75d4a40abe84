"""The steps of a tuning job, in the order in which `pipeline.tune` takes them."""
