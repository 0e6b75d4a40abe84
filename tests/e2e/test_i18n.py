"""The page in another language: how words are looked up, and a walk through all of it in Japanese."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.drawing import begin
from tests.e2e.page import StudioPage
from tests.processes import App

NAMES = """
SAM Studio Segment Anything IoU mIoU COCO YOLO VOC PNG Ultralytics Pascal JPEG WebP BMP TIFF
Ctrl Shift Alt Enter Esc Space Delete Backspace Tab onnxruntime pth safetensors onnx ONNX json annotations
segment anything EXIF CMYK English px min png object
"""
"""What Japanese writes in Latin letters too."""

ENGLISH = """
(names) => {
  const known = new Set(names.split(/\\s+/));
  const kept = "[translate=no], code, pre, kbd:not([translate=yes]), script, style";
  // What other tools call things is named in their words, each behind its Japanese one.
  const own = (text) => text.replace(/ほかのツールでの呼び名：.*|(?<=[ぁ-ヿ一-鿿])（[a-z -]+）/g, "");
  const words = (text) => own(text).match(/[A-Za-z][A-Za-z']{2,}/g) ?? [];
  const foreign = (text) => words(text).some((word) => !known.has(word));
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest(kept) || !element.checkVisibility({ visibilityProperty: true })) continue;
    const texts = [...element.childNodes].map((one) => (one.nodeType === Node.TEXT_NODE ? one.data : ""));
    for (const name of ["title", "aria-label", "placeholder", "alt", "aria-valuetext"]) {
      if (element.dataset.verbatim !== name) texts.push(element.getAttribute(name) ?? "");
    }
    found.push(...texts.filter(foreign).map((text) => text.trim()));
  }
  return [...new Set(found)];
}
"""

JAPANESE = ENGLISH.replace("/[A-Za-z][A-Za-z']{2,}/g", "/[ぁ-ヿ一-鿿]+/g")

MESSAGES = {
    "Add": "追加",
    "Objects": "オブジェクト",
    "1 object": "オブジェクト 1 個",
    "{0} objects": "オブジェクト {0} 個",
    "{0} of {1} objects": "オブジェクト {1} 個中 {0} 個",
    "Delete {0}?": "{0} を削除しますか？",
    "This cannot be undone.": "元に戻せません。",
    "{0*} got worse": "{0*} が悪化しました",
    "one click": "1 クリック",
    "no image has this id": "この ID の画像はありません",
    "{0}: {1*}": "{0}：{1*}",
}

SAID = {
    "Add": "追加",
    "  Add\n": "  追加\n",
    "1 object": "オブジェクト 1 個",
    "1,200 objects": "オブジェクト 1,200 個",
    "3 of 8  objects": "オブジェクト 8 個中 3 個",  # what says most of it wins
    "one click got worse": "1 クリック が悪化しました",
    "this got worse": "this が悪化しました",
    "Delete Objects?": "Objects を削除しますか？",  # a name stays as it is
    "Delete a.png? This cannot be undone.": "a.png を削除しますか？元に戻せません。",
    "2 objects · Add · 0.93": "オブジェクト 2 個 · 追加 · 0.93",
    "No image has this id. Try another.": "この ID の画像はありません。Try another.",
    "a.png: one click": "a.png：1 クリック",
    "93 %": "93 %",
    "Nobody wrote this": "Nobody wrote this",
    "Addition": "Addition",
}


@pytest.fixture(scope="module")
def japanese(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[StudioPage]:
    """An app of its own: in it nothing is called by an English name."""
    with App.of_module("tests.unit.web.fakes", str(tmp_path_factory.mktemp("fake"))) as app:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="ja-JP")
        page = StudioPage(context.new_page(), app.url)
        yield page
        context.close()
        page.check_quiet()


def _begin(japanese: StudioPage, folder: Path, name: str) -> None:
    (folder / name).mkdir()
    begin(japanese, folder / name)
    japanese.page.locator("[data-new-category]").fill("C3")
    japanese.page.keyboard.press("Enter")
    japanese.drag((60, 60), (200, 200))


def test_words_are_looked_up_whole_by_pattern_and_by_sentence(japanese: StudioPage) -> None:
    look_up = """async ([messages, texts]) => {
      const { Catalogue } = await import(new URL("studio/static/i18n/catalogue.js", document.baseURI).href);
      const catalogue = new Catalogue(messages);
      return texts.map((text) => [text, catalogue.translate(text)]);
    }"""
    said = japanese.page.evaluate(look_up, [MESSAGES, list(SAID)])
    assert dict(map(tuple, said)) == SAID


def test_what_changes_on_the_page_changes_in_its_language(japanese: StudioPage) -> None:
    """Texts and attributes, written after the page was; what people wrote stays theirs."""
    told: dict[str, Any] = japanese.page.evaluate(
        """async () => {
          const place = document.createElement("p");
          const seen = () => ({ text: place.textContent, title: place.title });
          const turn = () => new Promise((done) => setTimeout(done));
          document.querySelector(".gradio-container .contain").append(place);
          place.title = "Undo (Ctrl+Z)";
          place.textContent = "Objects";
          await turn();
          const first = seen();
          place.firstChild.data = "Images";
          place.insertAdjacentHTML("beforeend", '<kbd>Images</kbd><b translate="no">Images</b>');
          await turn();
          const then = seen();
          place.remove();
          return { first, then };
        }"""
    )
    assert told["first"] == {"text": "オブジェクト", "title": "元に戻す（Ctrl+Z）"}
    assert told["then"]["text"] == "画像ImagesImages"


def test_every_part_of_the_page_speaks_japanese(japanese: StudioPage, tmp_path: Path) -> None:
    page = japanese.page
    seen: list[str] = []

    def look() -> None:
        page.wait_for_timeout(60)
        seen.extend(page.evaluate(ENGLISH, NAMES))

    expect(page.locator("html")).to_have_attribute("lang", "ja")
    look()
    _begin(japanese, tmp_path, "P1")
    look()
    japanese.accept()
    japanese.objects.first.locator(".ss-object-main").click()
    page.locator("[data-command=display]").click()
    look()
    page.keyboard.press("Escape")
    page.locator("[data-command=help]").click()
    look()
    page.locator("[data-help] [data-command=tour]").click()
    for _ in range(4):
        look()
        page.locator(".ss-tour .ss-primary").click()
    _other_tabs(japanese, look)
    assert sorted(set(seen)) == []


def _other_tabs(japanese: StudioPage, look: Callable[[], None]) -> None:
    page = japanese.page
    page.locator("#tab-dataset-button").click()
    page.locator("#dataset .ss-image").first.wait_for()
    look()
    page.locator("#dataset [data-delete]").first.click()
    page.locator("#dataset [data-undo]").wait_for()
    look()
    page.locator("#dataset [data-undo]").click()
    page.locator("#tab-finetune-button").click()
    page.locator("#finetune .ss-primary").click()
    page.locator("#job progress").wait_for()
    look()
    page.locator("#job .ss-verdict").wait_for()
    page.locator("#tab-finetune button.label-wrap").click()
    look()
    page.locator("#tab-versions-button").click()
    page.locator("#versions [data-act=details]").first.click()
    page.locator("#versions .ss-details").wait_for()
    page.locator("#compare [data-row]").first.wait_for()
    look()


def test_the_language_changes_in_place_and_is_remembered(japanese: StudioPage, tmp_path: Path) -> None:
    page = japanese.page
    page.locator("#tab-annotate-button").click()
    _begin(japanese, tmp_path, "P2")
    before = page.locator("[data-draft-text]").text_content()
    page.get_by_role("button", name="English").click()
    expect(page.locator("#tab-dataset-button")).to_have_text("Dataset")
    expect(page.locator("[data-draft-text]")).to_contain_text("Predicted IoU")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.evaluate(JAPANESE, "") == []
    assert japanese.known("draft")["mask"], "nothing begun is lost"
    japanese.open()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("[data-draft-text]")).to_contain_text("Predicted IoU")
    page.get_by_role("button", name="日本語").click()
    expect(page.locator("[data-draft-text]")).to_have_text(before or "")
    assert page.evaluate(ENGLISH, NAMES) == []
