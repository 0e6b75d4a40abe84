"""Files of annotation tools through the whole import: all is counted, and nothing stops it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from samstudio.services.dataset_io.imports.reading import EntryKind
from samstudio.services.dataset_io.imports.service import Importer
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.dataset_io.imports.reading import brush

SQUARE = [[4, 5], [14, 5], [14, 9], [4, 9]]
MASK = np.zeros((20, 30), bool)
MASK[2:5, 3:9] = True


def labelme(label: Any, name: Any, group: Any) -> str:
    shapes = [{"label": one, "points": SQUARE, "group_id": group} for one in (label, "crack")]
    return json.dumps({"shapes": shapes, "imagePath": name, "imageData": None})


def label_studio(label: Any, name: Any, group: Any) -> str:
    value = {"format": "rle", "rle": list(brush(MASK)), "brushlabels": [label]}
    good = {**value, "rle": list(brush(~MASK)), "brushlabels": ["crack"]}
    results = [
        {"id": group, "value": one, "original_width": 30, "original_height": 20} for one in (value, good)
    ]
    return json.dumps([{"data": {"image": name, "b": "a.png"}, "annotations": [{"result": results}]}])


def via(label: Any, name: Any, group: Any) -> str:
    shape = {"name": "polygon", "all_points_x": [4, 14, 14, 4], "all_points_y": [5, 5, 9, 9]}
    regions = [{"shape_attributes": shape, "region_attributes": {"label": one}} for one in (label, "crack")]
    files = {"x": {"filename": name, "regions": regions}, "y": {"filename": "a.png", "regions": regions}}
    return json.dumps({"_via_img_metadata": files, "group": group})


def cvat(label: Any, name: Any, group: Any) -> str:
    def attribute(value: Any) -> str:
        return quoteattr("".join(c for c in str(value) if c.isprintable()))

    shapes = "".join(
        f'<polygon label={attribute(one)} group_id={attribute(group)} points="4,5;14,5;14,9;4,9"/>'
        for one in (label, "crack")
    )
    images = "".join(f"<image name={attribute(one)}>{shapes}</image>" for one in (name, "a.png"))
    return f"<annotations><meta/>{images}</annotations>"


FORMATS: dict[str, tuple[str, Callable[[Any, Any, Any], str]]] = {
    "labelme": ("x.json", labelme),
    "label-studio": ("x.json", label_studio),
    "via": ("x.json", via),
    "cvat": ("x.xml", cvat),
}
hostile = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["\ud800", "a\0b", "x" * 5000, "../../etc/passwd", "C:\\a\\a.png", "a.png", "/", " ", "{0}"]
    ),
    st.integers(),
    st.floats(),
    st.lists(st.text(max_size=3), max_size=2),
    st.none(),
)


@pytest.mark.parametrize("format_name", FORMATS)
@given(label=hostile, name=hostile, group=hostile)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_everything_is_counted(tmp_path_factory, images, annotations, format_name, label, name, group):
    source = tmp_path_factory.mktemp("source")
    pixels = np.random.default_rng(1).integers(0, 255, (20, 30, 3), np.uint8)
    Image.fromarray(pixels).save(source / "a.png")
    file, write = FORMATS[format_name]
    (source / file).write_text(write(label, name, group), "utf-8")
    importer = Importer(images=images, annotations=annotations)
    planned = importer.plan(FileTree.of(source))
    assert planned.format == format_name
    assert [planned.tally.missing(kind) for kind in EntryKind] == [0, 0, 0]
    assert "unaccounted" not in {group.code for group in planned.groups}
    assert "fault" not in {group.code for group in planned.groups}
    "".join(group.text for group in planned.groups).encode()
    done = importer.apply(FileTree.of(source))
    assert done.annotations == planned.report.annotations
    again = importer.apply(FileTree.of(source))
    assert (again.images, again.annotations) == (0, 0)


@pytest.mark.parametrize("stored", ["0a1b2c3d-a.png", "a.png"])
def test_an_uploaded_image_is_found_in_the_dataset_with_its_prefix_or_without(
    tmp_path, images, annotations, stored
):
    pixels = np.random.default_rng(1).integers(0, 255, (20, 30, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    images.add(out.getvalue(), filename=stored)
    text = label_studio("crack", "/data/upload/1/0a1b2c3d-a.png", "r").replace('"b": "a.png"', '"b": "text"')
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "x.json").write_text(text)
    done = Importer(images=images, annotations=annotations).apply(FileTree.of(tmp_path / "export"))
    assert (done.images, done.known_images, done.annotations, done.skipped) == (0, 1, 2, [])
