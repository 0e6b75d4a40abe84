"""Server functions that answer in sentences instead of raising.

Gradio turns an exception in a server function into nothing at all.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import TypeAlias

from samstudio.domain import StudioError
from samstudio.records import Json

log = logging.getLogger(__name__)

ServerFunction: TypeAlias = Callable[[Json], Json]
"""One JSON object in, one out: what JavaScript calls by its name."""


def errors_as_json(function: ServerFunction) -> ServerFunction:
    """Wrap a server function so that it answers ``{"error": sentence}`` instead of raising."""

    @functools.wraps(function)
    def answer(request: Json) -> Json:
        try:
            return function(request if isinstance(request, dict) else {})
        except StudioError as error:
            return {"error": str(error)}
        except (KeyError, TypeError, ValueError) as error:
            log.warning("%s: malformed request: %r", function.__name__, error)
            return {"error": f"The request was not understood ({error}). Reload the page and try again."}
        except Exception:
            log.exception("%s failed", function.__name__)
            return {"error": "Something went wrong on the server; its log says what. Your dataset is safe."}

    return answer
