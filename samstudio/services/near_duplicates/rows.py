"""What finding near-duplicates reads and writes: pooled embeddings, and what a person said are none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from samstudio.db.engine import Database
from samstudio.db.tables import ApartRow, ImageFactsRow, ImageRow, ImageVectorRow
from samstudio.sam.pooling import LENGTH, Vector
from samstudio.services.annotations.queries import chunks

PAGE = 2_000
"""Rows read in one transaction."""

STORED = np.dtype("<f2")


class Pictured(NamedTuple):
    """An image that is not in the trash."""

    seq: int
    id: str
    filename: str
    group: str | None


class Stamp(NamedTuple):
    """What changes when there are other vectors: how many, the last image's number, and the sum of all."""

    vectors: int
    last: int
    total: int


def count_images(session: Session) -> int:
    """Count the images that are not in the trash."""
    return session.scalar(select(func.count()).where(~ImageFactsRow.trashed)) or 0


def stamp(session: Session, encoder: str) -> Stamp:
    """Return the stamp of the vectors of images that are not in the trash."""
    seq = ImageVectorRow.image_seq
    query = select(func.count(), func.max(seq), func.sum(seq)).where(*_here(encoder))
    count, last, total = session.execute(query).one()
    return Stamp(count, last or 0, int(total or 0))


def any_vector(session: Session) -> bool:
    """Tell whether any image has a vector, of whichever encoder."""
    return session.scalar(select(ImageVectorRow.image_seq).limit(1)) is not None


def group_names(session: Session) -> set[str]:
    """Return the names of all groups."""
    return {str(one) for one in session.scalars(select(ImageRow.group).distinct()) if one is not None}


def without_vector(session: Session, encoder: str, after: int) -> list[tuple[int, str]]:
    """Return number and id of the next images without a vector, by number."""
    known = select(ImageVectorRow.image_seq).where(
        ImageVectorRow.image_seq == ImageRow.seq, ImageVectorRow.encoder == encoder
    )
    query = select(ImageRow.seq, ImageRow.id).where(
        ImageRow.seq > after, ImageRow.deleted_at.is_(None), ~known.exists()
    )
    return [(seq, image_id) for seq, image_id in session.execute(query.order_by(ImageRow.seq).limit(PAGE))]


def write_vectors(session: Session, encoder: str, vectors: Mapping[int, Vector]) -> None:
    """Store vectors by image number, but for images that are gone or have theirs by another process."""
    v = ImageVectorRow
    there = set(session.scalars(select(ImageRow.seq).where(ImageRow.seq.in_(vectors))))
    known = session.scalars(select(v.image_seq).where(v.image_seq.in_(vectors), v.encoder == encoder))
    new = [
        {"image_seq": seq, "encoder": encoder, "vector": vectors[seq].astype(STORED).tobytes()}
        for seq in sorted(there - set(known))
    ]
    if new:
        session.execute(insert(v), new)


def read_vectors(database: Database, encoder: str) -> Iterator[tuple[list[int], Vector]]:
    """Yield numbers and vectors, float32 N x `LENGTH`, of the images that are not in the trash, by number."""
    v, after = ImageVectorRow, 0
    while True:
        query = select(v.image_seq, v.vector).where(v.image_seq > after, *_here(encoder))
        with database.read() as session:
            found = session.execute(query.order_by(v.image_seq).limit(PAGE)).all()
        if not found:
            return
        vectors = np.frombuffer(b"".join(raw for _, raw in found), STORED).reshape(-1, LENGTH)
        yield [seq for seq, _ in found], vectors.astype(np.float32)
        after = found[-1][0]


def pictured(session: Session, seqs: Iterable[int]) -> dict[int, Pictured]:
    """Return those images that are not in the trash, by their numbers."""
    columns = select(ImageRow.seq, ImageRow.id, ImageRow.filename, ImageRow.group)
    found: dict[int, Pictured] = {}
    for chunk in chunks(list(seqs)):
        query = columns.where(ImageRow.seq.in_(chunk), ImageRow.deleted_at.is_(None))
        found |= {row[0]: Pictured(*row) for row in session.execute(query)}
    return found


def members(session: Session, groups: Sequence[str]) -> dict[str, list[str]]:
    """Return the ids of the images of groups, those in the trash too: a group is never split."""
    found: dict[str, list[str]] = defaultdict(list)
    for chunk in chunks(list(groups)):
        query = select(ImageRow.group, ImageRow.id).where(ImageRow.group.in_(chunk)).order_by(ImageRow.seq)
        for group, image_id in session.execute(query):
            found[str(group)].append(image_id)
    return found


def read_apart(session: Session) -> dict[int, frozenset[int]]:
    """Return the images that a person said are no near-duplicates, by the number of what was said."""
    found: dict[int, set[int]] = defaultdict(set)
    for number, seq in session.execute(select(ApartRow.number, ApartRow.image_seq)):
        found[number].add(seq)
    return {number: frozenset(seqs) for number, seqs in found.items()}


def write_apart(session: Session, sets: Sequence[Sequence[int]]) -> list[int]:
    """Store that a person said so of sets of images; return the number of each."""
    first = (session.scalar(select(func.max(ApartRow.number))) or 0) + 1
    rows = [
        {"number": first + index, "image_seq": seq} for index, seqs in enumerate(sets) for seq in sorted(seqs)
    ]
    if rows:
        session.execute(insert(ApartRow), rows)
    return list(range(first, first + len(sets)))


def remove_apart(session: Session, numbers: Sequence[int] | None) -> int:
    """Forget what was said under some numbers, or all of it; return how many numbers that were."""
    chosen = [] if numbers is None else [ApartRow.number.in_(numbers)]
    count = session.scalar(select(func.count(ApartRow.number.distinct())).where(*chosen)) or 0
    session.execute(delete(ApartRow).where(*chosen))
    return count


def _here(encoder: str) -> tuple[ColumnElement[bool], ...]:
    here = select(ImageFactsRow.seq).where(
        ImageFactsRow.seq == ImageVectorRow.image_seq, ~ImageFactsRow.trashed
    )
    return (ImageVectorRow.encoder == encoder, here.exists())
