"""Which requests pass the authentication, and what the others are told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from tests.unit.web.auth.visitors import (
    BEARER,
    BROWSER,
    OPEN,
    PASSWORD,
    POLICY,
    access_control,
    behind,
    log_in,
)


@pytest.fixture
def client() -> TestClient:
    return behind(access_control())


def test_a_program_without_a_token_is_told_how_to_come_in(client: TestClient) -> None:
    for method in ("GET", "POST", "DELETE"):
        reply = client.request(method, "/api/v1/images/x")
        assert reply.status_code == 401
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.headers["www-authenticate"].startswith("Bearer")
        assert "Authorization: Bearer" in reply.json()["detail"]


def test_a_browser_is_sent_to_the_login_page_and_knows_where_it_wanted_to_go(client: TestClient) -> None:
    assert client.get("/", headers=BROWSER).headers["location"] == "/login"
    reply = client.get("/some/page?a=1&b=2", headers=BROWSER)
    assert (reply.status_code, reply.headers["location"]) == (
        303,
        "/login?next=%2Fsome%2Fpage%3Fa%3D1%26b%3D2",
    )


def test_the_token_opens_and_nothing_like_it(client: TestClient) -> None:
    assert client.get("/x", headers=BEARER).text == "behind: /x"
    assert client.post("/x", headers=BEARER).status_code == 200
    good = BEARER["Authorization"]
    for bad in (f"{good}x", good[:-1], "Bearer ", "Bearer", "Basic " + good.split()[1], "Bearer ünïcode"):
        assert client.get("/x", headers={"Authorization": bad.encode()}).status_code == 401, bad


def test_without_a_token_set_no_token_opens() -> None:
    client = behind(access_control(type(POLICY)(password=POLICY.password)))
    for given in ("Bearer ", "Bearer None", "Bearer"):
        assert client.get("/x", headers={"Authorization": given}).status_code == 401


def test_a_session_opens_everything_behind(client: TestClient) -> None:
    log_in(client)
    assert client.get("/api/v1/images/x").status_code == 200
    assert client.get("/mounted/inside").text == "behind: /mounted/inside"
    with client.websocket_connect("ws://studio.lan/socket") as socket:
        assert socket.receive_text() == "behind"


def test_a_cookie_that_was_not_signed_here_opens_nothing(client: TestClient) -> None:
    log_in(client)
    (name, value), *_ = client.cookies.items()
    for forged in ("", "x", value[:-1], value[:-2] + ("aa" if value[-2:] != "aa" else "bb")):
        stranger = behind(access_control())
        assert stranger.get("/x", headers={"Cookie": f"{name}={forged}"}).status_code == 401, forged


def test_a_websocket_and_what_is_mounted_are_refused_too(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("ws://studio.lan/socket"):
        pass
    assert refused.value.code == 1008
    assert client.get("/mounted/inside").status_code == 401


def test_only_health_is_open(client: TestClient) -> None:
    assert client.get("/healthz").status_code == 200
    for path in ("/healthz/", "/healthz/x", "//healthz", "/x/healthz", "/metrics", "/loginx"):
        assert client.get(path).status_code == 401, path


def test_nothing_behind_is_reached_through_the_login_addresses(client: TestClient) -> None:
    for path in ("/login/../x", "/login/x", "/login//x", "/login/%2e%2e/x"):
        assert "behind" not in client.get(path, headers=BROWSER).text, path


def test_gradio_may_ask_whether_it_started_and_nobody_else() -> None:
    path = "/gradio_api/startup-events"
    assert behind(access_control()).get(path).status_code == 401
    itself = TestClient(behind(access_control()).app, client=("127.0.0.1", 1), base_url="http://127.0.0.1")
    assert itself.get(path).status_code == 200
    assert itself.get("/config").status_code == 401


def test_on_localhost_nothing_is_asked() -> None:
    client = behind(access_control(OPEN), base_url="http://localhost:7860")
    assert client.get("/x").status_code == 200
    assert client.post("/x").status_code == 200
    for host in ("127.0.0.1:7860", "[::1]:7860", "LOCALHOST", "localhost."):
        assert client.get("/x", headers={"Host": host}).status_code == 200, host


def test_a_name_that_points_at_localhost_gets_nothing() -> None:
    client = behind(access_control(OPEN))
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[", ""):
        reply = client.get("/x", headers={"Host": host})
        assert reply.status_code == 421, host
        assert "SAMSTUDIO_ALLOWED_HOSTS" in reply.json()["detail"]
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/socket"):
        pass


def test_another_sites_page_can_neither_write_nor_read() -> None:
    client = behind(access_control(OPEN), base_url="http://localhost:7860")
    for headers in (
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "null"},
    ):
        assert client.post("/x", headers=headers).status_code == 403, headers
        assert client.get("/x", headers=headers).status_code == 403, headers
    form = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.post("/x", headers=form).status_code == 403


def test_a_link_from_another_site_and_our_own_page_pass() -> None:
    client = behind(access_control(OPEN), base_url="http://localhost:7860")
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/", headers=link).status_code == 200
    for own in (
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost:7860"},
    ):
        assert client.post("/x", headers=own).status_code == 200, own


def test_another_site_cannot_show_it_in_a_frame_unless_it_is_a_space() -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    here = behind(access_control(OPEN), base_url="http://localhost:7860")
    space = behind(access_control(replace(POLICY, embedded=True)))
    for frame in ("iframe", "frame", "embed", "object"):
        assert here.get("/", headers=link | {"Sec-Fetch-Dest": frame}).status_code == 403, frame
        framed = space.get("/", headers=link | BROWSER | {"Sec-Fetch-Dest": frame})
        assert framed.headers["location"] == "/login"
    assert here.get("/", headers=link | {"Sec-Fetch-Dest": "document"}).status_code == 200
    notebook = link | {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "iframe"}
    assert here.get("/", headers=notebook).status_code == 200


def test_a_session_does_not_work_for_another_sites_page_but_a_token_does(client: TestClient) -> None:
    log_in(client)
    cross = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
    assert client.get("/x", headers=cross).status_code == 403
    assert client.get("/x", headers=cross | BEARER).status_code == 200


def test_below_a_proxys_prefix_the_paths_keep_it() -> None:
    client = behind(access_control(), root_path="/studio-a")
    assert client.get("/x?a=1", headers=BROWSER).headers["location"] == "/studio-a/login?next=%2Fx%3Fa%3D1"
    entered = log_in(client, next="/x")
    assert entered.headers["location"] == "/studio-a/x"
    assert "Path=/studio-a;" in entered.headers["set-cookie"]


def test_a_proxys_own_pages_are_ours() -> None:
    policy = replace(
        POLICY,
        hosts=frozenset({"localhost", "studio.example.org"}),
        proxies=frozenset({"studio.example.org"}),
    )
    client = behind(access_control(policy), base_url="http://localhost:7860")
    for origin, status in (("https://studio.example.org", 303), ("https://evil.example.org", 403)):
        assert (
            client.post("/login", data={"password": PASSWORD}, headers={"Origin": origin}).status_code
            == status
        )
