"""Log lines on standard error that name the request they belong to: for people, or as JSON."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

request_id: ContextVar[str] = ContextVar("samstudio_request_id", default="-")
"""The request that is being answered; ``-`` outside of one. Threads that answer it inherit it."""

TEXT = "%(asctime)s %(levelname)s %(request_id)s %(name)s: %(message)s"


class WithRequestId(logging.Filter):
    """A filter that gives each record the ``request_id`` of its context."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id; drop no record."""
        record.request_id = request_id.get()
        return True


class AsJson(logging.Formatter):
    """A formatter of one JSON object a line: time (UTC), level, logger, request_id, message, exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Format the record as JSON."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure_logs(*, format: Literal["text", "json"], level: str) -> None:
    """Log the app from ``level`` on, and libraries from warnings on; call once, at the start."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(AsJson() if format == "json" else logging.Formatter(TEXT))
    handler.addFilter(WithRequestId())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("samstudio").setLevel(level)


def adopt_server_logs() -> None:
    """Send uvicorn's lines through our handler; it gives itself handlers of its own when it starts."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
