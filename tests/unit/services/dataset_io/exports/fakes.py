"""What exports read, made on the spot and stored nowhere."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from samstudio.domain import Annotation, AnnotationStatus, Category, Image
from samstudio.masks import RunLengths, encode_rle
from samstudio.services.dataset_io.exports.notes import Notes
from samstudio.services.dataset_io.exports.pictures import Picture
from samstudio.services.dataset_io.exports.source import ExportItem

NOW = datetime(2026, 1, 1)


class FakeSource:
    """Images with objects that are nowhere stored: (mask, category, status) by the image's name."""

    def __init__(self, folder: Path, names: list[str], images: dict[str, list]) -> None:
        self.notes = Notes()
        self._file = folder / "source.png"
        self._file.write_bytes(b"not read here")
        self._categories = [
            Category(10 - place, name, "#ff0000", number=2 * place) for place, name in enumerate(names)
        ]
        self._images = images

    def categories(self) -> list[Category]:
        return self._categories

    def items(self):
        for name, objects in self._images.items():
            size = objects[0][0].shape
            image = Image(name, name, size[1], size[0], "PNG", NOW)
            masks = [RunLengths.parse(encode_rle(mask)) for mask, _, _ in objects]
            found = [
                self._annotation(number, mask, category, status)
                for number, (mask, (_, category, status)) in enumerate(zip(masks, objects, strict=True))
            ]
            yield ExportItem(image, name, Picture(self._file), found, masks)

    def _annotation(
        self, number: int, mask: RunLengths, category: int, status: AnnotationStatus
    ) -> Annotation:
        kind = self._categories[category % len(self._categories)]
        made = {
            "prompts": (),
            "proposed_by": None,
            "proposed_rle": None,
            "predicted_iou": None,
            "revision": 1,
        }
        times = {"created_at": NOW, "updated_at": NOW}
        return Annotation(number, "", kind, mask.to_rle(), mask.box, mask.area, status, **made, **times)
