"""JSON files as tools write them: UTF-8 with or without a byte order mark, UTF-16, UTF-32."""

from __future__ import annotations

import codecs
import contextlib
import json
from array import array
from pathlib import Path
from typing import Any

from samstudio.domain import InvalidInput

SHORT = 6
"""Lists of fewer numbers are no polygons."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_json(path: Path, *, name: str = "") -> Any:
    """Parse a JSON file.

    What fills annotation files is kept in a few bytes a number: the polygons of ``segmentation``
    as arrays of float64, and the bytes of ``rle`` as bytes, where they are such.

    Args:
        path: Where it is.
        name: What the sentences call it; empty: its path.

    Raises:
        InvalidInput: It cannot be read, or is not JSON; the sentence names it.
    """
    name = name or str(path)
    try:
        return json.loads(read_text(path.read_bytes(), name=name), object_hook=_compact)
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror or error}") from error
    except RecursionError as error:
        raise InvalidInput(f"{name} is not usable JSON: its lists are nested too deeply") from error
    except ValueError as error:
        raise InvalidInput(f"{name} is not JSON: {error}") from error


def read_text(data: bytes, *, name: str) -> str:
    """Decode a text file by its byte order mark, or as UTF-8, or as the UTF-16 or UTF-32 that its zeros show.

    Raises:
        InvalidInput: It is none of these.
    """
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    try:
        return data.decode(encoding or json.detect_encoding(data[:64]))
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} is not text in UTF-8 or UTF-16: {error}") from error


def _compact(entry: dict[str, Any]) -> dict[str, Any]:
    """Keep an entry's long lists of numbers as arrays, which take a fifth of the memory or less."""
    polygons, brush = entry.get("segmentation"), entry.get("rle")
    if isinstance(polygons, list):
        entry["segmentation"] = [_as_array(one) for one in polygons]
    if isinstance(brush, list) and set(map(type, brush)) <= {int}:
        with contextlib.suppress(ValueError, OverflowError):  # no bytes: whoever reads it says so
            entry["rle"] = bytes(brush)
    return entry


def _as_array(numbers: Any) -> Any:
    """Return a long list of numbers as an array; anything else as it is."""
    if not isinstance(numbers, list) or len(numbers) < SHORT or not set(map(type, numbers)) <= {int, float}:
        return numbers
    try:
        return array("d", numbers)
    except OverflowError:  # an integer beyond float64
        return numbers
