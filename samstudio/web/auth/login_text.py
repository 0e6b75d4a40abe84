"""Every sentence of the login page, by language.

Adding a language is adding a `LoginText` here, and its name to `languages`.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from samstudio.web.i18n.languages import language_of


@dataclass(frozen=True)
class LoginText:
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


ENGLISH = LoginText(
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

JAPANESE = LoginText(
    language="ja",
    title="ログイン",
    lead="この SAM Studio は、パスワードを知っている人が使えます。",
    lead_space="この SAM Studio は、所有者と、所有者が許可した人が使えます。",
    password="パスワード",
    token="アクセストークン",
    either="パスワードまたはアクセストークン",
    enter="ログイン",
    huggingface="Hugging Face でログイン",
    wrong="正しくありません。もう一度入力してください。",
    wait="試した回数が多すぎます。{seconds} 秒待ってから、もう一度お試しください。",
    left="ログアウトしました。",
    not_allowed="{name} はこの SAM Studio の利用者一覧にありません。所有者に追加を依頼してください。",
    not_reached="Hugging Face に接続できませんでした。しばらくしてから、もう一度お試しください。",
    not_finished="ログインが完了しませんでした。もう一度お試しください。",
)

TEXTS = {text.language: text for text in (ENGLISH, JAPANESE)}


def login_text(request: HTTPConnection) -> LoginText:
    """Return the text in the visitor's language."""
    return TEXTS[language_of(request)]
