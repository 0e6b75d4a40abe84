"""Routes of plots to download: an object, two versions side by side, a job's curves, as PNG or SVG."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from samstudio.domain import InvalidInput
from samstudio.web.page.http_errors import handle_errors

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from samstudio.project import Project

KINDS = {"png": "image/png", "svg": "image/svg+xml"}


def plot_routes(*, project: Project) -> list[BaseRoute]:
    """Return the route ``GET /studio/plots/{object,compare,job}/NUMBER.KIND``.

    ``compare`` takes the numbers of two versions as ``a`` and ``b``.
    """

    def drawn(request: Request) -> Response:
        what, number, kind = (request.path_params[name] for name in ("what", "number", "kind"))
        return _answer(_figure(project, what, number, request), kind, f"{what}-{number}")

    return [Route("/studio/plots/{what:str}/{number:int}.{kind:str}", handle_errors(drawn))]


def _figure(project: Project, what: str, number: int, request: Request) -> Figure:
    if what == "object":
        return project.plots.object(number)
    if what == "job":
        return project.plots.curves(number)
    if what == "compare":
        return project.plots.comparison(number, [_version(request, name) for name in ("a", "b")])
    raise InvalidInput(f"there is no plot of {what!r}: choose object, compare or job")


def _version(request: Request, name: str) -> int:
    given = request.query_params.get(name, "")
    if not given.isdigit():
        raise InvalidInput(f"{name} is {given!r}: it is the number of a version")
    return int(given)


def _answer(figure: Figure, kind: str, name: str) -> Response:
    if kind not in KINDS:
        raise InvalidInput(f"there is no plot as .{kind}: choose {' or '.join(KINDS)}")
    out = io.BytesIO()
    figure.savefig(out, format=kind, dpi=150)
    headers = {"Content-Disposition": f'attachment; filename="samstudio-{name}.{kind}"'}
    return Response(out.getvalue(), media_type=KINDS[kind], headers=headers)
