"""Whatever the sources say to people can be said in every language.

Fails with the texts that no catalogue has: add them to a file in
samstudio/web/i18n/LANGUAGE. What only looks like prose goes into `KEPT`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from samstudio.web.i18n.catalogues import catalogue
from tests.processes import ROOT
from tests.unit.web.i18n.lookup import SENTENCES, is_translated
from tests.unit.web.i18n.prose import VALUE, is_prose, of_html, of_javascript, of_python

PACKAGE = ROOT / "samstudio"

KEPT: dict[str, set[str]] = {
    # Put together from sentences as the program runs, which have words: see test_composed.
    "web/page/versions/row.py": {"Make 77 live?7 You can roll back at any time."},
    "web/page/versions/tab.py": {"Roll back? 7 stays here and can be promoted again."},
    # For the terminal, the browser, the style sheet; the switch says it in the language it offers.
    "web/page/launch.py": {"False", "SAM Studio is ready at 7"},
    "web/page/theme.py": {"IBM Plex Mono", "IBM Plex Sans"},
    "web/i18n/middleware.py": {"Cookie", 'import messages from "./7";'},
    "web/page/canvas/js/render/filter.js": {"position: absolute"},
    "web/page/canvas/js/sync/stored_work.js": {"correction of 7"},
    "web/page/canvas/js/model/pixels/reader.js": {"the worker for pixels did not start"},
    "web/page/canvas/js/model/picture.js": {"the picture's worker did not start"},
    "web/page/static/importing/arrivals.js": {"Files"},
    "web/page/static/gallery/layout.js": {"End", "Home"},
    "web/page/static/gallery/grid.js": {"7px 7px"},
    "web/page/static/gallery/band.js": {"7px 7px"},
    "web/page/canvas/js/commands/keys.js": {
        "Dead",
        "Process",
        "Unidentified",
    },
    "web/page/canvas/js/commands/bindings.js": {'The key 7 belongs to "7" already.'},
    "web/page/canvas/js/model/registry.js": {'There is a "7" already.'},
    "web/page/static/i18n/switch.js": {"English", "Show the page in English"},
    # Written into files, or compared with what others say.
    "services/images/readers/tiff_instruments.py": {"Aperio", "Scan", "Summary"},
    # Parts of messages: tests/unit/services/dataset_io/exports/test_words.py translates those.
    "services/dataset_io/exports/choice.py": {"of the category 7"},
    "services/dataset_io/exports/source.py": {"there is none"},
    "services/dataset_io/exports/label_studio.py": {"Image", "Label"},
    "services/dataset_io/imports/parsing/label_studio_configuration.py": {"Label", "Labels"},
    "services/dataset_io/exports/coco.py": {"Exported by SAM Studio"},
    "services/dataset_io/exports/voc.py": {"Annotations", "Segmentation"},
    "services/dataset_io/exports/voc_xml.py": {"Unspecified"},
    "tuning/trainer.py": {"can't allocate memory", "not enough memory"},
    # Categories of Unicode.
    "services/notes.py": {"Cc", "Cs"},
    # Said to who changes the page.
    "web/page/canvas/js/model/context.js": {"this browser gives no more canvases to draw on"},
    "web/page/canvas/js/panels/dom.js": {"the page has no 7 7"},
    "web/page/canvas/js/sync/object_store.js": {"object 7 was never seen"},
    "sam/transfer/onnx.py": {"Flatten"},
    "sam/transfer/safetensors.py": {"samstudio decoder"},
    # Said on the command line alone.
    "sam/transfer/format.py": {
        "7's exists only as 7, 7, which lies at 7",
        "The image encoder is not in it: 7.",
        "it is 7's own, unchanged, in 7",
    },
    "tuning/protocols/box.py": {"the tight box of the true mask, which decides"},
    "tuning/protocols/jitter.py": {"a loose box"},
    "tuning/protocols/click.py": {"one click on the most interior point"},
    "tuning/protocols/clicks3.py": {"that click and two corrections"},
    # Said to who writes a new format, or calls the decoder.
    "registry.py": {"there are two of the kind 7 with the name 7"},
    "sam/prompts.py": {"a batch of prompts needs parts of one length, not 7"},
    # Keywords of DICOM, a mode of Pillow, an element of OME's XML.
    "services/images/readers/dicom.py": {
        "Columns",
        "Modality",
        "Rows",
        "Deflated Explicit VR Little Endian",
    },
    "services/images/readers/pillow_pages.py": {"La"},
    "services/images/readers/tiff_pixel_size.py": {"Pixels"},
    # What our own files say to programs.
    "services/dataset_io/label_masks/picture.py": {"Comment", "label map: 0 is background"},
    # No page lets one choose these.
    "services/evaluations.py": {"there is no protocol 7: choose of 7, or all"},
    "tuning/recipe.py": {
        "steps is 7: tuning takes at least one",
        "strengths 7 must lie above 0 and up to 1",
        "warmup is 7: it is a fraction of training",
        "partitions is 7: at least one is needed",
    },
}
"""By file: what looks like prose and is none, or is read by nobody on the page."""


def _files(folder: str, suffix: str) -> list[Path]:
    return sorted(path for path in (PACKAGE / folder).rglob(f"*{suffix}") if path.name != "__init__.py")


def _unsaid(path: Path, texts: Iterable[str]) -> list[str]:
    kept = KEPT.get(path.relative_to(PACKAGE).as_posix(), set())
    shown = {_shown(text): text for text in texts if is_prose(text)}
    return sorted(one for one, text in shown.items() if one not in kept and not _said(text))


def _shown(text: str) -> str:
    return " ".join(text.replace(VALUE, "7").split())


def _said(text: str) -> bool:
    """Whether it has words, or each of its sentences has, or is part of a message."""
    return is_translated(_shown(text)) or all(
        is_translated(_shown(one)) or _part(one) for one in SENTENCES.split(text)
    )


def _part(text: str) -> bool:
    """Whether a message holds it, with what is put together with it when the program runs."""
    literals = [re.escape(" ".join(literal.split())) for literal in text.split(VALUE)]
    pattern = re.compile("(?:.*)".join(literals))
    return len(re.findall(r"[A-Za-z]{2,}", text)) > 1 and any(map(pattern.search, catalogue("ja")))


PYTHON = [
    ("web/page", ".py"),
    ("web/i18n", "page.py"),
    ("web", "encoding_queue.py"),
    ("services", ".py"),
    ("tuning", ".py"),
    ("runners", ".py"),
    ("spaces", "place.py"),
    ("sam/transfer", ".py"),
    ("masks", "arrays.py"),
    ("masks", "counts.py"),
    ("masks", "usable.py"),
    ("masks", "png.py"),
    (".", "domain.py"),
    (".", "prompts.py"),
    (".", "registry.py"),
]
"""Where what the page shows is written; the command line, the API and the log stay English."""


@pytest.mark.parametrize(("folder", "suffix"), PYTHON)
def test_what_python_says_has_words(folder: str, suffix: str) -> None:
    missing = {path: _unsaid(path, of_python(path)) for path in _files(folder, suffix)}
    assert {path: texts for path, texts in missing.items() if texts} == {}


def test_what_is_kept_is_still_there() -> None:
    for name, kept in KEPT.items():
        read = of_python if name.endswith(".py") else of_javascript
        assert kept <= {_shown(text) for text in read(PACKAGE / name)}, name


@pytest.mark.parametrize("folder", ["web/page/canvas", "web/page/static"])
def test_what_scripts_say_has_words(folder: str) -> None:
    missing = {path: _unsaid(path, of_javascript(path)) for path in _files(folder, ".js")}
    assert {path: texts for path, texts in missing.items() if texts} == {}


def test_what_pages_say_has_words() -> None:
    pages = [*_files("web/page/canvas", ".html"), *_files("web/page/static", ".html")]
    assert len(pages) == 4
    missing = {path: _unsaid(path, of_html(path.read_text(encoding="utf-8"))) for path in pages}
    assert {path: texts for path, texts in missing.items() if texts} == {}
