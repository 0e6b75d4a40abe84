"""What goes with the Dockerfile: its health check, and a script that takes its steps without Docker."""
