"""Deleting images so that it can be undone, and for good."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from samstudio.db.engine import Database
from samstudio.db.tables import ImageRow
from samstudio.db.types import utc_now
from samstudio.domain import NotFound
from samstudio.services.annotations.queries import chunks
from samstudio.services.images import ImageService
from samstudio.services.images.trash_rows import discard_rows, restore_rows

AT_ONCE = 20
"""How many old images are deleted for good whenever someone deletes others."""


class TrashService:
    """The trash. Lists, counts, tuning and exports pass over what is in it; its files stay where they are."""

    def __init__(
        self,
        *,
        database: Database,
        images: ImageService,
        days: int = 0,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Keep deleted images of ``database``.

        Args:
            database: Where the rows are.
            images: Deletes for good.
            days: After how many days `remove_old` does so; 0: never.
            clock: Returns the present time, timezone-aware.
        """
        self._database = database
        self._images = images
        self._days = days
        self._clock = clock

    def discard(self, image_ids: Iterable[str]) -> list[str]:
        """Move images into the trash, with their annotations; return the ids of those that were not in it."""
        now = self._clock()
        moved: list[str] = []
        for chunk in chunks(list(dict.fromkeys(image_ids))):
            with self._database.write() as session:
                moved += discard_rows(session, chunk, now=now)
        self.remove_old(most=AT_ONCE)
        return moved

    def restore(self, image_ids: Iterable[str]) -> list[str]:
        """Take images out of the trash, their annotations as they were; return the ids of those in it."""
        now = self._clock()
        moved: list[str] = []
        for chunk in chunks(list(dict.fromkeys(image_ids))):
            with self._database.write() as session:
                moved += restore_rows(session, chunk, now=now)
        return moved

    def ids(self, *, deleted_before: datetime | None = None) -> list[str]:
        """List the ids of the images in the trash, the first deleted first."""
        query = select(ImageRow.id).where(ImageRow.deleted_at.is_not(None))
        if deleted_before is not None:
            query = query.where(ImageRow.deleted_at < deleted_before)
        with self._database.read() as session:
            return list(session.scalars(query.order_by(ImageRow.deleted_at, ImageRow.seq)))

    def remove(
        self,
        image_ids: Sequence[str] | None = None,
        *,
        progress: Callable[[int, int], object] = lambda _done, _all: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> int:
        """Delete images that are in the trash for good, with annotations and files; return how many.

        Args:
            image_ids: Which; those that are not in the trash are passed over. None: all that are.
            progress: Called after each with how many are done, of how many.
            cancelled: Asked before each whether to stop; what is deleted by then is.
        """
        wanted = None if image_ids is None else set(image_ids)
        asked = [one for one in self.ids() if wanted is None or one in wanted]
        done = 0
        for one in asked:
            if cancelled():
                break
            done += self.remove_one(one)
            progress(done, len(asked))
        return done

    def remove_old(self, *, most: int | None = None) -> int:
        """Delete for good what has been in the trash for the set number of days; return how many images.

        ``most``: no more than that many now.
        """
        if not self._days:
            return 0
        old = self.ids(deleted_before=self._clock() - timedelta(days=self._days))[:most]
        return self.remove(old) if old else 0

    def remove_one(self, image_id: str) -> bool:
        """Delete an image that is in the trash for good; return whether it was in it."""
        try:
            self._images.delete(image_id, with_annotations=True, from_trash=True)
        except NotFound:  # restored, or deleted by someone else, a moment ago
            return False
        return True
