"""Logging in by Hugging Face: Authlib's OpenID Connect, on a Space that has ``hf_oauth: true``."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from samstudio.web.auth.provider import Provider, allowed_name

NEXT = "samstudio_next"


class LoginFailed(Exception):
    """A failed login: ``reason`` names a field of `LoginText`, ``name`` the user who was denied, if any."""

    def __init__(self, reason: str, name: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.name = name


class HuggingFace:
    """The two steps of an OpenID Connect login: the redirect to Hugging Face, and its callback."""

    def __init__(self, provider: Provider, *, transport: Any = None) -> None:
        """Store the provider; ``transport`` is the httpx2 transport to it, by default the network."""
        from authlib.integrations.starlette_client import OAuth

        self._provider = provider
        kwargs = {"scope": provider.scopes, "code_challenge_method": "S256"}
        self._client = OAuth().register(
            "huggingface",
            client_id=provider.client_id,
            client_secret=provider.client_secret.get_secret_value(),
            client_kwargs=kwargs | ({"transport": transport} if transport is not None else {}),
            server_metadata_url=f"{provider.url}/.well-known/openid-configuration",
        )

    async def begin(self, request: Request, next_: str) -> Response:
        """Return the redirect that sends the browser to Hugging Face; ``next_`` is where to go afterwards.

        Raises:
            LoginFailed: Hugging Face cannot be reached.
        """
        from httpx2 import HTTPError

        request.session[NEXT] = next_
        try:
            response: Response = await self._client.authorize_redirect(request, self._provider.callback)
        except HTTPError as error:
            raise LoginFailed("not_reached") from error
        return response

    async def finish(self, request: Request) -> tuple[str, str]:
        """Return the user's name and the page to go to.

        Raises:
            LoginFailed: the login is not finished, Hugging Face is not reached, or the user is not allowed.
        """
        from authlib.common.errors import AuthlibBaseError
        from httpx2 import HTTPError
        from joserfc.errors import JoseError

        next_ = str(request.session.get(NEXT, "/"))
        try:
            token = await self._client.authorize_access_token(request)
            userinfo = await self._client.userinfo(token=token)
        except (AuthlibBaseError, JoseError) as error:  # no consent, an old tab, a forged state or token
            raise LoginFailed("not_finished") from error
        except HTTPError as error:
            raise LoginFailed("not_reached") from error
        finally:
            request.session.clear()
        name = allowed_name(self._provider, userinfo)
        if name is None:
            raise LoginFailed("not_allowed", str(userinfo.get("preferred_username") or "This account"))
        return name, next_
