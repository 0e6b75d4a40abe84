"""Small sources of an import: what other tools write, in a folder."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.synthetic import picture, write_folder

SIDE = 96


def squares(count: int, **entry: Any) -> dict[str, Any]:
    """A COCO document with one square on each of ``image_0.png`` …"""
    square = [[10, 10, 40, 10, 40, 40, 10, 40]]
    return {
        "images": [
            {"id": n, "file_name": f"image_{n}.png", "width": SIDE, "height": SIDE} for n in range(count)
        ],
        "annotations": [
            {"id": n, "image_id": n, "category_id": 3, "segmentation": square, "iscrowd": 0, **entry}
            for n in range(count)
        ],
        "categories": [{"id": 3, "name": "crack"}, {"id": 5, "name": "never used"}],
    }


def write_images(folder: Path, count: int, *, seed: int, name: str = "image") -> list[Path]:
    """Write pictures that no other seed has."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}_{n}.png" for n in range(count)]
    for n, path in enumerate(paths):
        Image.fromarray(picture(seed + n, size=SIDE)[0]).save(path)
    return paths


def coco_zip(folder: Path, *, seed: int) -> Path:
    """A ZIP of three images, of which two are in its COCO file, with a fourth that is not there."""
    images = write_images(folder / "zipped", 3, seed=seed)
    document = squares(2)
    document["images"].append({"id": 9, "file_name": "gone.png", "width": SIDE, "height": SIDE})
    path = folder / "cracks.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for image in images:
            archive.write(image, f"cracks/images/{image.name}")
        archive.writestr("cracks/annotations.json", json.dumps(document))
        archive.writestr("../outside.png", b"no")
    return path


def yolo_folder(folder: Path, *, seed: int) -> Path:
    """A YOLO folder of two images with an outline each."""
    root = folder / "yolo"
    write_images(root / "images" / "train", 2, seed=seed, name="part")
    labels = root / "labels" / "train"
    labels.mkdir(parents=True)
    for n in range(2):
        (labels / f"part_{n}.txt").write_text("0 0.25 0.25 0.75 0.25 0.75 0.75 0.25 0.75\n")
    (root / "data.yaml").write_text("path: .\ntrain: images/train\nval: images/train\nnames:\n  0: part\n")
    return root


def stack(folder: Path, *, seed: int) -> Path:
    """A TIFF of three pages."""
    pages = [Image.fromarray(picture(seed + n, size=SIDE)[0]) for n in range(3)]
    path = folder / "stack.tif"
    folder.mkdir(parents=True, exist_ok=True)
    pages[0].save(path, save_all=True, append_images=pages[1:])
    return path


def masks_folder(folder: Path, *, seed: int) -> Path:
    """A folder of three images with masks of two objects each; one has none, one mask is a flat picture."""
    root = folder / "masked"
    _, masks = write_folder(root, count=3, first_seed=seed, size=SIDE)
    (masks / "picture_02.png").unlink()
    (root / "notes.md").write_text("by hand")
    return root


def labels(seed: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The masks of `masks_folder`'s picture of that seed."""
    return picture(seed, size=SIDE)[1]
