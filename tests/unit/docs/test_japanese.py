"""Each page is there in English and in Japanese, and the two say the same things in the same places."""

import re
from collections import Counter
from pathlib import Path

import pytest
from markdown.extensions.toc import slugify

DOCS = Path(__file__).parents[3] / "docs"
ENGLISH = sorted(path.name for path in DOCS.glob("*.md") if not path.name.endswith(".ja.md"))
JAPANESE = sorted(path.name for path in DOCS.glob("*.ja.md"))
PAIRS = [name for name in ENGLISH if name.replace(".md", ".ja.md") in JAPANESE]

FENCE = re.compile(r"^( *)```.*?^\1```$|^::: [^\n]*(?:\n {4}[^\n]*)*", re.MULTILINE | re.DOTALL)
"""A block of code, or of what is generated from the code."""

CODE = re.compile(r"`([^`\n]+)`")
HEADING = re.compile(r"^(#{1,6}) +(.+?)(?: +\{#([\w-]+)\})?$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^(?:!!! \w+|=== \".*\")", re.MULTILINE)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:e-\d+)?")
LONG_ENGLISH = re.compile(r"[A-Za-z][A-Za-z ,.;:'’\"()*\n-]+")
GLOSSARY = "| 英語 | 日本語 |"
OTHER_SPELLINGS = (
    "エンベディング", "デコーダー", "エンコーダー", "カテゴリー", "フォルダー", "アノテート",
    "ファインチューニング", "ホールドアウト", "サーバ(?!ー)", "ユーザ(?!ー)", "ヘッダ(?!ー)",
)  # fmt: skip


def pages(name: str) -> tuple[str, str]:
    """The English and the Japanese text of a page; the glossary, which only one of them has, is left out."""
    japanese = (DOCS / name.replace(".md", ".ja.md")).read_text()
    paragraphs = [part for part in japanese.split("\n\n") if not part.startswith(GLOSSARY)]
    return (DOCS / name).read_text(), "\n\n".join(paragraphs)


def prose(text: str) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", text)


def tables(text: str) -> list[list[int]]:
    """How many cells each row of each table has."""
    found = re.findall(r"(?:^ *\|.*\|$\n?)+", prose(text), re.MULTILINE)
    return [[len(re.findall(r"(?<!\\)\|", row)) - 1 for row in table.splitlines()] for table in found]


def items(text: str) -> list[str]:
    """The bullets and numbers of its lists, in order."""
    return re.findall(r"^(-|\d+\.) ", prose(text), re.MULTILINE)


def figures(text: str) -> Counter[str]:
    """Every number in its words, beside code, links and the marks of lists."""
    bare = re.sub(r"\{#.*?\}|^\d+\. ", "", LINK.sub("", CODE.sub("", prose(text))), flags=re.MULTILINE)
    return Counter(NUMBER.findall(bare))


def test_each_page_is_there_in_both_languages() -> None:
    assert [name.replace(".md", ".ja.md") for name in ENGLISH] == JAPANESE


@pytest.mark.parametrize("name", PAIRS)
def test_the_headings_match_and_keep_their_anchors(name: str) -> None:
    english, japanese = (HEADING.findall(prose(text)) for text in pages(name))
    wanted = [(level, slugify(title.replace("`", ""), "-")) for level, title, _ in english]
    assert [(level, anchor) for level, _, anchor in japanese[1:]] == wanted[1:]
    assert len(japanese) == len(wanted)


@pytest.mark.parametrize("name", PAIRS)
def test_the_blocks_of_code_are_the_same(name: str) -> None:
    english, japanese = ([found.group() for found in FENCE.finditer(text)] for text in pages(name))
    assert japanese == english


@pytest.mark.parametrize("name", PAIRS)
def test_settings_commands_and_routes_are_all_named(name: str) -> None:
    english, japanese = (set(CODE.findall(prose(text))) for text in pages(name))
    assert japanese == english


@pytest.mark.parametrize("name", PAIRS)
def test_links_and_images_lead_to_the_same(name: str) -> None:
    english, japanese = (Counter(LINK.findall(prose(text))) for text in pages(name))
    assert japanese == english


@pytest.mark.parametrize("name", PAIRS)
def test_tables_lists_tabs_and_notes_have_the_same_shape(name: str) -> None:
    english, japanese = pages(name)
    assert tables(japanese) == tables(english)
    assert items(japanese) == items(english)
    assert len(BLOCK.findall(japanese)) == len(BLOCK.findall(english))


@pytest.mark.parametrize("name", PAIRS)
def test_each_figure_of_the_english_page_is_in_the_japanese_one(name: str) -> None:
    english, japanese = (figures(text) for text in pages(name))
    assert not english - japanese  # words for numbers may become digits in Japanese, so more is fine


@pytest.mark.parametrize("name", JAPANESE)
def test_no_sentence_is_left_in_english(name: str) -> None:
    text = LINK.sub("]", CODE.sub("", prose((DOCS / name).read_text())))
    runs = [found.group() for found in LONG_ENGLISH.finditer(text)]
    assert not [run for run in runs if sum(letter.isalpha() for letter in run) >= 60]


@pytest.mark.parametrize("name", JAPANESE)
def test_the_glossarys_words_are_spelt_one_way(name: str) -> None:
    text = (DOCS / name).read_text()
    assert not [word for word in OTHER_SPELLINGS if re.search(word, text)]
