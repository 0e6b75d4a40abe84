from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from samstudio.web.page import markup


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (0, "0 s"), (8.4, "8 s"), (59.6, "1 min 0 s"), (125, "2 min 5 s")]
)
def test_durations(seconds: float | None, words: str) -> None:
    assert markup.duration(seconds) == words


def test_today_is_a_clock_and_other_days_are_dated() -> None:
    now = datetime.now().astimezone().replace(hour=12, minute=5)
    assert markup.clock(now) == "12:05"
    assert markup.clock(now - timedelta(days=40)).endswith(" 12:05")
    assert markup.clock(None) == ""
    assert markup.clock(datetime.now(UTC).replace(tzinfo=None)) == markup.clock(datetime.now(UTC))


def test_what_a_person_typed_never_becomes_markup() -> None:
    text = markup.button('<img src=x onerror="1">', act='"><script>', kind="ss-primary")
    assert "<img" not in text
    assert "<script" not in text
    assert "<b>" not in markup.say("<b>") + markup.tag("<b>") + markup.box(title="<b>")


def test_scores() -> None:
    assert markup.miou(0.80249) == "0.802"
    assert markup.miou(None) == "–"
    assert markup.version_name(0) == "stock"
    assert markup.version_name(3) == "v3"
