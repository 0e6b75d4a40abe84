"""Lists at full size: ``python -m benchmarks.scale [--images 100000] [--annotations 1000000] [--json]``.

Median milliseconds of every list, filter, search and neighbour query over made rows (no files): 100,000
images in 2,000 groups with 1,000,000 annotations of 40 categories, a few of which are rare, by 5 people and
8 decoder versions. Each query is asked 7 times, one after the other, on SQLite in a file and, where Postgres
and psycopg are installed, on a Postgres begun for it (or one that ``--postgres URL`` names, an empty one).

Expected before measuring, on two cores: a page without a filter, and neighbours, 2 ms on both (an index and
three short statements); a filter that fits often 5 ms, since 1,000 images are walked; one that fits seldom or
never, and every count with a filter, 25 ms on SQLite and 35 on Postgres, one pass over 100,000 short rows;
the count of all 5 ms; two minutes to fill. The limit is 50 ms each.

Measured with ``--cpu`` at 100,000 images and 200,000 annotations, on two cores that other measurements kept
busy (so without the waiting for a disk, and slower than on idle cores): SQLite 9 ms for the median query, the
slowest 47 (neighbours of a text that fits often, but not near the image); Postgres 15 11 ms, and 55 for that
same one. No other was over 50. Left to their planners both took 200 ms and more where little fits. Facts took
113 s on SQLite and 373 on Postgres: what was expected of filling was wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from benchmarks.temporary_postgres import temporary_postgres
from samstudio.db.engine import Database, open_database
from samstudio.db.image_facts import rebuild
from samstudio.db.tables import AnnotationRow, CategoryRow, DecoderVersionRow, ImageRow, ImageTagRow
from samstudio.domain import AnnotationStatus, ImageState
from samstudio.services.annotations import AnnotationService
from samstudio.services.image_queries import SORT_KEYS, ImageQuery, ImageQueryService

TIMES = 7
LIMIT_MS = 50
START = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 20_000
NAMES = ("IMG_{}.jpg", "slide 3 well {}.tif", "{}.png")


def image_id(n: int) -> str:
    """Return the id of the n-th image."""
    return f"{n:064x}"


def made_images(count: int, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Make images as they come out of a microscope, a phone and a web crawl."""
    for n in range(count):
        width, height = draw.choice([(1024, 768), (4000, 3000), (512, 512)])
        yield {
            "id": image_id(n),
            "filename": draw.choice(NAMES).format(draw.randrange(10**6)),
            "width": width,
            "height": height,
            "source_format": "PNG",
            "file": f"00/{n}.png",
            "n_bytes": 10**6,
            "group": f"plate {n // 50}" if n % 3 else None,
            "created_at": START + timedelta(seconds=n),
            "mark": draw.choice([None, None, "done", "nothing"]),
            "flagged": draw.random() < 0.001,
            "split": "test" if draw.random() < 0.1 else None,
            "deleted_at": START if draw.random() < 0.01 else None,
        }  # fmt: skip


def made_annotations(count: int, images: int, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Make their objects, in the order of the images; a third of each status."""
    rle = {
        "size": [768, 1024],
        "counts": "nQ2k0Tg0O1O1O1O100O1O1N2O1O00001O1O0O2O1N101N3M2O1N2N2N3L4L5J7I" * 3,
    }
    for n in range(count):
        category = draw.randrange(1, 38) if draw.random() < 0.9999 else draw.randrange(38, 41)
        moment = START + timedelta(seconds=draw.randrange(10**7))
        yield {
            "image_id": image_id(n * images // count),
            "category_id": category,
            "rle": rle,
            **dict.fromkeys(("x0", "y0", "x1", "y1"), 1.0),
            "area": 100,
            "status": ("accepted", "proposed", "rejected")[draw.randrange(3)],
            "prompts": [],
            "proposed_by": draw.choice([None, *range(8)]),
            "proposed_rle": rle if draw.random() < 0.3 else None,
            "predicted_iou": draw.random(),
            "author": f"person {draw.randrange(5)}",
            "flagged": draw.random() < 0.0005,
            "revision": 1,
            "created_at": moment,
            "updated_at": moment,
        }


def made_tags(images: int, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Put a tag on one image in ten, and a rare one on a few others."""
    for n in range(images):
        if draw.random() < 0.1:
            yield {"image_seq": n + 1, "tag": f"tag {draw.randrange(20)}"}
        elif draw.random() < 0.0001:
            yield {"image_seq": n + 1, "tag": "rare"}


def fill(database: Database, images: int, annotations: int) -> float:
    """Store them, and return the seconds that the facts took, as after a migration."""
    draw = random.Random(3)
    now = datetime.now(UTC)
    with database.write() as session:
        session.add_all(CategoryRow(name=f"class {n}", color="#000000") for n in range(40))
        session.add_all(_version(n, now) for n in range(1, 8))
    rows = (
        (ImageRow, made_images(images, draw)),
        (ImageTagRow, made_tags(images, draw)),
        (AnnotationRow, made_annotations(annotations, images, draw)),
    )
    for row, values in rows:
        _store(database, row, values)
    begun = time.perf_counter()
    with database.write() as session:
        rebuild(session)
    took = time.perf_counter() - begun
    with database.write() as session:
        if session.get_bind().dialect.name == "postgresql":  # its autovacuum does so by itself
            session.execute(text("ANALYZE"))
    return took


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
            session.execute(insert(row), batch)


FILTERS: dict[str, dict[str, Any]] = {
    "text, common": {"text": "img"},
    "text, rare": {"text": "slide 9999"},
    "text, none": {"text": "nowhere"},
    "category, common": {"category": "class 3"},
    "category, rare": {"category": "class 39"},
    "category and status": {"category": "class 39", "status": AnnotationStatus.PROPOSED},
    "status": {"status": AnnotationStatus.PROPOSED},
    "state": {"state": ImageState.TODO},
    "split": {"split": "test"},
    "split, none": {"split": "val"},
    "tag": {"tag": "tag 7"},
    "tag, rare": {"tag": "rare"},
    "group": {"group": "plate 700"},
    "author": {"author": "person 3"},
    "author, none": {"author": "nobody"},
    "version": {"version": 5},
    "added": {"added_from": START + timedelta(seconds=50_000), "added_to": START + timedelta(seconds=50_100)},
    "changed": {"changed_to": START + timedelta(seconds=10**6)},
    "score": {"score_from": 0.8, "score_to": 0.9},
    "held-out score": {"held_out_to": 0.5},
    "objects": {"objects_from": 10},
    "size": {"pixels_from": 10**7},
    "proposals": {"proposals": False},
    "corrections": {"corrections": True},
    "flagged": {"flagged": True},
    "noted": {"noted": True},
    "trash": {"trashed": True},
    "five at once": {
        "text": "slide", "category": "class 4", "state": ImageState.IN_PROGRESS, "author": "person 1",
        "score_to": 0.2,
    },
    "five at once, none": {
        "text": "slide", "category": "class 39", "tag": "rare", "author": "person 1", "objects_from": 3
    },
}  # fmt: skip


def queries(database: Database, images: int) -> dict[str, Callable[[], object]]:
    """List what is measured, by name."""
    lists, annotations = ImageQueryService(database=database), AnnotationService(database=database)
    middle = image_id(images // 2)
    asked: dict[str, Callable[[], object]] = {}
    for sort in SORT_KEYS.names():
        for falls in (False, True):
            query, name = ImageQuery(sort=sort, descending=falls), f"by {sort}{' down' if falls else ''}"
            place = lists.around(query, middle, each_side=1).items[0].cursor
            asked[f"first page {name}"] = lambda q=query: lists.page(q)
            asked[f"middle page {name}"] = lambda q=query, at=place: lists.page(q, after=at)
            asked[f"neighbours {name}"] = lambda q=query: lists.neighbours(q, middle)
            asked[f"position {name}"] = lambda q=query: lists.position(q, middle)
    for what, values in FILTERS.items():
        for sort in ("added", "name", "score"):
            query = ImageQuery(**values, sort=sort)
            asked[f"page of {what}, by {sort}"] = lambda q=query: lists.page(q)
            asked[f"neighbours of {what}, by {sort}"] = lambda q=query: lists.neighbours(q, middle)
        asked[f"count of {what}"] = lambda q=query: lists.count(q)
        asked[f"count up to 1,000 of {what}"] = lambda q=query: lists.count(q, most=1000)
    asked["count of all"] = lambda: lists.count(ImageQuery())
    asked["strip around an image"] = lambda: lists.around(ImageQuery(sort="name"), middle)
    asked["an image's objects"] = lambda: annotations.list(middle)
    return asked


def measure(database: Database, images: int, *, cpu: bool = False) -> dict[str, float]:
    """Return the median milliseconds of each query; with ``cpu``, the mean of the processor's time."""
    asked = queries(database, images)
    if not cpu:
        return {what: _median_ms(call) for what, call in asked.items()}
    clock = _processor_clock(database)
    return {what: _mean_ms(call, clock) for what, call in asked.items()}


def _median_ms(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1000


def _mean_ms(call: Callable[[], object], clock: Callable[[], float]) -> float:
    call()
    begun = clock()
    for _ in range(TIMES):
        call()
    return (clock() - begun) / TIMES * 1000


def _processor_clock(database: Database) -> Callable[[], float]:
    """Return a clock of the processor's seconds: of this process, and of Postgres's one that answers it."""
    with database.read() as session:
        if session.get_bind().dialect.name != "postgresql":
            return time.process_time
        pid = session.scalar(text("SELECT pg_backend_pid()"))
    stat = Path(f"/proc/{pid}/schedstat")
    return lambda: time.process_time() + int(stat.read_text().split()[0]) / 1e9


def measured_at(url: str, images: int, annotations: int, *, cpu: bool) -> dict[str, float]:
    """Fill the empty database at ``url`` and measure there, by the wall's clock or the processor's."""
    database = open_database(url)
    try:
        begun = time.perf_counter()
        facts = fill(database, images, annotations)
        print(f"filled in {time.perf_counter() - begun:.0f} s, of which the facts took {facts:.0f} s")
        return measure(database, images, cpu=cpu)
    finally:
        database.close()


def _report(name: str, took: dict[str, float]) -> None:
    over = {what: ms for what, ms in took.items() if ms > LIMIT_MS}
    values = sorted(took.values())
    print(
        f"{name}: {len(took)} queries, the median of them {values[len(values) // 2]:.1f} ms, "
        f"{len(over)} over {LIMIT_MS} ms"
    )
    for what, ms in sorted(took.items(), key=lambda one: -one[1])[:15]:
        print(f"  {what:44} {ms:8.1f} ms")


def main() -> None:
    """Measure, print the slowest queries of each database, and with ``--json`` one line at the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--annotations", type=int, default=1_000_000)
    parser.add_argument("--postgres", metavar="URL", help="an empty database, instead of one begun for this")
    parser.add_argument("--cpu", action="store_true", help="the processor's time, on a machine that is busy")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    took: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        took["sqlite"] = measured_at(
            f"sqlite:///{folder}/studio.db", args.images, args.annotations, cpu=args.cpu
        )
    _report("sqlite", took["sqlite"])
    with temporary_postgres(args.postgres) as server:
        if server is not None:
            took["postgresql"] = measured_at(server, args.images, args.annotations, cpu=args.cpu)
            _report("postgresql", took["postgresql"])
    if args.json:
        print(json.dumps({"images": args.images, "annotations": args.annotations, "queries_ms": took}))


if __name__ == "__main__":
    main()
