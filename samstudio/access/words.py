"""Every sentence that a visitor reads before they are in, by language. Add a language by adding a `Words`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The login page in one language."""

    language: str
    title: str
    lead: str
    lead_space: str
    password: str
    token: str
    either: str
    """The field's name where both a password and a token are set."""
    enter: str
    huggingface: str
    wrong: str
    wait: str
    """With ``{seconds}``."""
    left: str
    not_allowed: str
    """With ``{name}``."""
    not_reached: str
    not_finished: str


ENGLISH = Words(
    language="en",
    title="Log in",
    lead="This studio is for people who know its password.",
    lead_space="This studio is for its owner and those they let in.",
    password="Password",
    token="Access token",
    either="Password or access token",
    enter="Log in",
    huggingface="Log in with Hugging Face",
    wrong="That is not it. Try again.",
    wait="That was tried too often. Wait {seconds} seconds, then try again.",
    left="You are logged out.",
    not_allowed="{name} is not on this studio's list. Ask its owner to add the name.",
    not_reached="Hugging Face could not be reached. Try again in a moment.",
    not_finished="The login was not finished. Try again.",
)

LANGUAGES = {words.language: words for words in (ENGLISH,)}


def words_for(accept_language: str | None) -> Words:
    """The first language of an ``Accept-Language`` header that there are words in; English otherwise."""
    for part in (accept_language or "").split(","):
        language = part.split(";")[0].strip().split("-")[0].lower()
        if language in LANGUAGES:
            return LANGUAGES[language]
    return ENGLISH
