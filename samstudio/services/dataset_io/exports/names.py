"""File names that every system takes: bounded in bytes, without what some system refuses, and unique."""

from __future__ import annotations

import re
import unicodedata
from itertools import count
from pathlib import PurePosixPath

MOST_BYTES = 200
"""Of a stem, in UTF-8. Systems take 255 bytes for a name; the rest is for suffixes and temporary names."""

_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\ufeff\ufffe\uffff]')
"""What Windows refuses in a name, and what is no character: controls, lone surrogates, line separators."""

_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])[ .]*(\..*)?$", re.IGNORECASE)
"""Names that Windows keeps for devices, with any suffix."""


def safe_stem(name: str) -> str:
    """Return a name as the stem of a file on every system, at most `MOST_BYTES` long; never empty."""
    stem = _REFUSED.sub("_", name).strip().rstrip(". ")
    if stem.startswith((".", "#")):  # hidden files, and comments in lists, are passed over
        stem = f"_{stem[1:]}"
    if _DEVICES.match(stem):
        stem = f"_{stem}"
    return cut(stem, MOST_BYTES).rstrip(". ") or "image"


def stem_of(filename: str) -> str:
    """Return an image's name without its suffix; a page of a file keeps its number: ``stack#2``."""
    name, _, page = filename.rpartition("#")
    if not (name and page.isdecimal()):
        return PurePosixPath(filename).stem
    return f"{PurePosixPath(name).stem}#{page}"


def cut(text: str, most: int) -> str:
    """Return as much of a text's beginning as fits into ``most`` bytes of UTF-8, without half a character."""
    return text.encode()[:most].decode(errors="ignore")


def same_name(name: str) -> str:
    """Return a key that is equal for names which some file system holds to be one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


class StemNames:
    """Stems for images' files: each image's own name, longer where another image has it already."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, name: str, image_id: str) -> str:
        """Return ``name`` as a stem that no image before has, on case-insensitive systems too."""
        stem = safe_stem(name)
        for end in ("", f"-{image_id[:8]}", f"-{image_id}"):
            candidate = cut(stem, MOST_BYTES - len(end)) + end
            if same_name(candidate) not in self._taken:
                self._taken.add(same_name(candidate))
                return candidate
        return self._numbered(cut(stem, MOST_BYTES - 80))

    def _numbered(self, stem: str) -> str:
        """Return the stem with the first number that no image has."""
        number = next(n for n in count(2) if same_name(f"{stem}-{n}") not in self._taken)
        self._taken.add(same_name(f"{stem}-{number}"))
        return f"{stem}-{number}"
