"""The app, watched: whether it is well, figures for Prometheus, and logs that name the request.

What is looked at comes in as a `watched.Watched`; nothing here knows a service.
"""
