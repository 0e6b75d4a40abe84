"""Hugging Face Spaces: where the app is, what holds there, and what an owner still has to do."""
