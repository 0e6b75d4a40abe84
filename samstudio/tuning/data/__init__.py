"""What tuning reads: samples from accepted objects, data splits, prompts that stand in for a person."""
