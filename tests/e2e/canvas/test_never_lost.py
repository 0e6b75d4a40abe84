"""Nothing a person did is ever lost: not by kill -9, a lost reply, a crash, a full disk, another tab."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, expect

from samstudio.config import Settings
from samstudio.domain import Annotation, AnnotationStatus
from samstudio.masks import decode_rle
from samstudio.project import open_project
from tests.e2e.page import CANVAS
from tests.e2e.people import Person, answering, person, picture, reply_lost
from tests.processes import App, RestartableApp

SERVER = "**/component_server/"
SIZE = (180, 240)


class Real:
    """The real app, which can be killed, someone at work in it, and its database."""

    def __init__(self, app: RestartableApp, project: Any, who: Person) -> None:
        self.app, self.project, self.who = app, project, who

    def rows(self) -> list[Annotation]:
        """Everything that is stored of the open image, deleted or not."""
        return list(self.project.annotations.list(self.who.known("image")["id"]))

    def reopen(self) -> None:
        """Another window of the same browser."""
        self.who = person(self.who.page.context, self.app.url)


@pytest.fixture(scope="module")
def real(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    storage = tmp_path_factory.mktemp("real") / "storage"
    with ExitStack() as stack:
        app = stack.enter_context(RestartableApp(storage))
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        stack.callback(context.close)
        real = Real(app, open_project(Settings(storage=storage)), person(context, app.url))
        yield real
        real.who.check_quiet()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    yield context
    context.close()


@pytest.fixture(scope="module")
def shared(fake_app: App, context: BrowserContext) -> Iterator[Person]:
    """One window for most of this module: loading it takes longer than most tests."""
    who = person(context, fake_app.url)
    yield who
    who.check_quiet()


@pytest.fixture
def who(shared: Person, tmp_path: Path) -> Iterator[Person]:
    """That window, with a picture of the test's own open."""
    shared.begin(picture(tmp_path))
    shared.page.evaluate(
        f"() => {CANVAS}.store.set({{ tool: 'prompt', many: false, brush: 12, notice: null }})"
    )
    yield shared
    shared.page.unroute_all()


def _whole(crop: Any) -> Any:
    """A page's mask as an array of the image's size."""
    x, y, w, h, bits = crop
    mask = np.zeros(SIZE, bool)
    mask[y : y + h, x : x + w] = np.frombuffer(bits.encode(), np.uint8).reshape(h, w) == ord("1")
    return mask


# ------------------------------------------------------------ the real app, killed


def test_a_stroke_survives_the_death_of_the_server_and_a_reload(real: Real, tmp_path: Path) -> None:
    who = real.who
    path = picture(tmp_path)
    who.begin(path)
    who.page.wait_for_function(f"{CANVAS}.store.get('ready')", timeout=60_000)
    who.box((60, 40), (150, 120))
    proposed = who.mask()
    who.press("b")
    who.page.mouse.move(*who.middle(20, 20))
    who.page.mouse.down()
    who.page.mouse.move(*who.middle(60, 30))
    real.app.kill()
    who.page.mouse.move(*who.middle(100, 25))
    who.page.mouse.up()
    who.press("b")
    drawn = who.mask()
    assert _whole(drawn)[25, 95], "the stroke went on to its end"
    assert not _whole(proposed)[25, 95]
    expect(who.lost).to_be_visible()
    real.app.start()
    expect(who.lost).to_be_hidden()
    who.open()
    who.page.wait_for_function(f"{CANVAS}.store.get('opened')")
    assert who.known("image")["filename"] == path.name, "the same image is open again"
    assert who.mask() == drawn
    assert who.mask("base") == proposed
    who.enter()
    expect(who.objects).to_have_count(1)
    (row,) = real.rows()
    assert row.status is AnnotationStatus.ACCEPTED
    assert np.array_equal(decode_rle(row.rle), _whole(drawn))
    assert row.proposed_rle
    assert np.array_equal(decode_rle(row.proposed_rle), _whole(proposed))

    # An accept can be undone and redone by a server that was started since.
    real.app.kill()
    expect(who.lost).to_be_visible()
    real.app.start()
    expect(who.lost).to_be_hidden()
    who.press("Control+z")
    assert [one.status for one in real.rows()] == [AnnotationStatus.REJECTED]
    assert who.mask() == drawn
    who.press("Control+Shift+z")
    assert [one.status for one in real.rows()] == [AnnotationStatus.ACCEPTED]
    assert who.mask() is None


def test_what_was_accepted_without_a_server_arrives_after_a_crash_of_the_browser(
    real: Real, tmp_path: Path
) -> None:
    who = real.who
    path = picture(tmp_path)
    who.begin(path)
    who.box((30, 30), (120, 120))
    first = who.mask()
    real.app.kill()
    who.enter()
    expect(who.unsent).to_have_count(1)
    expect(who.unsent).to_contain_text("not saved yet")
    expect(who.notice).to_contain_text("kept in this browser and sent again")
    who.brush((150, 20), (200, 60))
    second = who.mask()
    who.enter()
    expect(who.unsent).to_have_count(2)
    who.brush((20, 150), (60, 160))
    third = who.mask()
    who.idle()
    who.crash()
    real.app.start()
    real.reopen()
    who = real.who
    expect(who.objects).to_have_count(2)
    expect(who.unsent).to_have_count(0)
    rows = real.rows()
    assert [row.status for row in rows] == [AnnotationStatus.ACCEPTED] * 2
    for row, mask in zip(rows, (first, second), strict=True):
        assert np.array_equal(decode_rle(row.rle), _whole(mask)), "in the order in which they were accepted"
    assert who.mask() == third, "and what was only drawn is drawn"
    who.press("Escape")


def test_a_draft_outlives_its_image(real: Real, tmp_path: Path) -> None:
    who = real.who
    path = picture(tmp_path)
    who.begin(path)
    image_id = who.known("image")["id"]
    who.brush((40, 40), (90, 60))
    drawn = who.mask()
    real.project.images.delete(image_id)
    who.enter()
    expect(who.notice).to_contain_text("deleted")
    expect(who.page.locator(f'.ss-thumb[title="{path.name}"]')).to_have_count(0)
    expect(who.notice).to_contain_text("kept in this browser")
    who.begin(path)
    assert who.mask() == drawn
    who.enter()
    expect(who.objects).to_have_count(1)
    assert len(real.rows()) == 1


def test_an_image_that_came_and_went_between_two_news_is_not_listed(real: Real, tmp_path: Path) -> None:
    who = real.who
    path = picture(tmp_path)
    changes = f"{CANVAS}.session.remoteChanges"
    who.page.wait_for_function(f"{changes}.stamp")
    who.idle()
    who.page.evaluate(f"() => {{ {changes}.heard = async () => {{}}; }}")  # nothing is heard meanwhile
    who.begin(path)
    real.project.images.delete(who.known("image")["id"])
    who.page.evaluate(f"() => {{ delete {changes}.heard; }}")
    expect(who.page.locator(f'.ss-thumb[title="{path.name}"]')).to_have_count(0)


def test_an_accepted_object_waits_for_its_deleted_image_to_come_back(real: Real, tmp_path: Path) -> None:
    who = real.who
    path = picture(tmp_path)
    who.begin(path)
    image_id = who.known("image")["id"]
    who.brush((40, 40), (90, 60))
    drawn = who.mask()
    with who.offline():
        who.enter()
        expect(who.unsent).to_have_count(1)
        real.project.images.delete(image_id)
    expect(who.notice).to_contain_text("deleted")
    who.page.wait_for_function(f"{CANVAS}.store.get('image')?.id !== {image_id!r}")
    who.open()
    expect(who.notice).to_contain_text("saved when that image is added again")
    who.begin(path)
    expect(who.objects).to_have_count(1)
    (row,) = real.rows()
    assert np.array_equal(decode_rle(row.rle), _whole(drawn))


# ------------------------------------------------------------ a lost connection


def test_a_reply_that_got_lost_stores_one_object(who: Person) -> None:
    who.page.route(SERVER, answering("change_objects", reply_lost, times=2))
    who.box((60, 40), (150, 120))
    who.enter()
    expect(who.objects).to_have_count(1)
    expect(who.unsent).to_have_count(0)
    assert len(who.stored()) == 1


def test_a_correction_whose_reply_got_lost_is_no_quarrel_with_oneself(who: Person) -> None:
    who.box((60, 40), (150, 120))
    who.accept()
    who.page.route(SERVER, answering("update_object", reply_lost))
    who.edit()
    who.brush((10, 10), (40, 20))
    who.enter()
    expect(who.notice).to_contain_text("did not answer")
    who.brush((200, 10), (220, 20))
    drawn = who.mask()
    who.page.keyboard.press("Enter")
    who.page.wait_for_function(f"!{CANVAS}.store.get('draft').of")
    expect(who.dialog).to_be_hidden()
    assert who.mask(who.stored()[0]["id"]) == drawn


def test_an_accept_that_was_not_sent_can_be_undone_and_redone(who: Person) -> None:
    who.box((60, 40), (150, 120))
    drawn = who.mask()
    with who.offline():
        who.enter()
        expect(who.unsent).to_have_count(1)
        who.press("Control+z")
        expect(who.unsent).to_have_count(0)
        assert who.mask() == drawn
    who.page.wait_for_function(f"{CANVAS}.session.outbox.entries.size === 0")
    assert who.stored() == []
    who.press("Control+Shift+z")
    expect(who.objects).to_have_count(1)
    assert len(who.stored()) == 1
    assert who.mask() is None


def test_a_prompt_asked_of_nobody_is_answered_when_the_server_is_back(who: Person) -> None:
    name = who.known("image")["filename"]
    with who.offline():
        who.box((60, 40), (150, 120))
        assert who.known("draft")["box"] == [60, 40, 150, 120]
        expect(who.page.locator("[data-draft-text]")).to_contain_text("asked again")
    who.page.wait_for_function(f"{CANVAS}.store.get('draft').mask")
    plain = who.mask()
    # A click on top of a mask too: its old mask stays until the new one is there.
    with who.offline():
        who.click(200, 100)
        assert who.mask() == plain
    who.page.wait_for_function(
        f"{CANVAS}.store.get('draft').mask.x + {CANVAS}.store.get('draft').mask.w > 200"
    )
    # And after a reload, if the page was left before it was answered.
    who.page.route(SERVER, answering("predict", lambda route: route.abort()))
    who.box((20, 20), (60, 60))
    assert who.mask() is None
    who.back_to(name)
    who.page.wait_for_function(f"{CANVAS}.store.get('draft').mask")
    assert who.known("draft")["box"] == [20, 20, 60, 60]


def test_boxes_asked_of_nobody_are_answered_when_the_server_is_back(who: Person) -> None:
    who.press("m")
    for x in (20, 120):
        who.drag((x, 20), (x + 60, 80))
    with who.offline():
        who.enter()
        assert who.known("boxes") == [[20, 20, 80, 80], [120, 20, 180, 80]]
    who.page.wait_for_function(f"{CANVAS}.store.get('waiting').length === 1")


def test_an_image_opened_without_a_server_is_worked_on_and_completed_later(
    who: Person, tmp_path: Path
) -> None:
    first = who.known("image")["filename"]
    who.box((60, 40), (150, 120))
    who.accept()
    who.begin(picture(tmp_path, "-other"))
    with who.offline():
        who.page.locator(f'.ss-thumb[title="{first}"]').click()
        expect(who.notice).to_contain_text("did not answer")
        who.brush((10, 10), (40, 20))
        drawn = who.mask()
        who.enter()
        expect(who.unsent).to_have_count(1)
        who.brush((200, 10), (220, 20))
        begun = who.mask()
    expect(who.objects).to_have_count(2)
    assert who.mask() == begun
    who.back_to(first)
    assert who.mask() == begun
    assert who.mask(who.stored()[1]["id"]) == drawn


# ------------------------------------------------------------ crashes at a bad moment


def _drawn_quickly(who: Person, x: int) -> Any:
    """Draw a stroke and accept it, without waiting for what came before; → its mask."""
    who.page.keyboard.press("b")
    who.stroke((x, 40), (x + 40, 60))
    who.page.wait_for_function(f"{CANVAS}.store.get('draft').mask")
    drawn = who.mask()
    who.page.keyboard.press("Enter")
    return drawn


def test_an_object_is_safe_from_the_key_press_on(who: Person, context: BrowserContext, fake_app: App) -> None:
    name = who.known("image")["filename"]
    other = person(context, fake_app.url)
    other.open_image(name)
    other.page.route(SERVER, answering("change_objects", lambda route: None, times=9))
    drawn = []
    for x in (40, 140):  # the second one stands in line behind the first
        drawn.append(_drawn_quickly(other, x))
    other.page.wait_for_function(f"{CANVAS}.store.get('unsent').length === 2")
    other.page.wait_for_function(f"() => {CANVAS}.session.draftStorage.settled().then(() => true)")
    other.crash()
    who.back_to(name)
    expect(who.objects).to_have_count(2)
    assert who.mask() is None, "what was accepted is not drawn once more"
    assert [who.mask(one["id"]) for one in who.stored()] == drawn


def test_a_slow_server_stores_on_the_image_that_was_accepted(who: Person, tmp_path: Path) -> None:
    first = who.known("image")["filename"]
    held: list[Any] = []
    who.page.route(SERVER, answering("change_objects", held.append))
    for x in (40, 140):
        _drawn_quickly(who, x)
    who.page.wait_for_function(f"{CANVAS}.store.get('unsent').length === 2")
    who.page.keyboard.press("ArrowLeft")
    who.page.wait_for_function(
        f"{CANVAS}.store.get('opened') && {CANVAS}.store.get('image').filename !== {first!r}"
    )
    assert len(held) == 1
    before = len(who.stored())
    held[0].continue_()
    who.settle()
    who.press("Control+z")
    assert len(who.stored()) == before, "nothing came here, and the other image's history stays there"
    who.open_image(first)
    expect(who.objects).to_have_count(2)


# ------------------------------------------------------------ undo, and work that waits


def test_120_strokes_are_undone_and_redone(who: Person, tmp_path: Path) -> None:
    first = who.known("image")["filename"]
    who.press("b")
    masks = []
    for i in range(120):
        x, y = 12 + 18 * (i % 12), 10 + 16 * (i // 12)
        who.stroke((x, y), (x + 6, y + 4))
        if i in (0, 59):
            who.press("b")
            masks.append(who.mask())
    who.press("b")
    masks.append(who.mask())
    who.begin(picture(tmp_path, "-other"))
    who.brush((30, 30), (60, 60))
    for _ in range(3):
        who.press("Control+z")
    assert who.mask() is None
    who.open_image(first)
    assert who.mask() == masks[2], "another image's undo is not this one's"
    for presses, mask in ((60, masks[1]), (59, masks[0]), (1, None), (0, None)):
        _keys(who, "Control+z", presses)
        assert who.mask() == mask
    for presses, mask in ((1, masks[0]), (59, masks[1]), (60, masks[2])):
        _keys(who, "Control+Shift+z", presses)
        assert who.mask() == mask


def _keys(who: Person, key: str, times: int) -> None:
    for _ in range(times):
        who.page.keyboard.press(key)
    who.idle()


def test_what_was_begun_on_several_images_waits_there_over_a_reload(who: Person, tmp_path: Path) -> None:
    names = [str(who.known("image")["filename"])]
    who.box((60, 40), (150, 120))
    who.accept()
    (row,) = who.stored()
    who.objects.get_by_role("button", name="Lock").click()
    who.objects.get_by_role("button", name="Hide").click()
    who.press("p")
    for corner in ((20, 20), (60, 30), (50, 80)):
        who.click(*corner)
    polygon = who.known("polygon")
    for name in ("-boxes", "-mask"):
        path = picture(tmp_path, name)
        who.begin(path)
        names.append(path.name)
        who.press("s")
        if name == "-boxes":
            who.press("m")
            who.drag((20, 20), (60, 60))
            who.drag((80, 20), (120, 60))
            who.press("m")
        else:
            who.drag((60, 40), (150, 120))
            who.brush((10, 10), (200, 20))
            drawn = who.mask()
    who.back_to(names[0])
    assert len(polygon["points"]) == 3
    assert who.known("polygon") == polygon
    assert who.known("flags") == {str(row["id"]): {"hidden": True, "locked": True}}
    who.open_image(names[1])
    assert who.known("boxes") == [[20, 20, 60, 60], [80, 20, 120, 60]]
    who.open_image(names[2])
    assert who.mask() == drawn
    assert who.known("draft")["box"] == [60, 40, 150, 120]


# ------------------------------------------------------------ two tabs, and browsers that keep nothing


def test_two_tabs_share_a_draft_and_do_not_write_over_each_other(
    who: Person, context: BrowserContext, fake_app: App
) -> None:
    name = who.known("image")["filename"]
    who.brush((40, 40), (90, 60))
    drawn = who.mask()
    tab = person(context, fake_app.url)
    tab.open_image(name)
    assert tab.mask() == drawn, "a new tab goes on with what was begun"
    tab.press("Escape")
    tab.brush((150, 100), (200, 120))
    other = tab.mask()
    who.brush((40, 100), (90, 110))
    drawn = who.mask()
    who.back_to(name)
    assert who.mask() == drawn, "each tab has its own"
    tab.page.close()
    who.press("Escape")
    tab = person(context, fake_app.url)
    tab.open_image(name)
    assert tab.mask() == other, "what a closed tab had begun is still there"
    tab.page.close()


def test_one_draft_accepted_in_two_tabs_is_one_object_unless_it_became_two(
    who: Person, context: BrowserContext, fake_app: App
) -> None:
    name = who.known("image")["filename"]
    who.brush((40, 40), (90, 60))
    same = person(context, fake_app.url)
    same.open_image(name)
    who.enter()
    same.enter()
    assert len(who.stored()) == 1
    who.brush((40, 100), (90, 110))
    same.back_to(name)
    same.brush((150, 100), (200, 120))
    theirs, mine = who.mask(), same.mask()
    who.enter()
    same.enter()
    stored = who.stored()
    assert len(stored) == 3
    expect(same.objects).to_have_count(3)
    assert [same.mask(one["id"]) for one in stored[1:]] == [theirs, mine]
    same.page.close()


def test_a_browser_that_keeps_nothing_works_and_says_so(
    browser: Browser, fake_app: App, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.add_init_script(
        "delete window.indexedDB; Object.defineProperty(window, 'indexedDB', { value: undefined })"
    )
    who = person(context, fake_app.url, page)
    who.begin(picture(tmp_path))
    who.brush((40, 40), (90, 60))
    expect(who.notice).to_contain_text("keeps nothing by itself")
    with who.offline():
        who.enter()
        expect(who.notice).to_contain_text("leave this page open")
    expect(who.objects).to_have_count(1)
    assert len(who.stored()) == 1
    who.brush((140, 40), (190, 60))
    questions: list[str] = []

    def leave(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.reload()
    assert questions == ["beforeunload"], "the browser asks before such a page is left"
    context.close()
    who.check_quiet()


def test_a_full_disk_is_told_and_the_work_goes_on(who: Person) -> None:
    name = who.known("image")["filename"]
    full = "throw new DOMException('full', 'QuotaExceededError')"
    who.page.evaluate(f"() => {{ IDBObjectStore.prototype.put = () => {{ {full} }} }}")
    who.brush((40, 40), (90, 60))
    expect(who.notice).to_contain_text("a full disk")
    with who.offline():
        who.enter()
        expect(who.notice).to_contain_text("leave this page open")
    expect(who.objects).to_have_count(1)
    assert len(who.stored()) == 1
    who.back_to(name)
    expect(who.objects).to_have_count(1)
