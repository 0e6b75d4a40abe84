"""JSON files as tools write them: UTF-8 with or without a byte order mark, UTF-16, UTF-32."""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Any

from samstudio.domain import InvalidInput

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_json(path: Path, *, name: str = "") -> Any:
    """Parse a JSON file.

    Args:
        path: Where it is.
        name: What the sentences call it; empty: its path.

    Raises:
        InvalidInput: It cannot be read, or is not JSON; the sentence names it.
    """
    name = name or str(path)
    try:
        return json.loads(read_text(path.read_bytes(), name=name))
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
