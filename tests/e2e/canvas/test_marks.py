"""Where an image stands, notes and flags: said on the canvas, taken back, and never lost or written over."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.page import CANVAS
from tests.e2e.people import Person, person, picture
from tests.processes import App

RULES = """async () => {
  const { merged, rebased, disputed, cleanedNote, stateOf } =
    await import(new URL("studio/canvas/model/marks.js", document.baseURI).href);
  const target = { image_id: "i", object_id: null, name: "n" };
  const entry = (values, seen, sent = []) => ({ ...target, values, seen, sent, at: 0 });
  const before = entry({ note: "a" }, { note: "" }, [{ note: "x" }]);
  const both = merged(before, entry({ note: "ab", flagged: true }, { note: "a", flagged: false }));
  const left = rebased(both, { state: "todo", note: "ab", flagged: false });
  return {
    merged: [both.values, both.seen, both.sent],
    left: [left.values, left.seen, left.sent],
    nothing: rebased(both, { note: "ab", flagged: true }),
    disputed: [
      [{ note: "mine" }, { note: "" }, [], { note: "theirs" }],
      [{ note: "mine" }, { note: "" }, [], { note: "mine" }],
      [{ note: "mine" }, { note: "" }, [{ note: "sent" }], { note: "sent" }],
      [{ note: "theirs, and mine" }, { note: "" }, [], { note: "theirs" }],
      [{ note: "mine" }, { note: "seen" }, [], { note: "" }],
      [{ state: "done", flagged: true }, { state: "todo" }, [], { state: "nothing", flagged: true }],
      [{ state: "todo" }, { state: "todo" }, [{ state: "done" }], { state: "done" }],
    ].map(([values, seen, sent, theirs]) => disputed(entry(values, seen, sent), theirs).join()),
    cleaned: [" a \\r\\nb\\u0007\\t \\n", "　全角　x　", "\\ud800é"].map(cleanedNote),
    states: ["todo", "done", "nothing"].map((said) => `${stateOf(said, 0)},${stateOf(said, 2)}`),
  };
}"""


@pytest.fixture(scope="module")
def shared(fake_app: App, browser: Browser) -> Iterator[Person]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    who = person(context, fake_app.url)
    yield who
    context.close()
    who.check_quiet()


@pytest.fixture
def who(shared: Person, tmp_path: Path) -> Person:
    """Someone with three new pictures, which are all that is listed, the first of them open."""
    names = [picture(tmp_path, name) for name in "abc"]
    shared.upload(*names)
    shared.page.evaluate(
        f"(query) => {{ {CANVAS}.store.set({{ query }}); return {CANVAS}.session.images.refresh(); }}",
        {"text": tmp_path.name},
    )
    shared.open_image(names[0].name)
    return shared


def _ask(who: Person, path: str, method: str = "GET", body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    url = f"{who.url.rstrip('/')}/api/v1/{path}"
    request = urllib.request.Request(
        url, data=data, method=method, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)


def _images(who: Person) -> list[dict[str, Any]]:
    return list(_ask(who, "find/images?limit=500")["items"])


def _mark(who: Person, image_id: str, marks: Any) -> None:
    _ask(who, f"images/{image_id}/marks", "PATCH", marks)


def _left(who: Person) -> int:
    states = _ask(who, "dataset")["states"]
    return int(states["todo"] + states["in_progress"])


def _is_open(who: Person, letter: str) -> str:
    """Wait until the picture of that letter is open; → its name."""
    who.page.wait_for_function(
        f"(end) => {CANVAS}.store.get('image')?.filename.endsWith(end) && {CANVAS}.store.get('opened')",
        arg=f"{letter}.png",
    )
    return str(who.known("image")["filename"])


def _thumb(who: Person, name: str) -> Locator:
    return who.page.locator(f'[data-strip] .ss-thumb[title="{name}"]')


def _now(who: Person, name: str) -> tuple[str, str, bool]:
    (found,) = (one for one in _images(who) if one["image"]["filename"] == name)
    return found["state"], found["image"]["note"], found["image"]["flagged"]


def test_the_rules_of_what_is_said_and_on_its_way(shared: Person) -> None:
    found = shared.page.evaluate(RULES)
    assert found == {
        "merged": [{"note": "ab", "flagged": True}, {"note": "", "flagged": False}, [{"note": "x"}]],
        "left": [{"flagged": True}, {"flagged": False}, []],
        "nothing": None,
        "disputed": ["note", "", "", "", "note", "state", ""],
        "cleaned": ["a\nb", "全角　x", "é"],
        "states": ["todo,in_progress", "done,done", "nothing,in_progress"],
    }


def test_done_next_and_nothing_here_next_and_back(who: Person) -> None:
    first = _is_open(who, "a")
    who.box((60, 40), (150, 120))
    who.press("Control+Enter")
    expect(who.notice).to_contain_text("What you have begun on this image is not accepted: Enter accepts it")
    who.accept()
    who.press("Control+Shift+Enter")
    expect(who.notice).to_contain_text("There is an accepted object on this image.")
    assert _is_open(who, "a") == first
    who.press("Control+Enter")
    second = _is_open(who, "b")
    expect(who.notice).to_contain_text(f"{first} is done; {_left(who)} left to do.")
    expect(_thumb(who, first).locator("[data-stands=done]")).to_be_visible()
    who.press("Control+Shift+Enter")
    _is_open(who, "c")
    expect(who.notice).to_contain_text(f"{second} has nothing on it; {_left(who)} left to do.")
    assert (_now(who, first)[0], _now(who, second)[0]) == ("done", "nothing")

    who.press("Control+z")
    _is_open(who, "b")
    expect(who.notice).to_contain_text(f"{second} is to do again.")
    expect(who.page.locator("[data-title-signs] [data-stands]")).to_have_count(0)
    who.page.get_by_role("button", name="Nothing here, next").click()
    _is_open(who, "c")
    who.notice.get_by_role("button", name="Undo").click()
    _is_open(who, "b")
    expect(who.notice).to_contain_text("is to do again.")
    assert _now(who, second)[0] == "todo"

    who.open_image(first)
    who.press("ArrowDown")
    who.press("Shift+l")
    expect(who.objects.first.locator(".ss-flag")).to_be_visible()
    expect(_thumb(who, first).locator(".ss-flag")).to_be_visible()
    who.press("Shift+n")
    who.page.keyboard.type("one cup\nor two?")
    who.page.keyboard.press("Control+Enter")
    expect(who.objects.first.locator(".ss-note")).to_have_attribute("title", "one cup\nor two?")
    who.press("Control+z")
    expect(who.objects.first.locator(".ss-note")).to_have_count(0)
    who.idle()
    (stored,) = _ask(who, f"images/{who.known('image')['id']}/annotations")["items"]
    assert (stored["note"], stored["flagged"]) == ("", True)


def test_what_is_said_without_a_connection_arrives_and_theirs_is_not_written_over(who: Person) -> None:
    first = _is_open(who, "a")
    theirs = who.known("image")["id"]
    who.page.context.set_offline(True)
    who.page.get_by_role("button", name="Write a note on the image").click()
    who.page.keyboard.type("mine")
    who.page.keyboard.press("Escape")
    expect(_thumb(who, first).locator(".ss-note")).to_be_visible()
    who.press("Control+Enter")
    second = _is_open(who, "b")
    expect(who.notice).to_contain_text(f"{first} is done; kept in this browser until the server answers.")
    who.page.get_by_role("button", name="Write a note on the image").click()
    who.page.keyboard.type("half a sent")
    who.page.evaluate(f"() => {CANVAS}.session.marksOutbox.written")
    _mark(who, theirs, {"note": "theirs"})
    assert _now(who, first) == ("todo", "theirs", False)

    who.page.context.set_offline(False)
    who.open()  # in the midst of a note
    dialog = who.page.locator("[data-marks-conflict]")
    expect(dialog).to_contain_text("theirs")
    expect(dialog.locator("[data-mine-said]")).to_contain_text("mine")
    assert _now(who, first) == ("todo", "theirs", False), "nothing is written before the choice"
    dialog.get_by_role("button", name="Keep both notes").click()
    who.page.wait_for_function(f"() => !Object.keys({CANVAS}.store.get('unsentMarks')).length")
    assert _now(who, first) == ("done", "theirs\nmine", False)
    assert _now(who, second) == ("todo", "half a sent", False)
    expect(_thumb(who, second).locator(".ss-note")).to_have_attribute("title", "half a sent")
