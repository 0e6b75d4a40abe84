"""The header has room for what it says, however narrow the window is and in each language."""

from __future__ import annotations

from tests.e2e.page import StudioPage

# How many parts of the header lie over others, and how many beyond the window.
OVERLAP = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await frame();
  const shown = ({ width }) => width > 0;
  const boxes = (selector) =>
    [...document.querySelectorAll(selector)].map((one) => one.getBoundingClientRect()).filter(shown);
  const tabs = boxes("[id^=tab-][id$=-button]");
  const parts = boxes(".ss-brand, .ss-pills > *, .ss-author, .ss-language");
  const met = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const all = [...tabs, ...parts];
  return {
    meet: all.filter((one, i) => all.some((other, j) => i < j && met(one, other))).length,
    outside: all.filter(({ left, right }) => left < 0 || right > innerWidth).length,
    layout: document.body.dataset.header,
  };
}"""

BUSY = """() => {
  const job = document.querySelector("[data-job]");
  job.hidden = false;
  job.querySelector("span").textContent = "Training 34 of 120";
}"""


def test_nothing_in_the_header_lies_over_anything_else(page: StudioPage) -> None:
    page.page.wait_for_selector("[data-live]:visible")
    layouts = []
    for language in ("日本語", "English"):
        page.page.get_by_role("button", name=language).click()
        for width in (1280, 1000, 800, 640, 480):
            page.page.set_viewport_size({"width": width, "height": 720})
            page.page.evaluate(BUSY)
            found = page.page.evaluate(OVERLAP)
            layouts.append(found.pop("layout"))
            assert found == {"meet": 0, "outside": 0}, (language, width)
    assert set(layouts) == {"wide", "short", "two-rows"}
