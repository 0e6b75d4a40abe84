"""The REST API: thin FastAPI routes over the services of one project; it never touches a database session."""
