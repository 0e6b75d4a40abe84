"""The files of stored images: where they are, and what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from samstudio.db.engine import Database
from samstudio.domain import InvalidInput, Unavailable
from samstudio.services.images.catalogue import ImageCatalogue
from samstudio.services.images.decoding import Pixels, decode_image, original_values


class StoredFiles(ImageCatalogue):
    """The images with their files, below a folder."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database)
        self._folder = folder

    def keeps_files_in(self, *folders: Path) -> bool:
        """Tell whether one of these folders is that of the stored files, or is below it."""
        own = self._folder.resolve()
        return any(folder.resolve().is_relative_to(own) for folder in folders)

    def path(self, image_id: str, *, in_trash: bool = False) -> Path:
        """Return a file that a browser shows, and whose pixels are `pixels`; with ``in_trash``, there too.

        Raises:
            NotFound: There is no such image.
        """
        return self._folder / self._row(image_id, in_trash=in_trash).file

    def original(self, image_id: str) -> Path:
        """Return the file that the image came in as, byte for byte; several pages may share one.

        Images that are there from before originals were kept have only the file of `path`.

        Raises:
            NotFound: There is no such image.
        """
        return self.files(image_id)[1]

    def files(self, image_id: str) -> tuple[Path, Path]:
        """Return the files of `path` and of `original`.

        Raises:
            NotFound: There is no such image.
        """
        row = self._row(image_id)
        return self._folder / row.file, self._folder / (row.original_file or row.file)

    def original_values(self, image_id: str) -> NDArray[Any]:
        """Decode the original's values, HxW or HxWxC in the file's own dtype, upright as `pixels`.

        Neither scaled nor inverted; without alpha; palettes as RGB.

        Raises:
            NotFound: There is no such image.
            Unavailable: Its file is gone or damaged.
        """
        row = self._row(image_id)
        try:
            data = (self._folder / (row.original_file or row.file)).read_bytes()
            return original_values(data, filename=row.filename, page=row.page or 1)
        except (OSError, InvalidInput) as error:
            raise Unavailable(f"the original file of {row.filename} cannot be read: {error}") from error

    def pixels(self, image_id: str) -> Pixels:
        """Decode the stored pixels, uint8 HxWx3 RGB.

        Raises:
            NotFound: There is no such image.
            Unavailable: Its file is gone or damaged.
        """
        row = self._row(image_id)
        path = self._folder / row.file
        try:
            # Its size was checked when it came in; the limit may have been lowered since.
            decoded = decode_image(path.read_bytes(), filename=path.name, max_pixels=row.width * row.height)
        except (OSError, InvalidInput) as error:
            raise Unavailable(f"the stored file of {row.filename} cannot be read: {error}") from error
        return decoded.pixels
