"""Pydantic models of requests and replies, one module a resource."""
