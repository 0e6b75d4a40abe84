"""One step of a run: an action done to some images, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.engine import Database
from samstudio.db.image_facts import refresh
from samstudio.db.tables import ImageRow
from samstudio.services.bulk.action import Apply, Done, Work
from samstudio.services.bulk.runs import Running

GONE = "no longer in the dataset"
IN_TRASH = "in the trash"
NOT_IN_TRASH = "not in the trash"


def change_some(database: Database, run: Running, apply: Apply, ids: Sequence[str], now: datetime) -> None:
    """Do an action to some images in one transaction.

    Args:
        database: Where they are.
        run: The run, which is told of it.
        apply: How it is done.
        ids: The images, a few hundred.
        now: The present time.
    """
    with database.write() as session:
        here, left = _present(session, ids, trashed=run.action.trashed)
        done = apply(session, here, run.seen.value, now) if here else Done()
        if done.undo is not None:
            refresh(session, here)
    if done.undo is not None:
        run.undos.append((here, done.undo))
    left.update(done.left)
    left[run.action.unchanged] += len(here) - done.images - sum(done.left.values())
    run.count(len(ids), images=done.images, objects=done.objects, left=left)


def finish(database: Database, run: Running, now: datetime) -> None:
    """Do what an action does last, in a transaction of its own."""
    if run.action.finish is None:
        return
    with database.write() as session:
        done = run.action.finish(session, (), run.seen.value, now)
    if done.undo is not None:
        run.undos.append(((), done.undo))
    run.count(0, images=done.images, objects=done.objects, left=done.left)


def work_on(database: Database, run: Running, work: Work, image_id: str) -> None:
    """Do an action to one image.

    Args:
        database: Where it is.
        run: The run, which is told of it.
        work: How it is done.
        image_id: The image.
    """
    with database.read() as session:
        here, left = _present(session, [image_id], trashed=run.action.trashed)
    why = work(image_id) if here else ""
    if why:
        left[why] += 1
    run.count(1, images=int(not left), objects=0, left=left)


def _present(session: Session, ids: Sequence[str], *, trashed: bool) -> tuple[list[str], Counter[str]]:
    """Return those images that are there for an action, and how many are not, by reason."""
    query = select(ImageRow.id, ImageRow.deleted_at).where(ImageRow.id.in_(ids)).order_by(ImageRow.seq)
    found = session.execute(query).all()
    here = [image_id for image_id, deleted_at in found if (deleted_at is not None) == trashed]
    elsewhere = NOT_IN_TRASH if trashed else IN_TRASH
    left = {GONE: len(ids) - len(found), elsewhere: len(found) - len(here)}
    return here, Counter({reason: count for reason, count in left.items() if count})
