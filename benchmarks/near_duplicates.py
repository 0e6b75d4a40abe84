"""How well near-duplicates are found: ``python -m benchmarks.near_duplicates --data DIR [--json]``.

Near-duplicates are made of some pictures of each set: cropped, mirrored, brightened, compressed, halved,
frames that are shifted. Each set with those of one kind is searched as a dataset of its own, and then all
sets as one. *Recall*: how many made pictures are at least `ALIKE` to the one that they were made of. *False
merges*: how many pictures are so to a different one, and would land in a set with it. Sets of real repeats
(the same tile photographed again) have near-duplicates that nobody made: they count for recall alone.

*One set left out*: the threshold is the largest similarity of two different pictures in all other sets, and
the set left out is judged by it. So it says what a threshold costs on a dataset that did not choose it.

Then the time and memory of comparing ``--many`` random vectors (0: not).

Expected before measuring: brightness, compression and half the size change an embedding little; a crop of
10 % or a shift of as much moves every cell of the grid by nearly half of one; a quarter turn is another one.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

from samstudio.config import Settings
from samstudio.sam.models import load_model
from samstudio.sam.pooling import LENGTH, Vector, pooled
from samstudio.services.images.decoding import decode_image
from samstudio.services.near_duplicates.similarity import ALIKE, SAMPLE, Comparison, Linking, similarities

KEPT = Path(__file__).parent.parent / ".dev" / "near_duplicates"
"""Vectors of pictures that were pooled before: encoding is what takes time here."""

EIGHTHS = (1, 3, 5, 7)
"""Where the pictures of a set lie of which others are made, in eighths of the set."""

REPEATS = frozenset({"tile_break", "tile_fray", "pitting"})
"""Sets in which the same tile or screw was photographed several times."""

KNOWN = frozenset({("lungs_014", "lungs_017")})
"""Near-duplicates that the other sets have, as was seen by eye."""

Picture = Image.Image


def _crop(left: float, top: float, right: float, bottom: float) -> Callable[[Picture], Picture]:
    def crop(one: Picture) -> Picture:
        width, height = one.size
        edges = (width * left, height * top, width * (1 - right), height * (1 - bottom))
        return one.crop((round(edges[0]), round(edges[1]), round(edges[2]), round(edges[3])))

    return crop


def _compressed(one: Picture) -> Picture:
    buffer = io.BytesIO()
    one.save(buffer, "JPEG", quality=40)
    return Image.open(buffer).convert("RGB")


def _darker(one: Picture) -> Picture:
    return one.point([round(255 * (value / 255) ** 1.4) for value in range(256)] * 3)


MADE: dict[str, Callable[[Picture], Picture]] = {
    "bright": lambda one: ImageEnhance.Brightness(one).enhance(1.3),
    "darker": _darker,
    "jpeg": _compressed,
    "half": lambda one: one.resize(
        (max(1, one.width // 2), max(1, one.height // 2)), Image.Resampling.BILINEAR
    ),
    "flip": lambda one: one.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "crop5": _crop(0.05, 0.05, 0.05, 0.05),
    "crop10": _crop(0.1, 0.1, 0.1, 0.1),
    "shift3a": _crop(0, 0, 0.03, 0.03),
    "shift3b": _crop(0.03, 0.03, 0, 0),
    "shift10a": _crop(0, 0, 0.1, 0.1),
    "shift10b": _crop(0.1, 0.1, 0, 0),
    "rot90": lambda one: one.transpose(Image.Transpose.ROTATE_90),
}
"""By name, what is made of a picture; of shifts both frames, which are compared with each other."""

HARD = frozenset({"rot90"})
"""What nobody expects to be found; reported all the same."""


@dataclass(frozen=True)
class Pooled:
    """A picture's vector: ``kind`` is empty for one as it is in its set."""

    set: str
    name: str
    kind: str
    vector: Vector


def pooled_sets(folders: list[Path], images: int) -> list[Pooled]:
    """Return the vectors of all pictures, and of what is made of some of each set."""
    encode = _encoder()
    found = []
    for folder in folders:
        paths = sorted((folder / "images").iterdir())
        chosen = {paths[part * len(paths) // 8] for part in EIGHTHS[:images]}
        for path in paths:
            pixels = decode_image(path.read_bytes(), filename=path.name, max_pixels=10**8).pixels
            found.append(Pooled(folder.name, path.stem, "", encode(f"{folder.name}--{path.stem}--0", pixels)))
            for kind, make in MADE.items() if path in chosen else ():
                made = np.ascontiguousarray(np.asarray(make(Image.fromarray(pixels))))
                found.append(
                    Pooled(folder.name, path.stem, kind, encode(f"{folder.name}--{path.stem}--{kind}", made))
                )
    return found


def _encoder() -> Callable[[str, NDArray[np.uint8]], Vector]:
    """Return what encodes and pools a picture, unless its vector is kept."""
    models: list[object] = []

    def encode(name: str, pixels: NDArray[np.uint8]) -> Vector:
        path = KEPT / f"{name}.npy"
        if not path.is_file():
            KEPT.mkdir(parents=True, exist_ok=True)
            if not models:
                models.append(load_model(name="vit_t", weights_dir=Settings().weights_dir))
            np.save(path, pooled(models[0].encoder.encode(pixels)))  # type: ignore[attr-defined]
        return np.asarray(np.load(path), np.float32)

    return encode


@dataclass(frozen=True)
class Judged:
    """A dataset as it is compared: similarities of different pictures, and of made ones by kind."""

    different: dict[tuple[str, str], float]
    made: list[tuple[str, float]]
    alone: int

    def largest(self) -> float:
        """Return the largest similarity of two different pictures."""
        return max(self.different.values(), default=0.0)

    def merged(self, alike: float) -> int:
        """Count the pictures that would land in a set with a different one."""
        return len({name for pair, value in self.different.items() if value >= alike for name in pair})


def judge(every: list[Pooled]) -> Judged:
    """Compare the pictures of one dataset."""
    vectors = np.stack([one.vector for one in every])
    plain, flipped = Comparison.of(vectors).sides(vectors)
    alike = similarities(plain, plain, flipped)
    at = {(one.set, one.name, one.kind): index for index, one in enumerate(every)}
    clean = [one for one in every if not one.kind and one.set not in REPEATS]
    different = {
        (one.name, other.name): float(alike[at[one.set, one.name, ""], at[other.set, other.name, ""]])
        for number, one in enumerate(clean)
        for other in clean[number + 1 :]
        if (one.name, other.name) not in KNOWN
    }
    made = []
    for one in every:
        other = (one.set, one.name, f"{one.kind[:-1]}b" if one.kind.endswith("a") else "")
        if one.kind and not one.kind.endswith("b") and other in at:
            made.append((one.kind.rstrip("ab"), float(alike[at[one.set, one.name, one.kind], at[other]])))
    return Judged(different, made, len(clean))


def by_kind(every: list[Pooled]) -> list[list[Pooled]]:
    """Return the pictures as they are with those of one kind, for each kind."""
    kinds = sorted({one.kind.rstrip("ab") for one in every if one.kind})
    return [[one for one in every if one.kind.rstrip("ab") in ("", kind)] for kind in kinds]


def joined(judged: list[Judged]) -> Judged:
    """Return datasets of the same pictures as one: of two different ones the largest similarity counts."""
    different: dict[tuple[str, str], float] = {}
    for one in judged:
        for pair, value in one.different.items():
            different[pair] = max(value, different.get(pair, -1.0))
    return Judged(different, [made for one in judged for made in one.made], judged[0].alone)


def recalls(judged: list[Judged], alike: list[float]) -> dict[str, float]:
    """Return the share of made pictures that are found, by kind; ``alike``: the threshold of each dataset."""
    found: dict[str, list[bool]] = defaultdict(list)
    for one, threshold in zip(judged, alike, strict=True):
        for kind, value in one.made:
            found[kind].append(value >= threshold)
    return {kind: float(np.mean(values)) for kind, values in sorted(found.items())}


def report(name: str, judged: list[Judged], alike: list[float]) -> dict[str, object]:
    """Print and return what thresholds find and merge."""
    recall = recalls(judged, alike)
    merged = sum(one.merged(threshold) for one, threshold in zip(judged, alike, strict=True))
    alone = sum(one.alone for one in judged)
    usual = float(np.mean([value for kind, value in recall.items() if kind not in HARD]))
    print(f"{name}: threshold {min(alike):.2f} to {max(alike):.2f}, recall {usual:.2f}, "
          f"falsely merged {merged} of {alone} pictures")  # fmt: skip
    print("   " + "  ".join(f"{kind} {value:.2f}" for kind, value in recall.items()))
    return {
        "name": name, "recall": usual, "merged": merged, "pictures": alone, "by_kind": recall,
        "thresholds": [min(alike), max(alike)],
    }  # fmt: skip


def left_out(judged: list[Judged]) -> list[float]:
    """Return the threshold of each dataset: the largest similarity of different pictures in all others."""
    return [max(other.largest() for other in judged if other is not one) + 1e-6 for one in judged]


def many(count: int) -> dict[str, float]:
    """Compare random vectors; return the processor's seconds and the memory, in MB, that it took."""
    rng = np.random.default_rng(0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    comparison = Comparison.of(rng.normal(size=(SAMPLE, LENGTH)).astype(np.float32))
    parts = [comparison.sides(part) for part in _parts(rng, count)]
    plain, flipped = (np.concatenate(side) for side in zip(*parts, strict=True))
    parts.clear()
    began = time.process_time()
    linking = Linking(plain, flipped)
    for _share in linking.steps():
        pass
    seconds = time.process_time() - began
    used = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{count:,} images: {seconds:.0f} s of the processor, {used:.0f} MB, {len(linking.sets()):,} sets")
    return {"images": count, "seconds": seconds, "mb": used, "sets": len(linking.sets())}


def _parts(rng: np.random.Generator, count: int) -> Iterator[Vector]:
    """Yield vectors, every hundredth of which is nearly the one before it."""
    for start in range(0, count, 2_000):
        part = rng.normal(size=(min(2_000, count - start), LENGTH)).astype(np.float32)
        part[1::100] = part[0::100][: len(part[1::100])] + 0.1 * part[1::100]
        yield part


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of sets: SET/images/*")
    parser.add_argument(
        "--images", type=int, default=2, help="pictures of a set that others are made of, at most 4"
    )
    parser.add_argument("--many", type=int, default=0, help="also compare so many random vectors")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    folders = sorted(path for path in args.data.iterdir() if (path / "images").is_dir())
    every = pooled_sets(folders, args.images)
    own = [judge([one for one in every if one.set == folder.name]) for folder in folders]
    for folder, one in zip(folders, own, strict=True):
        note = (
            "  (repeats)" if folder.name in REPEATS else f"  most alike of different ones {one.largest():.3f}"
        )
        print(f"{folder.name:12s}{note}")
    rows = [
        report("each set by itself", own, [ALIKE] * len(own)),
        report("one set left out", own, left_out(own)),
        report("all sets as one", [joined([judge(part) for part in by_kind(every)])], [ALIKE]),
    ]
    result = {"rows": rows, "many": many(args.many) if args.many else None}
    if args.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
