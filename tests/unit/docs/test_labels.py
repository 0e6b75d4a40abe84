"""The Japanese documentation calls what is on the page by the words that the Japanese page has for it.

In it 「**…**」 is what the page says, in the page's own words; the English may follow in brackets, plain.
"""

import re
from collections.abc import Iterator

import pytest

from samstudio.web.i18n.catalogues import catalogue
from tests.unit.docs.test_japanese import CODE, DOCS, JAPANESE, prose

WORDS = catalogue("ja")
TABS = ("Annotate", "Dataset", "Fine-tune", "Versions")

EMPHASIS = re.compile(r"(?<!\*)(\*\*?)(?!\*)([^*\n]+)\1(?!\*)")
QUOTED = re.compile(r"「\*\*([^*\n]+)\*\*」")
TAB = re.compile(rf"(?:{'|'.join(TABS)})[*」 ]*タブ")
HOLE = re.compile(r"(\{\d+\*?\})")
SENTENCE = re.compile("[。：]")
TELLING = 4
"""Characters that a message has to have beside its holes, or it would fit everything."""

EXCEPTIONS: dict[tuple[str, str], str] = {}
"""A page and a label that stays English there, with the reason."""


def words_of(page: str) -> str:
    """A page's text, beside its code."""
    return CODE.sub("", prose((DOCS / page).read_text()))


def english_labels(page: str) -> Iterator[str]:
    """What a page emphasises that the Japanese page has other words for."""
    for _, text in EMPHASIS.findall(words_of(page)):
        if WORDS.get(text, text) != text:
            yield text


def shape(message: str) -> re.Pattern[str]:
    """What fits a message, or a sentence of one: anything stands in `{0*}`, a name or a number in `{0}`."""
    holes = {True: ".+", False: r"\S+"}
    parts = (holes["*" in part] if HOLE.fullmatch(part) else re.escape(part) for part in HOLE.split(message))
    return re.compile("".join(parts))


def sentences() -> Iterator[str]:
    """All that the Japanese page says, whole and by sentences."""
    for message in WORDS.values():
        for part in {message, *SENTENCE.split(message)}:
            if part in WORDS.values() or len(HOLE.sub("", part)) >= TELLING:
                yield part.rstrip("。")


SHAPES = [shape(one) for one in sorted(set(sentences()))]


def is_shown(text: str) -> bool:
    """Whether the Japanese page says a text."""
    return all(
        any(one.fullmatch(part) for one in SHAPES) for part in SENTENCE.split(text.rstrip("。")) if part
    )


@pytest.mark.parametrize("page", JAPANESE)
def test_no_label_is_called_by_its_english_name(page: str) -> None:
    kept = {label for at, label in EXCEPTIONS if at == page}
    found = [f"{one}: write 「**{WORDS[one]}**」" for one in english_labels(page) if one not in kept]
    assert found == [], page


@pytest.mark.parametrize("page", JAPANESE)
def test_no_tab_is_called_by_its_english_name(page: str) -> None:
    found = TAB.findall(words_of(page))
    assert found == [], f"{page} says {found}; the tabs are {[WORDS[tab] for tab in TABS]}"


@pytest.mark.parametrize("page", JAPANESE)
def test_what_is_quoted_from_the_page_is_on_the_page(page: str) -> None:
    found = [one for one in QUOTED.findall(words_of(page)) if not is_shown(one)]
    assert found == [], f"{page} quotes {found}, which samstudio/web/i18n/ja does not have"


def test_each_exception_has_a_reason_and_is_needed() -> None:
    assert all(EXCEPTIONS.values())
    assert [at for at in EXCEPTIONS if at[1] not in english_labels(at[0])] == []


def test_the_check_knows_english_from_japanese() -> None:
    assert [text for _, text in EMPHASIS.findall("**Add**, *Sort* と **追加** *a* **b**")] == [
        "Add", "Sort", "追加", "a", "b",
    ]  # fmt: skip
    assert is_shown("微調整を開始")
    assert is_shown("v1 がライブになりました")
    assert not is_shown("今すぐ微調整")
