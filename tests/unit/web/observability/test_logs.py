from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

import pytest

from samstudio.web.observability.logs import TEXT, AsJson, WithRequestId, configure_logs, request_id


def _record(message: str, *arguments: object, exc_info: bool = False) -> logging.LogRecord:
    info = sys.exc_info() if exc_info else None
    record = logging.LogRecord("samstudio.x", logging.WARNING, __file__, 1, message, arguments, info)
    WithRequestId().filter(record)
    return record


def test_a_line_is_one_json_object() -> None:
    token = request_id.set("abc")
    try:
        line = AsJson().format(_record("a %s\nof two lines, “quoted”", "message"))
    finally:
        request_id.reset(token)
    assert "\n" not in line
    found = json.loads(line)
    assert found.pop("time").endswith("+00:00")
    assert found == {
        "level": "WARNING",
        "logger": "samstudio.x",
        "request_id": "abc",
        "message": "a message\nof two lines, “quoted”",
    }


def test_a_failure_brings_its_traceback() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        line = AsJson().format(_record("no", exc_info=True))
    assert "ValueError: broken" in json.loads(line)["exception"]


def test_outside_of_a_request_there_is_no_id() -> None:
    assert " - samstudio.x: hello" in logging.Formatter(TEXT).format(_record("hello"))


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("samstudio")
    handlers, levels = root.handlers[:], (root.level, ours.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


@pytest.mark.usefixtures("logging_as_it_was")
def test_ours_are_written_from_the_level_on_and_others_from_warnings_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs(format="json", level="INFO")
    logging.getLogger("samstudio.x").info("ours")
    logging.getLogger("samstudio.x").debug("too little")
    logging.getLogger("httpx").info("theirs")
    logging.getLogger("httpx").warning("theirs, a warning")
    lines = [json.loads(line)["message"] for line in capsys.readouterr().err.splitlines()]
    assert lines == ["ours", "theirs, a warning"]
