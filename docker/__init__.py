"""What goes with the Dockerfile: its health check, and a way to try it without Docker."""
