"""The REST API: thin FastAPI routes over the services of one studio; it never touches a session."""
