from __future__ import annotations

from samstudio.access.words import ENGLISH, LANGUAGES, words_for


def test_the_browsers_language_is_taken_where_there_are_words() -> None:
    assert words_for("xx,en-GB;q=0.8") is ENGLISH
    assert words_for("xx") is ENGLISH
    assert words_for(None) is ENGLISH


def test_every_language_has_its_placeholders() -> None:
    for words in LANGUAGES.values():
        assert "{seconds}" in words.wait
        assert "{name}" in words.not_allowed
