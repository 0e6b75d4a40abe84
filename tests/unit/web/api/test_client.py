"""The client against a server that says what the test wants it to say."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from samstudio.client import Client, StaleError, StudioError

Answer = Callable[[str, dict[str, list[str]]], tuple[int, str, str]]
"""A path and its query → status, media type, text."""


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[Client, list[Any]]]:
    """A client of such a server, and the headers of what it asked."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers)
            url = urlsplit(self.path)
            status, kind, text = answer(url.path, parse_qs(url.query))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_PATCH = do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with Client(f"http://127.0.0.1:{server.server_port}", token="secret") as client:
            yield client, asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def always(status: int, kind: str, text: str) -> AbstractContextManager[tuple[Client, list[Any]]]:
    return serving(lambda _path, _query: (status, kind, text))


def test_a_name_goes_with_every_request_in_any_script() -> None:
    with always(200, "application/json", '{"items": []}') as (client, asked):
        url = client._root
        with Client(url, author="山田 太郎") as named:
            named.categories()
        assert asked[0]["SAM-Studio-Author"] == "%E5%B1%B1%E7%94%B0%20%E5%A4%AA%E9%83%8E"


def test_a_token_goes_with_every_request() -> None:
    with always(200, "application/json", "{}") as (client, asked):
        client.server()
        assert asked[0]["authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("status", "kind", "text", "words"),
    [
        (
            404,
            "application/problem+json",
            '{"type": "urn:x", "detail": "there is no version 7"}',
            "no version 7",
        ),
        (502, "text/html", "<html>", "answered 502"),
        (500, "application/json", '"broken"', "broken"),
        (303, "text/html", "", "answered 303"),
    ],
)
def test_every_failure_is_told(status: int, kind: str, text: str, words: str) -> None:
    with always(status, kind, text) as (client, _), pytest.raises(StudioError, match=words) as failure:
        client.version(7)
    assert failure.value.status == status


def test_a_stale_change_brings_what_is_there_now() -> None:
    text = '{"type": "urn:samstudio:problem:stale-annotation", "detail": "x", "current": {"id": 3}}'
    with always(409, "application/problem+json", text) as (client, _), pytest.raises(StaleError) as failure:
        client.accept({"id": 3, "revision": 1})  # type: ignore[typeddict-item]
    assert failure.value.current == {"id": 3}


def test_lists_are_fetched_page_by_page() -> None:
    offsets = []

    def answer(_path: str, query: dict[str, list[str]]) -> tuple[int, str, str]:
        offset = int(query["offset"][0])
        offsets.append(offset)
        items = ", ".join(str(number) for number in range(offset, min(offset + 500, 1100)))
        return 200, "application/json", f'{{"items": [{items}], "total": 1100}}'

    with serving(answer) as (client, _):
        assert list(client.jobs()) == list(range(1100))
    assert offsets == [0, 500, 1000]


def test_events_are_read_whatever_stands_between_them() -> None:
    point = 'event: point\ndata: {"step": 1}\nid: 1\n\n'
    job = 'event: job\ndata: {"status":\ndata: "failed"}\n\n'
    stream = f": ping\n\n{point}: ping\n\n{job}"
    with always(200, "text/event-stream", stream) as (client, _):
        assert list(client.watch(1)) == [("point", {"step": 1}), ("job", {"status": "failed"})]


def test_an_action_on_many_images_is_waited_for() -> None:
    asked: list[str] = []

    def answer(path: str, _query: dict[str, list[str]]) -> tuple[int, str, str]:
        asked.append(path)
        state = "running" if len(asked) < 3 else "done"
        return 200, "application/json", f'{{"id": 7, "state": "{state}"}}'

    with serving(answer) as (client, _):
        assert client.change_images("tag", "hard", query={"proposals": True}, every=0)["state"] == "done"
        assert asked == ["/api/v1/bulk", "/api/v1/bulk/7", "/api/v1/bulk/7"]
        client.undo_bulk(7)
        client.cancel_bulk(7)
        assert asked[3:] == ["/api/v1/bulk/7/undo", "/api/v1/bulk/7/cancel"]


def test_what_is_found_is_listed_to_the_end() -> None:
    queries: list[dict[str, list[str]]] = []

    def answer(_path: str, query: dict[str, list[str]]) -> tuple[int, str, str]:
        queries.append(query)
        after = "null" if len(queries) == 2 else '"place"'
        return 200, "application/json", f'{{"items": [{{"id": {len(queries)}}}], "after": {after}}}'

    with serving(answer) as (client, _):
        found = list(client.find_images(proposals=True, tag=None, score_from=0.5))
    assert found == [{"id": 1}, {"id": 2}]
    assert queries[0] == {"proposals": ["true"], "score_from": ["0.5"], "limit": ["500"], "most": ["0"]}
    assert queries[1]["after"] == ["place"]


def test_near_duplicates_are_waited_for_and_listed_to_the_end() -> None:
    states = iter(["looking", "ready", "ready"])

    def answer(path: str, query: dict[str, list[str]]) -> tuple[int, str, str]:
        if path.endswith("/bring-back"):
            return 200, "application/json", '{"dismissed": 3}'
        assert path.endswith("/near-duplicates")
        last = "after" in query
        page = {"state": next(states), "items": [2] if last else [1], "after": None if last else "a"}
        return 200, "application/json", json.dumps(page)

    with serving(answer) as (client, asked):
        found = client.near_duplicates(every=0.01)
        assert (found["items"], found["after"], len(asked)) == ([1, 2], None, 3)
        assert client.bring_back_near_duplicates() == 3


def test_groups_are_made_of_near_duplicates_and_waited_for() -> None:
    states = iter(["running", "running", "done", "done"])

    def answer(_path: str, _query: dict[str, list[str]]) -> tuple[int, str, str]:
        return 200, "application/json", json.dumps({"id": 4, "state": next(states)})

    with serving(answer) as (client, _asked):
        assert client.accept_near_duplicates(["a"], every=0.01)["state"] == "done"
        assert client.dismiss_near_duplicates()["state"] == "done"
