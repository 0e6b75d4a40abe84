"""How large pixels are, as people set it for an image or the dataset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from samstudio.db.engine import Database
from samstudio.db.image_facts import refresh
from samstudio.db.tables import DatasetSettingRow, ImageRow
from samstudio.db.types import utc_now
from samstudio.domain import PixelSize
from samstudio.services.images.pixel_size import checked
from samstudio.services.images.rows import find_row, size_in_file, unknown

NAME = "pixel_size"
"""Of the dataset's setting."""

OF_DATASET = DatasetSettingRow.name == NAME


class PixelSizes:
    """The pixel sizes that people set. An image's own, set or of its file, goes before the dataset's."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def of_dataset(self) -> PixelSize | None:
        """Return the size of the images that have none of their own; None where nobody set one."""
        with self._database.read() as session:
            return PixelSize.from_json(session.scalar(select(DatasetSettingRow.value).where(OF_DATASET)))

    def set_of_dataset(self, size: PixelSize | None) -> None:
        """Set the size of the images that have none of their own, or take it away.

        Raises:
            InvalidInput: It is no size.
        """
        value = checked(size).to_json() if size else None
        with self._database.write() as session:
            session.execute(delete(DatasetSettingRow).where(OF_DATASET))
            if value is not None:
                session.add(DatasetSettingRow(name=NAME, value=value))

    def set_of(self, image_ids: Sequence[str], size: PixelSize | None) -> None:
        """Set the size of images, or go back to what their files say.

        Args:
            image_ids: The images.
            size: Their size; None: that of their files.

        Raises:
            InvalidInput: It is no size.
            NotFound: There is no such image; then nothing is set.
        """
        if size is not None:
            checked(size)
        with self._database.write() as session:
            for image_id in image_ids:
                row = find_row(session, image_id)
                if row is None:
                    raise unknown(image_id)
                row.pixel_size, row.updated_at = size or size_in_file(row), self._clock()
            refresh(session, image_ids)

    def count_own(self) -> int:
        """Count the images that have a size of their own, set or of their file."""
        own = select(func.count()).where(ImageRow.pixel_size.is_not(None), ImageRow.deleted_at.is_(None))
        with self._database.read() as session:
            return session.scalar(own) or 0
