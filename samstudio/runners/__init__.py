"""Where a tuning job runs. A runner launches `samstudio.worker` somewhere and returns at once."""
