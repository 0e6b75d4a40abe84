"""What a table of measurements says of the pixel sizes in it."""

from __future__ import annotations

from samstudio.domain import Image, PixelSize
from samstudio.services.dataset_io.exports.notes import Notes, literal
from samstudio.services.images.pixel_size import written

NO_SIZE = "{has} no pixel size and {was} measured in pixels alone"
OWN_SIZE = "{has} another pixel size than the dataset's %s, and {was} measured by that"
OF_UNIT = "{was} measured in %s, and others in another unit: the column unit says which"
NOT_SQUARE = (
    "{has} pixels that are not square: lengths and angles in units are those of the true shape; perimeters, "
    "and circularities with them, are rougher the more the sides differ"
)


class SizesUsed:
    """The pixel sizes that images were measured by."""

    def __init__(self, of_dataset: PixelSize | None) -> None:
        self._of_dataset = of_dataset
        self._used: list[tuple[str, PixelSize | None]] = []

    def add(self, image: Image, size: PixelSize | None) -> None:
        """Take one more image."""
        self._used.append((image.filename, size))

    def say(self, notes: Notes) -> None:
        """Say which images differ from the others, and whose pixels are not square."""
        units = {size.unit for _, size in self._used if size}
        for name, size in self._used:
            if size is None:
                if units:
                    notes.add(NO_SIZE, name)
                continue
            if size.width != size.height:
                notes.add(NOT_SQUARE, name)
            if self._of_dataset not in (None, size):
                notes.add(OWN_SIZE % literal(written(self._of_dataset)), name)
            if len(units) > 1:
                notes.add(OF_UNIT % size.unit, name)
