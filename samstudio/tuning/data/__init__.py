"""The data of tuning: samples from accepted objects, data splits, and simulated prompts."""
