"""Two people on one image: each sees the other's objects, and nobody writes over anybody silently."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.page import CANVAS
from tests.e2e.people import Person, person, picture
from tests.processes import App


@pytest.fixture(scope="module")
def windows(browser: Browser, fake_app: App) -> Iterator[tuple[Person, Person]]:
    contexts = [browser.new_context(viewport={"width": 1280, "height": 720}) for _ in range(2)]
    ann, ben = (person(context, fake_app.url) for context in contexts)
    yield ann, ben
    for context in contexts:
        context.close()
    for one in (ann, ben):
        one.check_quiet()


@pytest.fixture
def two(windows: tuple[Person, Person], tmp_path: Path) -> tuple[Person, Person]:
    """Ann and Ben with the same picture open, on which Ann has accepted one object that Ben sees."""
    ann, ben = windows
    path = picture(tmp_path)
    ann.begin(path)
    for one in (ann, ben):
        one.page.evaluate(f"() => {CANVAS}.store.set({{ tool: 'prompt', brush: 12, notice: null }})")
    ann.box((60, 40), (150, 120))
    ann.accept()
    ben.page.locator(f'.ss-thumb[title="{path.name}"]').wait_for()
    ben.open_image(path.name)
    expect(ben.objects).to_have_count(1)
    return ann, ben


def _correct(who: Person, *points: tuple[int, int]) -> Any:
    """Add a stroke to the object and save it; → its mask as it should be."""
    who.edit()
    who.brush(*points)
    drawn = who.mask()
    who.page.keyboard.press("Enter")
    return drawn


def _saved(who: Person) -> None:
    who.page.wait_for_function(f"!{CANVAS}.store.get('draft').of && !{CANVAS}.store.get('saving')")
    who.idle()


def _sees(who: Person, id_: int, mask: Any) -> None:
    found = f"{CANVAS}.store.get('objects').find((one) => one.id === {id_})?.mask"
    x, y, w, h, bits = mask
    who.page.wait_for_function(
        f"(bits) => {found} && [{found}.x, {found}.y, {found}.w, {found}.h].join() === '{x},{y},{w},{h}'"
        f" && Array.from({found}.bits).join('') === bits",
        arg=bits,
    )


def _id(who: Person) -> int:
    return int(who.stored()[0]["id"])


def test_each_sees_what_the_other_does(two: tuple[Person, Person]) -> None:
    ann, ben = two
    ben.brush((20, 150), (80, 160))
    begun = ben.mask()
    ann.brush((200, 20), (220, 150))
    added = ann.mask()
    ann.enter()
    expect(ben.objects).to_have_count(2)
    _sees(ben, ann.stored()[1]["id"], added)
    corrected = _correct(ann, (205, 100), (230, 110))
    _saved(ann)
    _sees(ben, ann.stored()[1]["id"], corrected)
    ann.objects.first.get_by_role("button", name="Delete").click()
    expect(ben.objects).to_have_count(1)
    ann.press("Control+z")
    expect(ben.objects).to_have_count(2)
    assert ben.mask() == begun, "what Ben draws stays as it is"
    ben.press("Escape")


def test_take_theirs_leaves_theirs_and_undo_has_mine(two: tuple[Person, Person]) -> None:
    ann, ben = two
    ben.edit()
    theirs = _correct(ann, (10, 10), (50, 20))
    _saved(ann)
    ben.brush((200, 150), (230, 160))
    mine = ben.mask()
    ben.page.keyboard.press("Enter")
    expect(ben.dialog).to_be_visible()
    expect(ben.dialog).to_contain_text("Someone else changed this object")
    assert ann.mask(_id(ann)) == theirs, "nothing is written before the choice"
    ben.page.get_by_role("button", name="Take theirs").click()
    _saved(ben)
    assert ben.mask(_id(ben)) == theirs
    assert ann.stored()[0]["revision"] == 2
    ben.press("Control+z")
    assert ben.mask() == mine, "undo brings mine back"
    ben.press("Escape")


def test_keep_mine_puts_mine_and_undo_has_theirs(two: tuple[Person, Person]) -> None:
    ann, ben = two
    ben.edit()
    theirs = _correct(ann, (10, 10), (50, 20))
    _saved(ann)
    ben.brush((200, 150), (230, 160))
    mine = ben.mask()
    ben.page.keyboard.press("Enter")
    ben.page.get_by_role("button", name="Keep mine").click()
    _saved(ben)
    id_ = _id(ann)
    assert ben.mask(id_) == mine
    _sees(ann, id_, mine)
    ben.press("Control+z")
    _sees(ann, id_, theirs)
    assert ben.mask() == mine
    ben.press("Control+Shift+z")
    _sees(ann, id_, mine)


def test_a_correction_of_what_was_deleted_brings_it_back_or_leaves_it(two: tuple[Person, Person]) -> None:
    ann, ben = two
    id_ = _id(ann)
    ben.edit()
    ann.objects.first.get_by_role("button", name="Delete").click()
    expect(ben.objects).to_have_count(0)
    ben.brush((200, 150), (230, 160))
    mine = ben.mask()
    ben.page.keyboard.press("Enter")
    expect(ben.dialog).to_contain_text("deleted this object")
    ben.page.get_by_role("button", name="Leave it deleted").click()
    _saved(ben)
    assert ann.stored() == []
    ben.press("Control+z")
    assert ben.mask() == mine
    # Also after a reload, when this page has never seen the object.
    name = ben.known("image")["filename"]
    ben.back_to(name)
    ben.page.keyboard.press("Enter")
    ben.page.get_by_role("button", name="bring it back").click()
    _saved(ben)
    expect(ben.objects).to_have_count(1)
    _sees(ann, id_, mine)
    ben.press("Control+z")
    assert ann.stored() == [], "before the choice it was deleted"
    ben.press("Control+Shift+z")
    _sees(ann, id_, mine)


def test_an_undo_does_not_take_away_what_someone_did_since(two: tuple[Person, Person]) -> None:
    ann, ben = two
    id_ = _id(ann)
    theirs = _correct(ben, (200, 150), (230, 160))
    _saved(ben)
    _sees(ann, id_, theirs)
    ann.page.keyboard.press("Control+z")
    expect(ann.dialog).to_contain_text("since")
    ann.page.get_by_role("button", name="Take theirs").click()
    ann.idle()
    assert ann.mask(id_) == theirs
    assert [one["id"] for one in ann.stored()] == [id_]


def test_both_delete_the_same_object(two: tuple[Person, Person]) -> None:
    ann, ben = two
    ben.page.evaluate(f"() => {{ {CANVAS}.session.remoteChanges.merge = () => {{}} }}")  # Ben looks away
    ann.objects.first.get_by_role("button", name="Delete").click()
    expect(ann.objects).to_have_count(0)
    ben.objects.first.get_by_role("button", name="Delete").click()
    expect(ben.objects).to_have_count(0)
    expect(ben.dialog).to_be_hidden()
    ben.page.evaluate(f"() => {{ delete {CANVAS}.session.remoteChanges.merge }}")


def test_what_one_does_and_undoes_alone_is_no_conflict(two: tuple[Person, Person]) -> None:
    ann, _ = two
    for _ in range(2):
        drawn = _correct(ann, (10, 10), (50, 20))
        _saved(ann)
        ann.press("Control+z")
        assert ann.mask() == drawn
        ann.enter()
        expect(ann.dialog).to_be_hidden()
        _saved(ann)
        assert ann.mask(_id(ann)) == drawn
        ann.press("Control+z")
        ann.press("Escape")
    name = ann.known("image")["filename"]
    ann.press("Control+z")
    ann.back_to(name)
    ann.enter()
    expect(ann.dialog).to_be_hidden()
    _saved(ann)
