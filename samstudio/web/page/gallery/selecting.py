"""The server functions of what is selected in the gallery: counting it, and acting on it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from samstudio.domain import InvalidInput
from samstudio.records import Json
from samstudio.services.bulk import BulkRun
from samstudio.services.image_queries import ImageQuery, Selection
from samstudio.web.page.canvas.strip import query_of
from samstudio.web.page.gallery.parts import image_at
from samstudio.web.page.server_functions import ServerFunction, errors_as_json

if TYPE_CHECKING:
    from samstudio.project import Project

AT_ONCE_SECONDS = 0.4
"""How long an answer waits for an action to end: short ones show no progress."""

MOST_NAMES = 50
"""How many names are offered at once."""


class SelectionServer:
    """The selection's server functions; `functions` lists them for Gradio."""

    def __init__(self, *, project: Project) -> None:
        self._project = project

    def functions(self) -> list[ServerFunction]:
        """Return plain functions that answer with an error instead of raising."""
        functions: list[ServerFunction] = [
            self.selection_totals, self.selection_between, self.selection_ids, self.selection_names,
            self.bulk_start, self.bulk_look, self.bulk_cancel, self.bulk_undo, self.bulk_runs,
        ]  # fmt: skip
        return [errors_as_json(one) for one in functions]

    def selection_totals(self, request: Json) -> Json:
        """Count what is selected.

        ``{selection}`` → ``{images, accepted, proposed, gone}``; `gone`: of its numbers, those that
        the query does not find.
        """
        return asdict(self._project.selections.totals(selection_of(request)))

    def selection_between(self, request: Json) -> Json:
        """List the images from one to another: ``{query, from, to}`` → ``{numbers}``.

        Each is an image's id, or its number in the list counted from 0.

        Raises:
            InvalidInput: The query or an end cannot be used.
        """
        query = query_of(request)
        ends = [self._end(query, request[name]) for name in ("from", "to")]
        return {"numbers": self._project.selections.between(query, *ends)}

    def _end(self, query: ImageQuery, end: str | int) -> str:
        return end if isinstance(end, str) else image_at(self._project.image_queries, query, end)

    def selection_ids(self, request: Json) -> Json:
        """Return the ids of images: ``{numbers}`` → ``{ids}``."""
        return {"ids": self._project.selections.ids_of(_numbers(request))}

    def selection_names(self, request: Json) -> Json:
        """Look for what can be given: ``{of: "category" | "tag" | "group", text}`` → ``{names, more}``.

        At most `MOST_NAMES` with these letters in them; ``more``: there are others.

        Raises:
            InvalidInput: There are no such names.
        """
        named = {
            "category": lambda: [one.name for one in self._project.annotations.categories()],
            "tag": lambda: [name for name, _count in self._project.image_queries.tags()],
            "group": lambda: [name for name, _count in self._project.images.groups()],
        }
        if request.get("of") not in named:
            raise InvalidInput(f"of is not one of {', '.join(named)}")
        text = str(request.get("text") or "").strip().casefold()
        names = [name for name in named[request["of"]]() if text in name.casefold()]
        return {"names": names[:MOST_NAMES], "more": len(names) > MOST_NAMES}

    def bulk_start(self, request: Json) -> Json:
        """Begin an action: ``{action, value, selection}`` → the run."""
        ids = self._project.selections.ids(selection_of(request))
        run = self._project.bulk.start(request["action"], request.get("value") or "", image_ids=ids)
        return _run(self._project.bulk.wait(run.id, AT_ONCE_SECONDS))

    def bulk_look(self, request: Json) -> Json:
        """Wait a moment for a run to end: ``{id}`` → the run."""
        return _run(self._project.bulk.wait(_id(request), AT_ONCE_SECONDS))

    def bulk_cancel(self, request: Json) -> Json:
        """Stop a run, or its undoing: ``{id}`` → the run."""
        return _run(self._project.bulk.cancel(_id(request)))

    def bulk_undo(self, request: Json) -> Json:
        """Begin to take a run back: ``{id}`` → the run."""
        run = self._project.bulk.start_undo(_id(request))
        return _run(self._project.bulk.wait(run.id, AT_ONCE_SECONDS))

    def bulk_runs(self, _request: Json) -> Json:
        """List the runs that are remembered, the newest first: ``{}`` → ``{runs}``."""
        return {"runs": [_run(one) for one in self._project.bulk.runs()]}


def selection_of(request: Json) -> Selection:
    """Return the selection of a request: ``{selection: {query, numbers, others}}``.

    Raises:
        InvalidInput: It is none.
    """
    asked = request["selection"]
    if not isinstance(asked, dict):
        raise InvalidInput("selection is no object")
    return Selection(_numbers(asked), query_of(asked), others=asked.get("others") is True)


def _numbers(asked: Json) -> frozenset[int]:
    numbers = asked.get("numbers")
    if not isinstance(numbers, list) or not all(type(one) is int for one in numbers):
        raise InvalidInput("numbers is no list of whole numbers")
    return frozenset(numbers)


def _id(request: Json) -> int:
    return int(request["id"])


def _run(run: BulkRun) -> Json:
    return {**asdict(run), "started_at": run.started_at.isoformat()}
