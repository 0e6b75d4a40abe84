"""The template of the route that answered a request, as a metric label of low cardinality."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from fastapi.routing import iter_route_contexts
from starlette.routing import Mount
from starlette.types import Scope

NONE = "(none)"
"""No route was reached: refused by the authentication, or nothing is there."""


class RouteTemplates:
    """The route templates of requests, looked up after routing."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Any, dict[int, str]] = WeakKeyDictionary()

    def of(self, scope: Scope, *, root: str) -> str:
        """Return the template of the route that answered; ``root`` is the root path from before routing.

        What was added to the root path since is the path of the mounts on the way.
        Starlette's scope names the route it took, for some of FastAPI's only the
        endpoint. A router that was included knows its routes without its prefix, so
        the whole path is looked up in the application.
        """
        route, endpoint = scope.get("route"), scope.get("endpoint")
        paths = self._paths(scope["app"])
        own = getattr(route, "path", None)
        path = paths.get(id(endpoint)) if route is None else paths.get(id(route), own)
        if path is None:
            return NONE
        mounts = "" if isinstance(route, Mount) else str(scope.get("root_path", "")).removeprefix(root)
        return f"{mounts}{path}"

    def _paths(self, app: Any) -> dict[int, str]:
        known = self._known.get(app)
        if known is None:
            known = self._known[app] = {}
            for one in iter_route_contexts(app.routes):
                if one.path is not None:
                    known |= {id(one.original_route): one.path, id(one.endpoint): one.path}
            known.pop(id(None), None)
        return known
