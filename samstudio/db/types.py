"""Column types: moments that are always UTC, whatever the database keeps; sizes of pixels as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from samstudio.domain import PixelSize


def utc_now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)


def byte_ordered_text() -> Text:
    """Return the type of a text that every database orders by its bytes, whatever the locale is.

    SQLite does so by itself; Postgres would pass over digits and punctuation in some locales.
    """
    return Text().with_variant(Text(collation="C"), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC.

    SQLite keeps no time zone and would hand back naive datetimes, which cannot
    be compared with aware ones.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn any aware datetime to UTC before it is stored.

        Raises:
            ValueError: The datetime is naive, which is a mistake of ours.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a stored moment needs a time zone, {value!r} has none")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PixelSizeJson(TypeDecorator[PixelSize]):
    """The size of a pixel, as JSON."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: PixelSize | None, dialect: Dialect) -> dict[str, Any] | None:  # noqa: ARG002
        """Return what is stored."""
        return None if value is None else value.to_json()

    def process_result_value(self, value: Any, dialect: Dialect) -> PixelSize | None:  # noqa: ARG002
        """Return what was stored."""
        return PixelSize.from_json(value)
