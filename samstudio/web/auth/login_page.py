"""The login page as HTML: no script, nothing from elsewhere, light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from pathlib import Path
from string import Template
from urllib.parse import quote

from starlette.responses import HTMLResponse

from samstudio.web.auth.login_text import LoginText
from samstudio.web.auth.policy import Policy
from samstudio.web.i18n.languages import LANGUAGES, other_than

_HERE = Path(__file__).parent
_PAGE, _CSS, _LOGO = (
    (_HERE / name).read_text(encoding="utf-8") for name in ("login.html", "login.css", "logo.svg")
)
FONTS = ("IBMPlexSans-Regular.woff2", "IBMPlexSans-Bold.woff2")
"""The app's font, which ships with Gradio."""

_FORM = Template("""<form method="post" action="${base}/login">
<input type="hidden" name="next" value="${next}">
<input type="text" name="username" value="samstudio" autocomplete="username" hidden>
<label for="password">${label}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<button>${enter}</button>
</form>
""")
# Hugging Face shows its own page in no frame, and a Space is one: hence the new tab.
_HUGGINGFACE = Template(
    '<a class="button" href="${base}/login/huggingface?next=${next}"${target}>${huggingface}</a>\n'
)


@dataclass(frozen=True)
class Notice:
    """A sentence above the form: the result of the last attempt."""

    text: str
    good: bool = False


def login_page(
    *, policy: Policy, text: LoginText, base: str, next_: str, notice: Notice | None = None, status: int = 200
) -> HTMLResponse:
    """Return the login page.

    Args:
        policy: which credentials are accepted, and so which fields there are.
        text: the sentences in the visitor's language.
        base: the path that the app is served under, without a slash at its end.
        next_: the path to go to after logging in.
        notice: the result of the last attempt, if there was one.
        status: the HTTP status.
    """
    form = _FORM.substitute(
        base=escape(base), next=escape(next_), label=escape(_label(policy, text)), enter=escape(text.enter)
    )
    huggingface = _HUGGINGFACE.substitute(
        base=escape(base),
        next=quote(next_, safe=""),
        target=' target="_blank"' if policy.embedded else "",
        huggingface=escape(text.huggingface),
    )
    other = other_than(text.language)
    html = Template(_PAGE).substitute(
        base=escape(base),
        next=quote(next_, safe=""),
        other=other,
        other_name=LANGUAGES[other],
        language=text.language,
        title=escape(text.title),
        icon=quote(_LOGO.strip()),
        logo=_LOGO.strip(),
        css=Template(_CSS).substitute(base=base),
        notice=_notice_html(policy, text, notice),
        form=form if policy.password or policy.token else "",
        huggingface=huggingface if policy.provider else "",
    )
    return HTMLResponse(html, status_code=status, headers=_headers(policy))


def font_path(name: str) -> Path | None:
    """Return the file of one of the `FONTS`, without importing Gradio; None for any other name."""
    gradio = find_spec("gradio")
    if name not in FONTS or gradio is None or gradio.origin is None:
        return None
    path = Path(gradio.origin).parent / "templates/frontend/static/fonts/IBMPlexSans" / name
    return path if path.is_file() else None


def _label(policy: Policy, text: LoginText) -> str:
    if policy.password and policy.token:
        return text.either
    return text.password if policy.password else text.token


def _notice_html(policy: Policy, text: LoginText, notice: Notice | None) -> str:
    if notice is None:
        return f"<p>{escape(text.lead_space if policy.provider else text.lead)}</p>\n"
    kind, role = ("good", "status") if notice.good else ("bad", "alert")
    return f'<p class="notice {kind}" role="{role}">{escape(notice.text)}</p>\n'


def _headers(policy: Policy) -> dict[str, str]:
    frames = "'self' https://huggingface.co" if policy.embedded else "'self'"
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; font-src 'self'; "
        f"img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors {frames}",
        # Not "no-referrer": without an origin the form would look like another site's.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
