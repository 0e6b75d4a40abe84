"""Logging in by Hugging Face, against a provider of our own that speaks OpenID Connect over ASGI."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from samstudio.config import Settings
from samstudio.web.auth.huggingface import HuggingFace
from samstudio.web.auth.policy import decide
from samstudio.web.auth.provider import allowed_name
from tests.unit.web.auth.test_policy import SPACE
from tests.unit.web.auth.visitors import BROWSER, access_control, behind

URL = "https://huggingface.co"


class FakeProvider:
    """Gives out one code, for which it tells who ``user`` is."""

    def __init__(self, user: dict[str, Any]) -> None:
        self.user = user
        self.asked: dict[str, str] = {}
        self.reachable = True
        self.key = self.signs_with = RSAKey.generate_key(2048, {"kid": "1"}, auto_kid=False)
        self.nonce = ""
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._metadata),
                Route("/oauth/token", self._token, methods=["POST"]),
                Route("/oauth/userinfo", self._userinfo),
                Route("/oauth/keys", self._keys),
            ]
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not self.reachable:
            raise httpx2.ConnectError("no route to host")
        await self.app(scope, receive, send)

    async def _metadata(self, _request: Request) -> JSONResponse:
        return JSONResponse(
            {
                "issuer": URL,
                "authorization_endpoint": f"{URL}/oauth/authorize",
                "token_endpoint": f"{URL}/oauth/token",
                "userinfo_endpoint": f"{URL}/oauth/userinfo",
                "jwks_uri": f"{URL}/oauth/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def _token(self, request: Request) -> JSONResponse:
        self.asked = {name: str(value) for name, value in (await request.form()).items()}
        if self.asked.get("code") != "the-code":
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        now = int(time.time())
        claims = {"iss": URL, "aud": "client", "sub": "1", "iat": now, "exp": now + 60, "nonce": self.nonce}
        id_token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.signs_with)
        token = {"access_token": "abc", "token_type": "bearer", "expires_in": 3600, "id_token": id_token}
        return JSONResponse(token)

    async def _keys(self, _request: Request) -> JSONResponse:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def _userinfo(self, request: Request) -> JSONResponse:
        assert request.headers["authorization"] == "Bearer abc"
        return JSONResponse(self.user)


@pytest.fixture
def provider() -> FakeProvider:
    return FakeProvider({"sub": "1", "preferred_username": "Jane", "orgs": []})


@pytest.fixture
def client(provider: FakeProvider) -> TestClient:
    policy = decide(Settings(), host="0.0.0.0", environment=SPACE)
    assert policy.provider is not None
    login = HuggingFace(policy.provider, transport=httpx2.ASGITransport(provider))
    return behind(access_control(policy, huggingface=login), base_url="https://jane-studio.hf.space")


def _go(client: TestClient, provider: FakeProvider, next_: str = "/x") -> dict[str, str]:
    """Off to Hugging Face, where the user agrees; what it was asked."""
    reply = client.get("/login/huggingface", params={"next": next_})
    assert reply.headers["location"].startswith(f"{URL}/oauth/authorize?")
    query = parse_qs(urlsplit(reply.headers["location"]).query)
    asked = {name: values[0] for name, values in query.items()}
    provider.nonce = asked["nonce"]
    return asked


def _back(client: TestClient, asked: dict[str, str], code: str = "the-code") -> Any:
    return client.get("/login/callback", params={"code": code, "state": asked["state"]})


def test_the_page_offers_it(client: TestClient) -> None:
    page = client.get("/login?next=/x", headers=BROWSER)
    assert 'href="/login/huggingface?next=%2Fx" target="_blank"' in page.text
    assert "<form" not in page.text, "no password is set, so none is asked for"
    assert "https://huggingface.co" in page.headers["content-security-policy"]


def test_the_owner_comes_in_and_goes_where_they_wanted(client: TestClient, provider: FakeProvider) -> None:
    assert client.get("/x").status_code == 401
    asked = _go(client, provider)
    assert asked["redirect_uri"] == "https://jane-studio.hf.space/login/callback"
    assert asked["code_challenge_method"] == "S256"
    came = _back(client, asked)
    assert (came.status_code, came.headers["location"]) == (303, "/x")
    assert provider.asked["redirect_uri"] == asked["redirect_uri"]
    assert provider.asked["code_verifier"]
    assert client.get("/x").text == "behind: /x"


def test_someone_else_is_told_whom_to_ask(client: TestClient, provider: FakeProvider) -> None:
    provider.user = {"sub": "2", "preferred_username": "<Mallory>"}
    came = _back(client, _go(client, provider))
    assert came.status_code == 403
    assert "&lt;Mallory&gt; is not on this studio" in came.text
    assert client.get("/x").status_code == 401


@pytest.mark.parametrize(
    "params", [{"code": "the-code", "state": "forged"}, {"code": "the-code"}, {"error": "access_denied"}]
)
def test_a_login_that_was_not_begun_here_or_not_finished_opens_nothing(
    client: TestClient, provider: FakeProvider, params: dict[str, str]
) -> None:
    _go(client, provider)
    assert "was not finished" in client.get("/login/callback", params=params).text
    assert client.get("/x").status_code == 401


def test_a_code_that_is_not_good_opens_nothing(client: TestClient, provider: FakeProvider) -> None:
    assert "was not finished" in _back(client, _go(client, provider), code="other").text
    assert client.get("/x").status_code == 401


def test_a_login_that_is_not_for_us_or_not_signed_by_them_opens_nothing(
    client: TestClient, provider: FakeProvider
) -> None:
    asked = _go(client, provider)
    provider.nonce = "of another login"
    assert "was not finished" in _back(client, asked).text
    asked = _go(client, provider)
    provider.signs_with = RSAKey.generate_key(2048)
    assert "was not finished" in _back(client, asked).text
    assert client.get("/x").status_code == 401


def test_a_login_works_once(client: TestClient, provider: FakeProvider) -> None:
    asked = _go(client, provider)
    assert _back(client, asked).status_code == 303
    client.post("/logout")
    assert "was not finished" in _back(client, asked).text


def test_a_hugging_face_that_is_away_is_said(client: TestClient, provider: FakeProvider) -> None:
    provider.reachable = False
    reply = client.get("/login/huggingface")
    assert reply.status_code == 502
    assert "could not be reached" in reply.text


def test_where_to_go_afterwards_is_checked_here_too(client: TestClient, provider: FakeProvider) -> None:
    assert _back(client, _go(client, provider, "//evil.example")).headers["location"] == "/"


def test_members_of_an_organisation_come_in() -> None:
    policy = decide(Settings(allowed_users="Lab, ann"), host="0.0.0.0", environment=SPACE)
    assert policy.provider is not None
    lab = [{"name": "The Lab", "preferred_username": "lab"}]
    assert allowed_name(policy.provider, {"preferred_username": "Bob", "orgs": lab}) == "Bob"
    assert allowed_name(policy.provider, {"preferred_username": "ANN"}) == "ANN"
    assert allowed_name(policy.provider, {"preferred_username": "Jane"}) is None
    assert allowed_name(policy.provider, {"orgs": lab}) is None
    assert allowed_name(policy.provider, {}) is None
