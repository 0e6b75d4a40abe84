from __future__ import annotations

import dataclasses
import re

import pytest

from samstudio.web.auth.login_text import ENGLISH, TEXTS
from samstudio.web.i18n.languages import COOKIE, LANGUAGES, language_for
from tests.unit.web.auth.visitors import access_control, behind


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        (None, "xx,en-GB;q=0.8", "en"),
        (None, "fr-FR, ja-JP;q=0.9, en;q=0.8", "ja"),
        (None, "en-US,en;q=0.9,ja;q=0.8", "en"),
        (None, "xx", "en"),
        (None, None, "en"),
        ("ja", "en", "ja"),
        ("en", "ja", "en"),
        ("xx", "ja", "ja"),
    ],
)
def test_the_choice_counts_then_the_browsers_languages(
    chosen: str | None, accepted: str | None, language: str
) -> None:
    assert language_for(chosen, accepted) == language


def test_every_language_has_all_words_with_their_placeholders() -> None:
    assert set(TEXTS) == set(LANGUAGES)
    for language, texts in TEXTS.items():
        assert texts.language == language
        for name, text in dataclasses.asdict(texts).items():
            assert text, f"{name} in {language}"
            assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", getattr(ENGLISH, name)), name


def test_the_login_page_speaks_the_browsers_language() -> None:
    client = behind(access_control())
    page = client.get("/login", headers={"Accept-Language": "ja,en;q=0.5"}).text
    assert '<html lang="ja">' in page
    assert "パスワード" in page
    assert "Password" not in page
    assert '<html lang="en">' in client.get("/login").text


def test_the_switch_of_the_login_page_is_remembered() -> None:
    client = behind(access_control(), base_url="https://studio.lan", root_path="/studio")
    page = client.get("/studio/login?next=/x%3Fa%3D1").text
    link = re.search(r'href="(/studio/login\?language=ja[^"]*)"', page)
    assert link
    reply = client.get(link[1].replace("&amp;", "&"))
    assert '<html lang="ja">' in reply.text
    assert 'value="/x?a=1"' in reply.text, "where one wanted to go is still known"
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=ja; Path=/studio;")
    assert "HttpOnly" not in cookie, "the page's script reads it"
    wrong = client.post("/studio/login", data={"password": "wrong"}, headers={"Cookie": f"{COOKIE}=ja"})
    assert "正しくありません" in wrong.text


def test_a_language_that_there_is_not_is_no_choice() -> None:
    reply = behind(access_control()).get("/login?language=xx")
    assert '<html lang="en">' in reply.text
    assert "set-cookie" not in reply.headers
