"""Everything that is served over HTTP: page, REST API, login, health and metrics."""
