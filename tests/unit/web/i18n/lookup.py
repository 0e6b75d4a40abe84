"""Whether a catalogue translates a text: what static/i18n/catalogue.js does, in few lines."""

from __future__ import annotations

import re
from functools import cache

from samstudio.web.i18n.catalogues import catalogue

HOLE = re.compile(r"\{\d+\*?\}")
SENTENCES = re.compile(r"(?<=[.!?:]) (?=[A-Z“\"¼½¾])")
MORE = re.compile(r" · |[.!?] [A-Z“]")


@cache
def _known(language: str) -> tuple[frozenset[str], list[re.Pattern[str]]]:
    keys = [" ".join(key.split()) for key in catalogue(language)]
    patterns = [_pattern(key) for key in keys if HOLE.search(key)]
    return frozenset(key for key in keys if not HOLE.search(key)), patterns


def _pattern(key: str) -> re.Pattern[str]:
    translated = [hole.endswith("*}") for hole in HOLE.findall(key)]
    parts = [re.escape(part) for part in HOLE.split(key)]
    groups = [f"(?P<{'any' if star else 'one'}{i}>.+?)" for i, star in enumerate(translated)]
    return re.compile("".join(part + group for part, group in zip(parts, [*groups, ""], strict=True)))


def is_translated(text: str, language: str = "ja") -> bool:
    """Whether all of a text is said in the language."""
    text = " ".join(text.split())
    if not re.search("[A-Za-z]{2}", text) or _message(text, language):
        return True
    if " · " in text:
        return all(is_translated(part, language) for part in text.split(" · "))
    return _paragraph(SENTENCES.split(text), language)


def _paragraph(sentences: list[str], language: str) -> bool:
    if len(sentences) < 2:
        return False
    return any(
        _message(" ".join(sentences[:end]), language) and is_translated(" ".join(sentences[end:]), language)
        for end in range(len(sentences) - 1, 0, -1)
    )


def _message(text: str, language: str) -> bool:
    small = text[:1].lower() + text[1:]
    return any(_exactly(one, language) for one in (text, small, text.rstrip("."), small.rstrip(".")))


def _exactly(text: str, language: str) -> bool:
    whole, patterns = _known(language)
    return text in whole or any(_fits(pattern, text) for pattern in patterns)


def _fits(pattern: re.Pattern[str], text: str) -> bool:
    match = pattern.fullmatch(text)
    holes = match.groupdict().items() if match else ()
    return bool(match) and not any(name.startswith("one") and MORE.search(part) for name, part in holes)
