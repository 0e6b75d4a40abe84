"""Decoder versions and the alias ``live``: numbered, immutable, swapped by moving one name.

A version is a file and a row. Its number is reserved first, its file is written
beside and renamed, and only then does the row become a version that is listed:
a version without its file is never seen. How a decoder is made or loaded is not
this module's responsibility.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.engine import Database
from samstudio.db.tables import DecoderVersionRow
from samstudio.db.types import utc_now
from samstudio.domain import STOCK_VERSION, Conflict, DecoderVersion, LiveVersion, NotFound, Unavailable
from samstudio.files import sha256_of, write_with
from samstudio.records import VersionConfig, VersionScores
from samstudio.services.versions import alias
from samstudio.services.versions.alias import AliasMove, MoveKind
from samstudio.services.versions.evaluations import StoredEvaluation, read_evaluations, write_evaluations


class VersionService:
    """Versions of one model's decoder; ``folder`` holds ``<model>/v<number>.safetensors``.

    Numbers are given out over all models together and never twice, not even
    after a deletion or a failed save.
    """

    def __init__(
        self, *, database: Database, folder: Path, model: str, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._folder = folder
        self._model = model
        self._clock = clock

    def create(
        self,
        *,
        write: Callable[[Path], object],
        reason: str,
        parent: int | None = STOCK_VERSION,
        job_id: int | None = None,
        scores: VersionScores | None = None,
        config: VersionConfig | None = None,
        dataset_digest: str | None = None,
        annotation_ids: Sequence[int] = (),
        promote: bool = False,
    ) -> DecoderVersion:
        """Store a decoder under the next number.

        An exception from ``write`` is passed on, and nothing is stored.

        Args:
            write: Writes the decoder's state file to the temporary path that it is called with.
            reason: Why the version exists, and why it was promoted or kept aside, in words.
            parent: The number of the version that it was made from.
            job_id: The job that made it.
            scores: The gate's measurements.
            config: How it was made.
            dataset_digest: The digest of the annotations that it was tuned on.
            annotation_ids: The ids of those annotations.
            promote: Make it live, in the transaction that makes it visible.
        """
        number = self._reserve(
            DecoderVersionRow(
                model=self._model,
                parent=parent,
                job_id=job_id,
                created_at=self._clock(),
                reason=reason,
                scores=scores.to_json() if scores else {},
                config=config.to_json() if config else {},
                dataset_digest=dataset_digest,
                annotation_ids=list(annotation_ids),
            )
        )
        file = f"{self._model}/v{number}.safetensors"
        path = self._folder / file
        write_with(path, write)
        try:
            self._publish(number, file, sha256_of(path), reason if promote else None)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return self.get(number)

    def get(self, number: int) -> DecoderVersion:
        """Return the version with that number; 0 is this model's stock decoder.

        Raises:
            NotFound: There is none, or it was deleted.
        """
        with self._database.read() as session:
            return self._version(_get_or_raise(session, number), alias.promoted_numbers(session))

    def path(self, number: int) -> Path:
        """Return the state file of a version, its content checked against its SHA-256.

        Raises:
            NotFound: There is no such version, or it is stock, which is the model's own weights and has
                no file here.
            Unavailable: The file is gone or damaged.
        """
        with self._database.read() as session:
            row = _get_or_raise(session, number)
        if row.path is None:
            raise NotFound("version 0 is the stock decoder: it has no file of its own")
        return self._checked(row)

    def live(self) -> LiveVersion:
        """Return the number that is live, and since when."""
        with self._database.read() as session:
            return alias.live(session, self._model)

    def promote(self, number: int, reason: str = "") -> LiveVersion:
        """Make a version live; 0 is stock. Nothing happens if it is live already.

        Raises:
            NotFound: There is no such version.
            Conflict: It is another model's.
            Unavailable: Its file is gone or damaged.
        """
        with self._database.write() as session:
            row = _get_or_raise(session, number)
            self.check_model(row)
            if row.path is not None:
                self._checked(row)
            if alias.live(session, self._model).number != number:
                self._move(session, number, "promote", reason)
            return alias.live(session, self._model)

    def rollback(self, reason: str = "") -> LiveVersion:
        """Make live what was live before; called again and again, it ends at stock.

        Versions that were deleted or damaged meanwhile are passed over.

        Raises:
            Conflict: Stock is live.
        """
        with self._database.write() as session:
            number = self._former(session)
            if number is None:
                raise Conflict("the stock decoder is live: there is no earlier version to go back to")
            self._move(session, number, "rollback", reason)
            return alias.live(session, self._model)

    def former(self) -> int | None:
        """Return the version that a rollback would return to; None while stock is live."""
        with self._database.read() as session:
            return self._former(session)

    def take_back(self, live: LiveVersion, *, to: int, reason: str, code: str) -> LiveVersion:
        """Roll back to an expected version, unless something has changed since the caller looked.

        Args:
            live: The live version as the caller read it.
            to: The version that a rollback returned to then.
            reason: Why, in words.
            code: Who takes it back, for programs.

        Raises:
            Conflict: ``live`` has moved, or a rollback leads elsewhere.
        """
        with self._database.write() as session:
            number = self._former(session)
            if number is None or number != to or alias.live(session, self._model) != live:
                raise Conflict(f"version {live.number} is not live over version {to} now: nothing was moved")
            self._move(session, number, "rollback", reason, code)
            return alias.live(session, self._model)

    def delete(self, number: int) -> None:
        """Delete a version's file for good; its row and number stay taken.

        Raises:
            NotFound: There is no such version.
            Conflict: It is stock, live, or another model's.
        """
        with self._database.write() as session:
            row = _get_or_raise(session, number)
            self.check_model(row)
            if row.path is None:
                raise Conflict("version 0 is the stock decoder: it cannot be deleted")
            if alias.live(session, self._model).number == number:
                raise Conflict(f"version {number} is live: promote another one or roll back, then delete it")
            row.deleted_at = self._clock()
            path = self._folder / row.path
        path.unlink(missing_ok=True)

    def check_model(self, version: DecoderVersion | DecoderVersionRow) -> None:
        """Check that a version is a decoder of this project's model, as stock always is.

        Raises:
            Conflict: It is another model's.
        """
        if version.number != STOCK_VERSION and version.model != self._model:
            raise Conflict(
                f"version {version.number} is a decoder of {version.model}; this project runs {self._model} "
                "(SAMSTUDIO_MODEL)"
            )

    def moves(self) -> list[AliasMove]:
        """List every move of ``live``, newest first."""
        with self._database.read() as session:
            return alias.moves(session, self._model)

    def learned_from(self, number: int) -> frozenset[int]:
        """Return the ids of the objects that a version was tuned on, or a version that it went on from.

        Raises:
            NotFound: There is no such version.
        """
        version = self.get(number)
        ids = set(version.annotation_ids)
        while version.config.start == "live" and version.parent:
            try:
                version = self.get(version.parent)
            except NotFound:  # deleted: what it learned from is not known any more
                break
            ids |= set(version.annotation_ids)
        return frozenset(ids)

    def record_evaluations(self, evaluations: Sequence[StoredEvaluation]) -> None:
        """Store how versions, or candidates that never became one, scored."""
        with self._database.write() as session:
            write_evaluations(session, evaluations, self._clock())

    def evaluations(self, version: int | None = None, *, job_id: int | None = None) -> list[StoredEvaluation]:
        """List the evaluations of a version, of a job, of both, or all; oldest first."""
        with self._database.read() as session:
            return read_evaluations(session, version, job_id)

    # Last, because within the class its name hides the builtin type of the annotations above.
    def list(self, *, newest_first: bool = True) -> list[DecoderVersion]:
        """List this model's versions, stock included, by number."""
        rows = (
            select(DecoderVersionRow)
            .where(
                (DecoderVersionRow.number == STOCK_VERSION)
                | ((DecoderVersionRow.model == self._model) & DecoderVersionRow.path.is_not(None)),
                DecoderVersionRow.deleted_at.is_(None),
            )
            .order_by(DecoderVersionRow.number.desc() if newest_first else DecoderVersionRow.number)
        )
        with self._database.read() as session:
            promoted = alias.promoted_numbers(session)
            return [self._version(row, promoted) for row in session.scalars(rows)]

    def _reserve(self, row: DecoderVersionRow) -> int:
        with self._database.write() as session:
            session.add(row)
            session.flush()
            return row.number

    def _publish(self, number: int, file: str, sha256: str, promote_reason: str | None) -> None:
        with self._database.write() as session:
            row = session.get_one(DecoderVersionRow, number)
            row.path, row.sha256 = file, sha256
            session.flush()
            if promote_reason is not None:
                self._move(session, number, "promote", promote_reason)

    def _move(self, session: Session, number: int, kind: MoveKind, reason: str, code: str = "") -> None:
        alias.move(session, self._model, AliasMove(number, kind, self._clock(), reason, code))

    def _former(self, session: Session) -> int | None:
        current, *before = reversed(alias.stack(session, self._model))
        return None if current == STOCK_VERSION else next(n for n in before if self._usable(session, n))

    def _checked(self, row: DecoderVersionRow) -> Path:
        path = self._folder / str(row.path)
        if not path.is_file():
            raise Unavailable(f"the file of version {row.number} is gone: {path}")
        if sha256_of(path) != row.sha256:
            raise Unavailable(
                f"the file of version {row.number} is damaged: {path} is not what was saved; "
                "restore it from a backup or roll back"
            )
        return path

    def _usable(self, session: Session, number: int) -> bool:
        if number == STOCK_VERSION:
            return True
        try:
            self._checked(_get_or_raise(session, number))
        except (NotFound, Unavailable):
            return False
        return True

    def _version(self, row: DecoderVersionRow, promoted: set[int]) -> DecoderVersion:
        stock = row.number == STOCK_VERSION
        return DecoderVersion(
            number=row.number,
            model=self._model if stock else row.model,
            parent=row.parent,
            job_id=row.job_id,
            path=row.path,
            sha256=row.sha256,
            created_at=row.created_at,
            promoted=stock or row.number in promoted,
            reason=row.reason,
            scores=VersionScores.from_json(row.scores),
            config=VersionConfig.from_json(row.config),
            dataset_digest=row.dataset_digest,
            annotation_ids=tuple(row.annotation_ids),
        )


def _get_or_raise(session: Session, number: int) -> DecoderVersionRow:
    row = session.get(DecoderVersionRow, number)
    if row is None or (row.path is None and row.number != STOCK_VERSION):
        raise NotFound(f"there is no version {number}")
    if row.deleted_at is not None:
        raise NotFound(f"version {number} was deleted on {row.deleted_at:%Y-%m-%d}")
    return row


__all__ = ["AliasMove", "StoredEvaluation", "VersionService"]
