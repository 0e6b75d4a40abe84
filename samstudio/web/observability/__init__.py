"""Health check, Prometheus metrics, and logs that name the request.

They read the application through an `app_state.AppState`, and depend on no service.
"""
