"""The language of a visitor: the one they chose, else the first of their browser's that there is.

``?language=ja`` in an address chooses; a cookie stores the choice.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection

LANGUAGES = {"en": "English", "ja": "日本語"}
"""Each by its own name; the first is what everything is written in."""

COOKIE = "samstudio_language"
"""Says what a visitor chose; the page's script sets it too (page/static/i18n/i18n.js)."""

YEAR = 365 * 24 * 3600


def language_of(request: HTTPConnection) -> str:
    """Return the language to answer a request in."""
    chosen = chosen_in(request) or request.cookies.get(COOKIE)
    return language_for(chosen, request.headers.get("accept-language"))


def chosen_in(request: HTTPConnection) -> str | None:
    """Return the language that the address chooses; None where it chooses none that exists."""
    wanted = request.query_params.get("language")
    return wanted if wanted in LANGUAGES else None


def language_for(chosen: str | None, accept_language: str | None) -> str:
    """Return the chosen language, where it exists, else the first known one of an ``Accept-Language`` header.

    Quality values in the header are ignored: browsers list languages in order of preference.
    """
    if chosen in LANGUAGES:
        return str(chosen)
    for part in (accept_language or "").split(","):
        language = part.split(";")[0].strip().split("-")[0].lower()
        if language in LANGUAGES:
            return language
    return next(iter(LANGUAGES))


def other_than(language: str) -> str:
    """Return the language that the switch offers: the first one that is not ``language``."""
    return next(one for one in LANGUAGES if one != language)


def choice_cookie(language: str, *, path: str, secure: bool) -> str:
    """Return a ``Set-Cookie`` header that stores the choice; in another site's frame it needs ``secure``."""
    scope = "SameSite=None; Secure; Partitioned" if secure else "SameSite=Lax"
    return f"{COOKIE}={language}; Path={path}; Max-Age={YEAR}; {scope}"
