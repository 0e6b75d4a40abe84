"""Cost of one press as a dataset grows: ``python -m benchmarks.growing [--objects 500 5000 50000] [--json]``.

For each number of accepted objects, ten on each image of 12 megapixels, a storage is made and one job
is run in a process of its own, as Fine-tune now runs it. Only cost is measured: six made pictures are
encoded, and every image is one of them, its embedding a hard link to that picture's. So embeddings come
from the page cache; from a cold disk, those of the 500 images that are drawn at most are 1 GB to read.
``--prepare``: stop each job when it begins to train.

Expected before measuring: training starts after 8 s with 500 objects and after 10 s with 50,000 (the program
and its model 5 s, stock's scores 2 s; listing 50,000 objects 0.2 s, parsing 2,000 masks 1 s); peak memory
1.5 GB in every row; the press ends within the time allowed.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert

from samstudio.config import Settings
from samstudio.db.engine import open_database
from samstudio.db.tables import AnnotationRow, CategoryRow, ImageRow
from samstudio.domain import Job, Rle
from samstudio.masks import RunLengths, encode_rle
from samstudio.project import Project, open_project

EACH = 10
"""Accepted objects an image."""

PICTURES = 6

SIZE = (3000, 4000)

Row = dict[str, Any]


def picture(seed: int) -> tuple[NDArray[np.uint8], list[Rle]]:
    """Draw ten ellipses on noise: uint8 RGB HxWx3, and their masks."""
    rng = np.random.default_rng(seed)
    pixels = np.repeat(rng.integers(90, 130, (*SIZE, 1), dtype=np.uint8), 3, axis=2)
    masks = []
    for number in range(EACH):
        centre = (400 + 800 * (number % 5), 750 + 1500 * (number // 5))
        axes = tuple(int(side) for side in rng.integers(80, 380, 2))
        mask = np.zeros(SIZE, np.uint8)
        cv2.ellipse(mask, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1, -1)
        pixels[mask > 0] = pixels[mask > 0] // 2 + rng.integers(0, 120, 3, dtype=np.uint8)
        masks.append(encode_rle(mask > 0))
    return pixels, masks


def image_id(n: int) -> str:
    """Return the id of the n-th image."""
    return f"{n:064x}"


def fill(project: Project, images: int) -> None:
    """Store images, their embeddings and ten accepted objects on each."""
    masks = []
    for n in range(min(PICTURES, images)):
        pixels, found = picture(n)
        project.embeddings.get(image_id(n), lambda pixels=pixels: pixels)  # type: ignore[misc]
        masks.append([(rle, RunLengths.parse(rle)) for rle in found])
    paths = {path.stem: path for path in (project.settings.storage / "embeddings").rglob("*.safetensors")}
    for n in range(PICTURES, images):
        source = paths[image_id(n % PICTURES)]
        os.link(source, source.with_stem(image_id(n)))
    now = datetime.now(UTC)
    database = open_database(project.settings.resolved_database_url)
    with database.write() as session:
        session.add(CategoryRow(name="object", color="#000000"))
        session.flush()
        session.execute(insert(ImageRow), [_image(n, now) for n in range(images)])
        for n in range(images):
            rows = [_annotation(n, rle, runs, now) for rle, runs in masks[n % PICTURES]]
            session.execute(insert(AnnotationRow), rows)
    database.close()


def _image(n: int, now: datetime) -> dict[str, Any]:
    return {
        "id": image_id(n),
        "filename": f"{n}.png",
        "width": SIZE[1],
        "height": SIZE[0],
        "source_format": "PNG",
        "file": f"00/{n}.png",
        "n_bytes": 100,
        "created_at": now,
    }


def _annotation(n: int, rle: Rle, runs: RunLengths, now: datetime) -> dict[str, Any]:
    x0, y0, x1, y1 = runs.box
    return {
        "image_id": image_id(n),
        "category_id": 1,
        "rle": rle,
        **{"x0": x0, "y0": y0, "x1": x1, "y1": y1, "area": runs.area},
        "status": "accepted",
        "prompts": [],
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }


def press(project: Project, max_seconds: float, *, prepare_only: bool) -> Row:
    """Run one job and watch it from outside."""
    began = time.monotonic()
    job = project.tuning.start(max_seconds=max_seconds)
    training, peak = 0.0, 0
    while not job.status.finished:
        time.sleep(0.1)
        job = project.jobs.get(job.id)
        peak = max(peak, _peak_bytes(job))
        if not training and job.phase.startswith("training"):
            training = time.monotonic() - began
            if prepare_only:
                project.jobs.cancel(job.id)
    row: Row = {"training_starts_s": training, "seconds": time.monotonic() - began, "peak_gb": peak / 1e9}
    while _peak_bytes(job):  # its folder is deleted after it
        time.sleep(0.1)
    time.sleep(1.0)  # the thread that waited for the process asks the database once more
    return row | _result(project, job)


def _peak_bytes(job: Job) -> int:
    """Return the largest resident size, so far, of a job's process; 0 before it began and after it ended."""
    try:
        pid = (job.worker or "").rpartition(":")[2]
        lines = Path(f"/proc/{int(pid)}/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    except (OSError, ValueError, StopIteration):
        return 0


def _result(project: Project, job: Job) -> Row:
    if job.result is None or job.result.version is None:
        return {"outcome": job.status.value if job.status.value == "cancelled" else job.reason}
    version = project.versions.get(job.result.version)
    config = version.config
    return {
        "drawn": len(version.annotation_ids),
        "images": config.drawn.images if config.drawn else None,
        "steps": [config.models, config.steps, config.final_steps],
        "outcome": job.result.code,
    }


def measure(objects: int, max_seconds: float, *, prepare_only: bool) -> Row:
    """Make a dataset of so many objects and press once."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(storage=Path(folder))
        with open_project(settings) as project:
            fill(project, objects // EACH)
            row = press(project, max_seconds, prepare_only=prepare_only)
    return {"objects": objects, **row}


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table; steps are models, steps of each, and of the last one."""
    head = f"{'objects':>8} {'drawn':>6} {'training starts':>16} {'all':>8} {'peak':>8}  steps, outcome"
    lines = [
        f"{row['objects']:>8,} {row.get('drawn', '–'):>6} {row['training_starts_s']:>14.1f} s "
        f"{row['seconds']:>6.1f} s {row['peak_gb']:>5.2f} GB  {row.get('steps', '–')}, {row['outcome']}"
        for row in rows
    ]
    return "\n".join([head, *lines])


def main() -> None:
    """Measure, print a table, and with ``--json`` one line at the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", nargs="+", type=int, default=[500, 5_000, 50_000])
    parser.add_argument("--max-seconds", type=float, default=120.0)
    parser.add_argument("--prepare", action="store_true", help="stop each job when it begins to train")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = []
    for objects in args.objects:
        rows.append(measure(objects, args.max_seconds, prepare_only=args.prepare))
        print(table(rows[-1:]), flush=True)
    print(table(rows))
    if args.json:
        print(json.dumps(rows))


if __name__ == "__main__":
    main()
