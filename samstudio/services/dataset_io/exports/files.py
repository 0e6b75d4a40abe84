"""Files in an export's staging folder: folders are made as needed, and nothing is flushed before the end."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path


def place(path: Path) -> Path:
    """Make the folder of a file, and return the file's path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def write_text(path: Path, text: str) -> None:
    """Write a text file, UTF-8, with the lines' ends as they are."""
    place(path).write_text(text, encoding="utf-8", newline="")


def write_lines(path: Path, lines: list[str]) -> None:
    """Write a text file of these lines."""
    write_text(path, "".join(f"{line}\n" for line in lines))


def write_with(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a file."""
    write(place(path))


def csv_text(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """Return a table as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()
