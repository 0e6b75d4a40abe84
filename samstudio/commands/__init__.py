"""Commands of `samstudio.cli` that are a room of their own."""
