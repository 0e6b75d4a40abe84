"""Stored images by their rows: looked up, listed, counted; those in the trash aside."""

from __future__ import annotations

import builtins
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Any

from sqlalchemy import func, or_, select

from samstudio.db.engine import Database
from samstudio.db.tables import ImageFactsRow, ImageRow, ImageTagRow
from samstudio.domain import Image
from samstudio.services.images.file_types import IMAGE_SUFFIXES
from samstudio.services.images.names import display_name
from samstudio.services.images.pixel_sizes import PixelSizes
from samstudio.services.images.rows import find_row, image_of, unknown


class ImageCatalogue:
    """The images by their rows."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.pixel_sizes = PixelSizes(database)
        """How large pixels are, where a person says so."""

    def named(self, filename: str) -> list[Image]:
        """List the images that came in under this name, in whatever folder it was.

        A name without a suffix, as label files have, also stands for those with one. Systems spell
        accented letters in two ways, which are one name.
        """
        name = display_name(filename)
        spellings = {name, *(unicodedata.normalize(form, name) for form in ("NFC", "NFD"))}
        stems = () if Path(name).suffix.lower() in IMAGE_SUFFIXES else spellings
        longer = [ImageRow.filename.startswith(f"{stem}.", autoescape=True) for stem in stems]
        fits = or_(ImageRow.filename.in_(spellings), *longer)
        with self._database.read() as session:
            rows = session.scalars(select(ImageRow).where(fits, ImageRow.deleted_at.is_(None)))
            found = [image_of(row) for row in rows]
        return [one for one in found if spellings & {one.filename, Path(one.filename).stem}]

    def get(self, image_id: str) -> Image:
        """Return the image with that id.

        Raises:
            NotFound: There is none.
        """
        return image_of(self._row(image_id))

    def list(self, offset: int = 0, limit: int | None = None, *, newest_first: bool = False) -> list[Image]:
        """List images in the order they were added, or the other way round."""
        order = ImageRow.seq.desc() if newest_first else ImageRow.seq.asc()
        with self._database.read() as session:
            present = select(ImageRow).where(ImageRow.deleted_at.is_(None))
            rows = session.scalars(present.order_by(order).offset(offset).limit(limit))
            return [image_of(row) for row in rows]

    def count(self) -> int:
        """Count the images, those in the trash aside."""
        with self._database.read() as session:
            query = select(func.count()).select_from(ImageRow).where(ImageRow.deleted_at.is_(None))
            return session.scalar(query) or 0

    def groups(self) -> builtins.list[tuple[str, int]]:
        """List the groups by name, with how many images each has."""
        grouped = ImageFactsRow.group.is_not(None), ImageFactsRow.trashed.is_(False)
        counted = select(ImageFactsRow.group, func.count()).where(*grouped).group_by(ImageFactsRow.group)
        with self._database.read() as session:
            return sorted((str(name), count) for name, count in session.execute(counted))

    def tags_by_image(self) -> dict[str, frozenset[str]]:
        """Return the tags of each image that has some, by its id; those in the trash aside."""
        query = select(ImageRow.id, ImageTagRow.tag).join(ImageTagRow, ImageRow.seq == ImageTagRow.image_seq)
        found: dict[str, set[str]] = defaultdict(set)
        with self._database.read() as session:
            for image_id, tag in session.execute(query.where(ImageRow.deleted_at.is_(None))):
                found[image_id].add(tag)
        return {image_id: frozenset(tags) for image_id, tags in found.items()}

    def stored_bytes(self) -> int:
        """Sum the bytes of the stored files, the originals and the trash included."""
        apart = (
            select(ImageRow.original_file, ImageRow.original_bytes)
            .where(ImageRow.original_file != ImageRow.file)
            .distinct()
            .subquery()
        )
        with self._database.read() as session:
            shown = session.scalar(select(func.coalesce(func.sum(ImageRow.n_bytes), 0))) or 0
            return shown + (session.scalar(select(func.coalesce(func.sum(apart.c.original_bytes), 0))) or 0)

    def reading(self, image_id: str) -> dict[str, Any]:
        """Return how the image's pixels were read from its original; empty for images of before.

        Keys: ``page`` and ``pages``; ``channels`` shown, from 1, of ``of_channels``; ``contrast``: the
        values shown as black and as white; ``inverted``, ``nodata``, ``alpha`` and ``notes``.
        `ReadOptions.repeating` reads the same pixels again.

        Raises:
            NotFound: There is no such image.
        """
        return dict(self._row(image_id).reading or {})

    def _row(self, image_id: str, *, in_trash: bool = False) -> ImageRow:
        with self._database.read() as session:
            row = find_row(session, image_id, in_trash=in_trash)
        if row is None:
            raise unknown(image_id)
        return row
