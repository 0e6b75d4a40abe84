"""What pages and jobs ask of a large dataset: ``python -m benchmarks.dataset [--images 10000] [--json]``.

Median milliseconds of each query over a SQLite file with ten annotations an image, a third of them
accepted. There is no peer: the figures say when a dataset outgrows SQLite.

Expected before measuring: what a page asks is found by an index, under 10 ms; counts over everything
walk an index, under 100 ms; the list of every accepted object, without masks, 0.2 s.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from samstudio.db.engine import Database, open_database
from samstudio.db.image_facts import rebuild
from samstudio.db.tables import AnnotationRow, CategoryRow, ImageRow
from samstudio.services.annotations import AnnotationService
from samstudio.services.dataset_io import DatasetService
from samstudio.services.images import ImageService
from samstudio.services.preflight import PreflightService

EACH = 10
"""Annotations an image."""

TIMES = 5


def fill(database: Database, images: int) -> None:
    """Store images without files and `EACH` annotations each, by turns accepted, proposed and rejected."""
    now = datetime.now(UTC)
    with database.write() as session:
        session.add(CategoryRow(name="object", color="#000000"))
        session.flush()
        session.execute(insert(ImageRow), [_image(n, now) for n in range(images)])
        session.execute(insert(AnnotationRow), [_annotation(n, now) for n in range(images * EACH)])
        rebuild(session)


def image_id(n: int) -> str:
    """Return the id of the n-th image."""
    return f"{n:064x}"


def _image(n: int, now: datetime) -> dict[str, Any]:
    return {
        "id": image_id(n),
        "filename": f"{n}.png",
        "width": 64,
        "height": 64,
        "source_format": "PNG",
        "file": f"00/{n}.png",
        "n_bytes": 100,
        "created_at": now,
    }


def _annotation(n: int, now: datetime) -> dict[str, Any]:
    return {
        "image_id": image_id(n // EACH),
        "category_id": 1,
        "rle": {"size": [64, 64], "counts": "0PPPP4"},
        "x0": 0.0,
        "y0": 0.0,
        "x1": 1.0,
        "y1": 1.0,
        "area": 1,
        "status": ("accepted", "proposed", "rejected")[n % 3],
        "prompts": [],
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }


def queries(database: Database, folder: Path, images: int) -> dict[str, Callable[[], object]]:
    """List what is measured, by name."""
    pictures = ImageService(database=database, folder=folder, max_bytes=1, max_pixels=1)
    annotations = AnnotationService(database=database)
    some = [image_id(n) for n in range(50)]
    return {
        "page of images": lambda: pictures.list(images // 2, 50, newest_first=True),
        "counts of a page": lambda: annotations.counts_by_image(some),
        "one image's annotations": lambda: annotations.list(image_id(images // 2)),
        "counts of all": annotations.counts,
        "stats": DatasetService(images=pictures, annotations=annotations).stats,
        "every accepted object": annotations.accepted_objects,
        "2,000 masks": lambda: annotations.examples(range(1, 6_001)),
        "preflight, first time": lambda: PreflightService(database=database).check(),
    }


def _median_ms(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return sorted(taken)[TIMES // 2] * 1000


def main() -> None:
    """Measure, print a line a query, and with ``--json`` one line at the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        database = open_database(f"sqlite:///{name}/studio.db")
        fill(database, args.images)
        took = {what: _median_ms(call) for what, call in queries(database, Path(name), args.images).items()}
        database.close()
    for what, ms in took.items():
        print(f"{what:24} {ms:9.1f} ms")
    if args.json:
        print(json.dumps(took))


if __name__ == "__main__":
    main()
