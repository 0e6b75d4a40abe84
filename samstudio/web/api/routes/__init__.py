"""The routes, one module a resource; each parses, calls a service and answers."""
