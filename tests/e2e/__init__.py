"""Real Chromium, real mouse events."""
