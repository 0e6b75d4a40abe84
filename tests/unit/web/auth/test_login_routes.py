"""Logging in and out, and the page for it."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from samstudio.web.auth.login_page import FONTS, font_path
from samstudio.web.auth.login_routes import MAX_FORM_BYTES, safe_next
from samstudio.web.auth.policy import Policy
from tests.unit.web.auth.visitors import (
    BROWSER,
    PASSWORD,
    POLICY,
    TOKEN,
    Clock,
    access_control,
    behind,
    log_in,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> TestClient:
    return behind(access_control(clock=clock))


def test_the_right_password_leads_to_the_page_that_was_wanted(client: TestClient) -> None:
    reply = log_in(client, next="/some/page?a=1")
    assert (reply.status_code, reply.headers["location"]) == (303, "/some/page?a=1")
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert PASSWORD not in cookie
    assert client.get("/").status_code == 200


def test_the_cookie_is_for_https_alone_where_the_page_is() -> None:
    assert "; Secure" in log_in(behind(access_control(), base_url="https://studio.lan")).headers["set-cookie"]
    proxied = behind(access_control()).post(
        "/login", data={"password": PASSWORD}, headers={"X-Forwarded-Proto": "https"}
    )
    assert "; Secure" in proxied.headers["set-cookie"]


def test_in_a_spaces_frame_the_cookie_is_kept() -> None:
    cookie = log_in(behind(access_control(replace(POLICY, embedded=True)))).headers["set-cookie"]
    assert "SameSite=None; Secure; Partitioned" in cookie


def test_a_person_may_type_the_token(client: TestClient) -> None:
    assert log_in(client, TOKEN).status_code == 303
    only_token = behind(access_control(Policy(token=POLICY.token)))
    assert "Access token" in only_token.get("/login").text
    assert log_in(only_token, TOKEN).status_code == 303


def test_a_wrong_password_is_refused_and_not_repeated(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        reply = log_in(client, "wrong horse", next="/x")
    assert reply.status_code == 401
    assert "set-cookie" not in reply.headers
    assert 'role="alert"' in reply.text
    assert 'value="/x"' in reply.text, "where one wanted to go is still known"
    assert "wrong horse" not in reply.text + caplog.text
    assert "wrong password" in caplog.text
    for empty in ("", " ", "\0"):
        assert log_in(client, empty).status_code == 401


def test_without_a_password_set_an_empty_one_opens_nothing() -> None:
    assert log_in(behind(access_control(Policy(token=POLICY.token))), "").status_code == 401


def test_after_five_wrong_tries_one_waits_even_with_the_right_one(client: TestClient, clock: Clock) -> None:
    assert [log_in(client, "wrong").status_code for _ in range(5)] == [401] * 5
    reply = log_in(client)
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "60")
    assert "Wait 60 seconds" in reply.text
    clock.now += 61
    assert log_in(client).status_code == 303


def test_a_form_that_is_too_large_is_not_read_on(client: TestClient) -> None:
    assert log_in(client, "x" * MAX_FORM_BYTES).status_code == 401


def test_another_sites_form_cannot_log_in(client: TestClient) -> None:
    form = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.post("/login", data={"password": PASSWORD}, headers=form).status_code == 403
    other = {"Origin": "http://evil.example"}
    assert client.post("/login", data={"password": PASSWORD}, headers=other).status_code == 403


def test_logging_out_ends_it(client: TestClient) -> None:
    log_in(client)
    reply = client.post("/logout")
    assert (reply.status_code, reply.headers["location"]) == (303, "/login?left")
    assert "Max-Age=0" in reply.headers["set-cookie"]
    assert client.get("/x").status_code == 401
    assert "You are logged out" in client.get("/login?left").text


def test_who_is_in_needs_no_login_page(client: TestClient) -> None:
    log_in(client)
    assert client.get("/login?next=/x", headers=BROWSER).headers["location"] == "/x"


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "/a\\b",
        "https://evil.example",
        "javascript:alert(1)",
        "evil",
        "",
        "/\t/evil.example",
        "/x\r\nSet-Cookie: a=b",
        "/login",
        "/login?next=/x",
        "/logout",
        None,
    ],
)
def test_only_our_own_pages_are_gone_to(path: str | None) -> None:
    assert safe_next(path) == "/"


def test_our_own_pages_are_gone_to() -> None:
    assert safe_next("/a/b?c=d&e=%2F#f") == "/a/b?c=d&e=%2F#f"


def test_what_comes_from_the_address_is_escaped(client: TestClient) -> None:
    page = client.get("/login", params={"next": '/"><script>alert(1)</script>'}).text
    assert "<script" not in page


def test_the_page_needs_no_script_and_nothing_from_elsewhere(client: TestClient) -> None:
    reply = client.get("/login", headers=BROWSER)
    assert reply.status_code == 200
    assert "<script" not in reply.text
    assert not re.findall(r'(?:src|href)="https?:', reply.text)
    assert not re.search(r"\$\{?\w", reply.text), "every placeholder is filled in"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert reply.headers["cache-control"] == "no-store"


def test_the_page_has_the_apps_font_and_no_other_file(client: TestClient) -> None:
    for name in FONTS:
        reply = client.get(f"/login/{name}")
        assert reply.headers["content-type"] == "font/woff2"
        assert reply.content[:4] == b"wOF2"
    assert client.get("/login/IBMPlexSans-SemiBold.woff2").status_code == 404
    assert font_path("../../index.html") is None


def test_a_changed_password_ends_every_session(client: TestClient) -> None:
    log_in(client)
    (name, value), *_ = client.cookies.items()
    changed = behind(access_control(replace(POLICY, password=SecretStr("another one"))))
    assert changed.get("/x", headers={"Cookie": f"{name}={value}"}).status_code == 401
    same = behind(access_control())
    assert same.get("/x", headers={"Cookie": f"{name}={value}"}).status_code == 200
