"""What people write about images and objects: checked in one place."""

from __future__ import annotations

import unicodedata

from samstudio.domain import InvalidInput

LONGEST_NOTE = 2000

LONGEST_GROUP = 200
"""Characters of the name of a group of images."""


def checked_text(text: str, longest: int) -> str:
    """Return a text of one or more lines without space around it or at the ends of its lines.

    Raises:
        InvalidInput: It is too long, or has characters that cannot be shown.
    """
    clean = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if len(clean) > longest or not all(_can_be_shown(character) for character in clean):
        raise InvalidInput(f"{clean[:20]!r}… is not text of at most {longest} characters")
    return clean


def _can_be_shown(character: str) -> bool:
    """Return whether it is no control character and no half of one; wide spaces and joiners are text."""
    return character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")


def checked_note(text: str) -> str:
    """Return a note as it is stored; an empty one is none.

    Raises:
        InvalidInput: As of `checked_text`.
    """
    return checked_text(text, LONGEST_NOTE)
