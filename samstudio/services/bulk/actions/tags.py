"""Actions that give images a tag, or take it away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from samstudio.db.tables import ImageRow, ImageTagRow
from samstudio.domain import InvalidInput
from samstudio.services.bulk.action import BulkAction, Done, Undo

LONGEST_TAG = 100


def checked_tag(tag: str) -> str:
    """Return a tag without surrounding space.

    Raises:
        InvalidInput: It is empty, too long, or has characters that cannot be shown.
    """
    clean = " ".join(tag.split())
    if not clean or len(clean) > LONGEST_TAG or not clean.isprintable():
        raise InvalidInput(f"{clean[:20]!r} is no tag: it has 1 to {LONGEST_TAG} printable characters")
    return clean


def _tagged(session: Session, image_ids: Sequence[str], tag: str, *, has: bool) -> list[int]:
    """Return the ``seq`` of those images that have a tag, or have it not."""
    having = select(ImageTagRow.image_seq).where(ImageTagRow.tag == tag)
    inside = ImageRow.seq.in_(having) if has else ImageRow.seq.not_in(having)
    return list(session.scalars(select(ImageRow.seq).where(ImageRow.id.in_(image_ids), inside)))


def _add(session: Session, seqs: Sequence[int], tag: str, now: datetime) -> int:
    """Give images a tag, those that are still there; return how many those are."""
    there = select(ImageTagRow.image_seq).where(ImageTagRow.tag == tag, ImageTagRow.image_seq.in_(seqs))
    present = select(ImageRow.seq).where(ImageRow.seq.in_(seqs), ImageRow.seq.not_in(there))
    missing = list(session.scalars(present))
    if missing:
        session.execute(insert(ImageTagRow), [{"image_seq": seq, "tag": tag} for seq in missing])
    _touch(session, missing, now)
    return len(missing)


def _remove(session: Session, seqs: Sequence[int], tag: str, now: datetime) -> int:
    """Take a tag from images; return how many of them had it."""
    those = (ImageTagRow.tag == tag, ImageTagRow.image_seq.in_(seqs))
    having = list(session.scalars(select(ImageTagRow.image_seq).where(*those)))
    session.execute(delete(ImageTagRow).where(*those))
    _touch(session, having, now)
    return len(having)


def _touch(session: Session, seqs: Sequence[int], now: datetime) -> None:
    session.execute(update(ImageRow).where(ImageRow.seq.in_(seqs)).values(updated_at=now))


def _tag(session: Session, image_ids: Sequence[str], value: str, now: datetime) -> Done:
    seqs = _tagged(session, image_ids, value, has=False)
    _add(session, seqs, value, now)
    return _done(seqs, lambda session, now: len(seqs) - _remove(session, seqs, value, now))


def _untag(session: Session, image_ids: Sequence[str], value: str, now: datetime) -> Done:
    seqs = _tagged(session, image_ids, value, has=True)
    _remove(session, seqs, value, now)
    return _done(seqs, lambda session, now: len(seqs) - _add(session, seqs, value, now))


def _done(seqs: Sequence[int], undo: Undo) -> Done:
    return Done(len(seqs), undo=undo if seqs else None)


TAG = BulkAction("tag", "Add tag", "give them this tag", _tag, checked_tag)
UNTAG = BulkAction(
    "untag", "Remove tag", "take this tag from them", _untag, checked_tag, unchanged="it has no such tag"
)
