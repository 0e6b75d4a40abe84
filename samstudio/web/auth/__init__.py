"""Authentication: one middleware around the whole server, the login page, Hugging Face's login on a Space.

`policy` decides which credentials are accepted, `auth_middleware` checks them on every request.
The application behind the middleware is not this package's concern.
"""
