"""A made dataset of any size as rows: images as they come in, objects with valid masks, tags, versions.

Every image is one of a hundred pictures (`picture_files`), which are written only where they are looked at.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import func, insert, select, text

from benchmarks.canvas_pictures import make_scene
from samstudio.db.engine import Database
from samstudio.db.image_facts import rebuild
from samstudio.db.tables import (
    TRASHED,
    AnnotationRow,
    CategoryRow,
    DecoderVersionRow,
    ImageRow,
    ImageTagRow,
)
from samstudio.domain import Size
from samstudio.masks import encode_rle, mask_to_box

START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime.now(UTC)
BATCH = 20_000
NAMES = ("IMG_{}.jpg", "slide 3 well {}.tif", "{}.png")
SIZES: tuple[Size, ...] = ((768, 1024), (3000, 4000), (512, 512))
PICTURES = 34
"""Different pictures of each size."""
BLOBS = 40
"""Different masks of each size."""


@dataclass(frozen=True)
class Filled:
    """Seconds that filling took: the rows, and the facts as after a migration."""

    rows: float
    facts: float


def image_id(n: int) -> str:
    """Return the id of the n-th image."""
    return f"{n:064x}"


def size_of(n: int) -> Size:
    """Return the height and width of the n-th image."""
    return SIZES[n // 7 % len(SIZES)]


def _is_deleted(n: int) -> bool:
    return n % 100 == 57


def _file(size: Size, number: int) -> str:
    return f"made/{size[1]}-{number}.jpg"


def picture_files() -> Iterator[tuple[str, bytes]]:
    """Make the pictures: the name below the images' folder, and the JPEG."""
    for height, width in SIZES:
        for number in range(PICTURES):
            yield _file((height, width), number), make_scene(width, height, number).jpeg


def made_images(count: int, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Make images as they come out of a microscope, a phone and a web crawl."""
    for n in range(count):
        height, width = size_of(n)
        yield {
            "id": image_id(n),
            "filename": draw.choice(NAMES).format(draw.randrange(10**6)),
            "width": width,
            "height": height,
            "source_format": "JPEG",
            "file": _file((height, width), n % PICTURES),
            "n_bytes": 10**6,
            "group_name": f"plate {n // 50}" if n % 3 else None,
            "created_at": START + timedelta(seconds=n),
            "mark": draw.choice([None, None, "done", "nothing"]),
            "flagged": draw.random() < 0.001,
            "note": "look again at the edge" if draw.random() < 0.001 else "",
            "split": "test" if draw.random() < 0.1 else None,
            "deleted_at": NOW if _is_deleted(n) else None,
        }  # fmt: skip


def made_annotations(count: int, images: int, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Make their objects, in the order of the images; a third of each status."""
    for n in range(count):
        image = n * images // count
        blobs = _blobs(size_of(image))
        hidden = TRASHED if _is_deleted(image) else ""
        moment = START + timedelta(seconds=draw.randrange(10**7))
        yield {
            "image_id": image_id(image),
            "category_id": draw.randrange(1, 38) if draw.random() < 0.9999 else draw.randrange(38, 41),
            **draw.choice(blobs),
            "status": hidden + ("accepted", "proposed", "rejected")[draw.randrange(3)],
            "prompts": [],
            "proposed_by": draw.choice([None, *range(8)]),
            "proposed_rle": draw.choice(blobs)["rle"] if draw.random() < 0.3 else None,
            "predicted_iou": draw.random(),
            "author": f"person {draw.randrange(5)}",
            "flagged": draw.random() < 0.0005,
            "revision": 1,
            "created_at": moment,
            "updated_at": moment,
        }


@cache
def _blobs(size: Size) -> tuple[dict[str, Any], ...]:
    """Make ellipses somewhere on an image of this size: the columns of the masks, boxes and areas."""
    draw = random.Random(size[0])
    ys, xs = np.ogrid[: size[0], : size[1]]
    found = []
    for _ in range(BLOBS):
        radii = [draw.randrange(10, 60), draw.randrange(10, 60)]
        at = [draw.randrange(radius, side - radius) for radius, side in zip(radii, size, strict=True)]
        mask = ((ys - at[0]) / radii[0]) ** 2 + ((xs - at[1]) / radii[1]) ** 2 < 1
        box = dict(zip(("x0", "y0", "x1", "y1"), mask_to_box(mask), strict=True))
        found.append({"rle": encode_rle(mask), "area": int(mask.sum()), **box})
    return tuple(found)


def made_tags(images: int, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Put a tag on one image in ten, and a rare one on a few others."""
    for n in range(images):
        if draw.random() < 0.1:
            yield {"image_seq": n + 1, "tag": f"tag {draw.randrange(20)}"}
        elif draw.random() < 0.0001:
            yield {"image_seq": n + 1, "tag": "rare"}


def is_filled(database: Database, images: int, annotations: int) -> bool:
    """Tell whether these numbers are there already.

    Raises:
        SystemExit: Others are.
    """
    with database.read() as session:
        found = [session.scalar(select(func.count()).select_from(row)) for row in (ImageRow, AnnotationRow)]
    if found == [images, annotations]:
        return True
    if found != [0, 0]:
        raise SystemExit(
            f"the database holds {found[0]} images and {found[1]} annotations: give an empty one"
        )
    return False


def fill(database: Database, images: int, annotations: int) -> Filled:
    """Store them, and return how long that took."""
    begun = time.perf_counter()
    draw = random.Random(3)
    with database.write() as session:
        session.add_all(CategoryRow(name=f"class {n}", color="#000000") for n in range(40))
        session.add_all(_version(n, NOW) for n in range(1, 8))
    rows = (
        (ImageRow, made_images(images, draw)),
        (ImageTagRow, made_tags(images, draw)),
        (AnnotationRow, made_annotations(annotations, images, draw)),
    )
    for row, values in rows:
        _store(database, row, values)
    _analyze(database)
    stored = time.perf_counter()
    with database.write() as session:
        rebuild(session)
    took = Filled(stored - begun, time.perf_counter() - stored)
    _analyze(database)
    return took


def write_pictures(folder: Path) -> None:
    """Write the files of the images below the images' folder, but those that are there."""
    (folder / "made").mkdir(parents=True, exist_ok=True)
    if len(list((folder / "made").iterdir())) < len(SIZES) * PICTURES:
        for name, data in picture_files():
            (folder / name).write_bytes(data)


def _version(number: int, now: datetime) -> DecoderVersionRow:
    return DecoderVersionRow(
        number=number, model="m", created_at=now, scores={}, config={}, annotation_ids=[]
    )


def _store(database: Database, row: Any, values: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for one in values:
        batch.append(one)
        if len(batch) == BATCH:
            _insert(database, row, batch)
            batch = []
    _insert(database, row, batch)


def _insert(database: Database, row: Any, batch: list[dict[str, Any]]) -> None:
    if batch:
        with database.write() as session:
            session.connection().execute(insert(row.__table__), batch)


def _analyze(database: Database) -> None:
    """Do what Postgres's autovacuum does by itself, a little later; SQLite has none."""
    with database.read() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
            session.execute(text("VACUUM ANALYZE"))
