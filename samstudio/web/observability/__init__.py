"""Health check, Prometheus metrics, and logs that name the request.

The application is seen through an `app_state.AppState`; nothing here knows a service.
"""
