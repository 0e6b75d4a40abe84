"""What imports and exports take: ``python -m benchmarks.import_export [--annotations 20000] [--json]``.

A made dataset of JPEG pictures, 512x512, twenty round objects each, comes in as COCO polygons, is planned
again, goes out in every format, and comes in again from each export that an import format reads, in a
process of its own a row. The whole is done for a quarter of the annotations first: memory is flat where the
peak grows by less than the annotation file itself.

There is no peer that does the same work. Rates are told twice. *A second* is of the clock: on a machine that
does other work, or whose disk is slow to flush, it is a lower bound. *A second of the processor* counts what
this process itself took of one core, and hardly depends on others.

Expected before measuring, of one core that is not shared: an image costs 9 ms (decoded, named by its pixels,
written, one transaction), an object 0.3 ms (drawn in its box, checked, stored with 499 others) and, by
format, up to 0.4 ms more for its parsing: brushes of Label Studio and the three files of VOC take most. So
with twenty objects an image 1,000 to 1,500 a second come in, whatever the format. Semantic label maps hold
one object a category, two an image: there the image is what costs, 90 images and 180 objects a second.
A plan saves the writes and is as fast or faster. Exports copy files and write text, 2,000 a second; those
that draw pictures or trace outlines 1,500, measurements 1,000. Peak memory 200 MB, of which libraries are
150, and 40 MB more for four times as many annotations: a COCO file is parsed as a whole.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from PIL import Image

from samstudio.db.engine import open_database
from samstudio.services.annotations import AnnotationService
from samstudio.services.dataset_io import DatasetService
from samstudio.services.dataset_io.exports import EXPORT_FORMATS
from samstudio.services.dataset_io.imports.formats import IMPORT_FORMATS
from samstudio.services.dataset_io.imports.options import ImportOptions
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.images import ImageService

Work: TypeAlias = Callable[[Path, Path, str], int]
"""A piece of work: given a folder, a storage folder and a format, the number of annotations."""

EACH = 20
"""Objects an image."""

SIDE = 512
CORNERS = 24
"""Points of an object's polygon."""

UNITS = {"darwin": 1}
"""Bytes of a unit of the peak memory that the system tells; kibibytes elsewhere."""


def write_source(folder: Path, annotations: int) -> None:
    """Write pictures and their COCO file."""
    random = np.random.default_rng(0)
    (folder / "images").mkdir(parents=True)
    images, objects = [], []
    for n in range(annotations // EACH):
        noise = random.integers(0, 255, (SIDE // 16, SIDE // 16, 3), np.uint8)
        picture = Image.fromarray(noise).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        picture.save(folder / "images" / f"{n:06}.jpg", quality=90)
        images.append({"id": n, "file_name": f"{n:06}.jpg", "width": SIDE, "height": SIDE})
        objects += [_object(n, at, random) for at in range(EACH)]
    categories = [{"id": 1, "name": "cell"}, {"id": 2, "name": "nucleus"}]
    document = {"images": images, "annotations": objects, "categories": categories}
    (folder / "annotations.json").write_text(json.dumps(document))


def _object(image: int, at: int, random: np.random.Generator) -> dict[str, Any]:
    """Return an annotation: a round polygon in its cell of a grid, so that no two overlap."""
    middle = np.array([50 + 100 * (at % 5), 60 + 120 * (at // 5)])
    angles = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    radius = random.uniform(25, 45, CORNERS)
    points = middle + np.stack((np.cos(angles), np.sin(angles)), 1) * radius[:, None]
    return {
        "id": image * EACH + at,
        "image_id": image,
        "category_id": 1 + at % 2,
        "segmentation": [[round(float(value), 2) for value in points.reshape(-1)]],
    }


def _datasets(storage: Path) -> DatasetService:
    database = open_database(f"sqlite:///{storage / 'studio.db'}")
    images = ImageService(database=database, folder=storage / "images", max_bytes=10**8, max_pixels=10**8)
    return DatasetService(images=images, annotations=AnnotationService(database=database))


def bring_in(source: Path, storage: Path, name: str) -> int:
    """Import and return the number of annotations that came in or were there already."""
    report = _datasets(storage).imports.apply(FileTree.of(source), ImportOptions(name))
    return report.annotations + report.known_annotations


def planned(source: Path, storage: Path, name: str) -> int:
    """Plan an import and return the number of annotations that there are."""
    report = _datasets(storage).imports.plan(FileTree.of(source), ImportOptions(name)).report
    return report.annotations + report.known_annotations


def take_out(out: Path, storage: Path, name: str) -> int:
    """Export and return the number of annotations."""
    return _datasets(storage).export(name, out).annotations


def measured(
    work: Callable[[Path, Path, str], int], folder: Path, storage: Path, name: str
) -> dict[str, Any]:
    """Return seconds, annotations and peak memory of a piece of work; run in a process of its own."""
    started, processor = time.perf_counter(), time.process_time()
    count = work(folder, storage, name)
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNITS.get(sys.platform, 1024)
    return {
        "annotations": count,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(processor, 2),
        "peak_mb": round(peak / 2**20),
    }


def rows(folder: Path, annotations: int) -> list[dict[str, Any]]:
    """Measure every row on a dataset of that many annotations."""
    source, storage = folder / "source", folder / "storage"
    with _process() as pool:  # not here: what a process holds counts as the peak of those that it starts
        pool.apply(write_source, (source, annotations))
    row = partial(_row, annotations // EACH)
    found = [
        row("import", "coco", bring_in, source, storage),
        row("plan", "coco", planned, source, folder / "planned"),
        row("import again", "coco", bring_in, source, storage),
    ]
    for name in EXPORT_FORMATS.names():
        found.append(row("export", name, take_out, folder / name, storage))
        if name in IMPORT_FORMATS:
            found.append(row("import", name, bring_in, folder / name, folder / f"storage-{name}"))
    return found


def _process() -> Pool:
    return multiprocessing.get_context("spawn").Pool(1)


def _row(images: int, what: str, name: str, work: Work, folder: Path, storage: Path) -> dict[str, Any]:
    with _process() as pool:
        row = {"what": what, "format": name, **pool.apply(measured, (work, folder, storage, name))}
    row["per_second"] = round(row["annotations"] / max(row["seconds"], 0.01))
    row["per_cpu_second"] = round(row["annotations"] / max(row["cpu_seconds"], 0.01))
    row["images_per_cpu_second"] = round(images / max(row["cpu_seconds"], 0.01))
    print(
        f"{what:12} {name:14} {row['annotations']:7,} in {row['seconds']:7.2f} s "
        f"{row['per_second']:7,} a second, {row['per_cpu_second']:7,} a second of the processor "
        f"({row['images_per_cpu_second']:4,} images) {row['peak_mb']:6} MB",
        flush=True,
    )
    return row


def main() -> None:
    """Measure a quarter and the whole, and with ``--json`` print one line at the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--annotations", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    results = {}
    for count in (args.annotations // 4, args.annotations):
        print(f"{count:,} annotations")
        with tempfile.TemporaryDirectory() as folder:
            results[str(count)] = rows(Path(folder), count)
    if args.json:
        print(json.dumps(results))


if __name__ == "__main__":
    main()
