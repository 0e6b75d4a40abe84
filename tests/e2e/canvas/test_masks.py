"""The canvas's pixel mathematics, in the engine that runs it, against numpy and OpenCV."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from PIL import Image

from samstudio.web.page.canvas.wire import from_wire, to_wire
from tests.e2e.lab import Lab, Path, Pixels, blobs, got, random_masks, sent


def pairs(seed: int, count: int) -> Iterator[tuple[Pixels, Pixels]]:
    """Two masks of one image: apart, crossing, one in the other, the same."""
    rng = np.random.default_rng(seed)
    for i, mask in enumerate(random_masks(seed, count)):
        shape = (mask.shape[0], mask.shape[1])
        other = blobs(rng, shape, 2) if i % 2 else rng.random(shape) < 0.4
        yield mask, (mask, other, mask & other, mask | other, ~mask)[i % 5]


def test_set_operations_are_those_of_numpy(lab: Lab) -> None:
    cases = list(pairs(1, 120))
    script = """
      return input.map(([a, b]) => [taken(a), taken(b)]).map(([a, b]) => ({
        union: given(masks.union(a, b)), minus: given(masks.minus(a, b)),
        same: masks.same(a, b), itself: masks.same(a, a && masks.maskOf(a)),
      }));
    """
    answers = lab.run(script, [[sent(a), sent(b)] for a, b in cases])
    for (a, b), answer in zip(cases, answers, strict=True):
        assert np.array_equal(got(answer["union"], a.shape), a | b)
        assert np.array_equal(got(answer["minus"], a.shape), a & ~b)
        assert answer["same"] == np.array_equal(a, b)
        assert answer["itself"]


def test_crops_of_different_places_meet_where_they_do_in_the_image(lab: Lab) -> None:
    """The same, of masks whose crops' corners differ in every direction."""
    rng = np.random.default_rng(2)
    cases = []
    for _ in range(60):
        a, b = np.zeros((2, 60, 60), dtype=bool)
        for mask in (a, b):
            x, y, w, h = rng.integers(0, 30), rng.integers(0, 30), rng.integers(1, 30), rng.integers(1, 30)
            mask[y : y + h, x : x + w] = rng.random((h, w)) < 0.6
        cases.append((a, b))
    script = """
      return input.map(([a, b]) => [taken(a), taken(b)]).map(([a, b]) =>
        ["union", "minus"].map((name) => given(masks[name](a, b))));
    """
    for (a, b), (union, minus) in zip(
        cases, lab.run(script, [[sent(a), sent(b)] for a, b in cases]), strict=True
    ):
        assert np.array_equal(got(union, a.shape), a | b)
        assert np.array_equal(got(minus, a.shape), a & ~b)


def test_a_pixel_is_covered_where_it_is_foreground(lab: Lab) -> None:
    cases = list(random_masks(3, 40))
    script = """
      return input.map((one) => {
        const mask = taken(one);
        const hits = new Uint8Array((one.w + 4) * (one.h + 4));
        let i = 0;
        for (let y = -2; y < one.h + 2; y += 1) {
          for (let x = -2; x < one.w + 2; x += 1, i += 1) hits[i] = masks.covers(mask, x, y);
        }
        return text(hits);
      });
    """
    for mask, answer in zip(cases, lab.run(script, [sent(mask) for mask in cases]), strict=True):
        hits = np.frombuffer(base64.b64decode(answer), dtype=np.uint8)
        assert np.array_equal(hits.astype(bool), np.pad(mask, 2).ravel())


def test_an_operation_that_changes_nothing_gives_the_very_mask(lab: Lab) -> None:
    script = """
      const [a, b, far] = input.map(taken);
      const { union, minus } = masks;
      return {
        "in it": union(a, b) === a && union(b, a) === a,
        "of none": union(a, null) === a && union(null, a) === a,
        "less none": minus(a, null) === a, "less another": minus(a, far) === a,
        "no holes": cleaning.fillHoles(a) === a, "no specks": cleaning.removeSpecks(a, 9) === a,
        "by nothing": cleaning.grow(a, 0, { width: 50, height: 50 }) === a && cleaning.shrink(a, 0) === a,
        "nothing left": minus(b, a) === null && cleaning.shrink(b, 40) === null,
        "of nothing": [minus(null, a), cleaning.fillHoles(null), cleaning.shrink(null, 2),
          cleaning.grow(null, 2, { width: 9, height: 9 }), cleaning.smooth(null, 2, { width: 9, height: 9 }),
          cleaning.removeSpecks(null, 4), union(null, null)].every((mask) => mask === null),
        "parts of nothing": cleaning.components(null).length === 0,
        "frozen": Object.isFrozen(a),
      };
    """
    a, b, far = np.zeros((3, 50, 50), dtype=bool)
    a[5:30, 6:40] = b[10:20, 20:30] = far[45:48, 1:4] = True
    holds = lab.run(script, [sent(a), sent(b), sent(far)])
    assert [name for name, kept in holds.items() if kept is not True] == []


def distances(points: Path, shape: tuple[int, int]) -> Pixels:
    """How far each pixel's centre is from the path."""
    centers = np.stack(np.meshgrid(np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5), axis=-1)
    nearest = np.full(shape, np.inf)
    for start, end in zip(points, points[1:] or points, strict=False):
        a, along = np.array(start), np.subtract(end, start)
        length = along @ along
        t = np.clip((centers - a) @ along / length, 0, 1) if length else np.zeros(shape)
        nearest = np.minimum(nearest, np.linalg.norm(centers - a - t[..., None] * along, axis=-1))
    return nearest


def paths(rng: np.random.Generator, shape: tuple[int, int], count: int) -> Iterator[Path]:
    """Random paths, some of them off the image, on a grid, along an axis, or staying in place."""
    for i in range(count):
        corners = rng.uniform(-15, max(shape) + 15, (int(rng.integers(1, 8)), 2))
        if i % 3 == 1:
            corners = np.round(corners * 2) / 2
        if i % 5 == 2:
            corners[:, int(rng.integers(0, 2))] = corners[0, 0]
        if i % 7 == 3:
            corners[1:] = corners[0]
        yield [(float(x), float(y)) for x, y in corners]


SHAPE = """
return input.map(({ kind, points, diameter, width, height }) => given(kind === "stroke"
  ? shapes.strokeMask(points, diameter, { width, height }) : shapes.polygonMask(points, { width, height })));
"""


def shape_of(kind: str, points: Any, shape: tuple[int, int], diameter: float = 0) -> dict[str, Any]:
    return {"kind": kind, "points": points, "diameter": diameter, "height": shape[0], "width": shape[1]}


def test_a_stroke_holds_the_pixels_whose_centre_is_near_its_path(lab: Lab) -> None:
    rng = np.random.default_rng(4)
    shape = (64, 80)
    cases = [(path, float(rng.choice([1.5, 2, 3, 4.7, 10, 31, 60]))) for path in paths(rng, shape, 150)]
    answers = lab.run(SHAPE, [shape_of("stroke", path, shape, diameter) for path, diameter in cases])
    for (path, diameter), answer in zip(cases, answers, strict=True):
        away = distances(path, shape) - diameter / 2
        decided = np.abs(away) > 1e-9  # nearer than that, rounding decides
        assert np.array_equal(got(answer, shape)[decided], (away <= 0)[decided]), (path, diameter)


def test_a_pixel_at_just_the_distance_belongs_to_the_stroke(lab: Lab) -> None:
    shape = (40, 40)
    dot, bar = [(20.5, 20.5)], [(10.5, 20.5), (30.5, 20.5)]
    cases = [
        shape_of("stroke", dot, shape, 6),
        shape_of("stroke", bar, shape, 4),
        shape_of("stroke", [(9, 9)], shape, 10),
    ]
    for case, answer in zip(cases, lab.run(SHAPE, cases), strict=True):
        exact = distances(case["points"], shape) <= case["diameter"] / 2
        assert np.array_equal(got(answer, shape), exact)


def test_a_thin_stroke_is_the_pixels_under_its_path(lab: Lab) -> None:
    rng = np.random.default_rng(5)
    shape = (80, 80)
    segments: list[Path] = [[(float(x), float(y)) for x, y in rng.uniform(0, 80, (2, 2))] for _ in range(100)]
    segments += [[(3.0, 7.0), (3.0, 30.0)], [(5.5, 5.5), (20.5, 20.5)], [(9.0, 9.0), (9.0, 9.0)]]
    answers = lab.run(SHAPE, [shape_of("stroke", one, shape, 1) for one in segments])
    for segment, answer in zip(segments, answers, strict=True):
        mask = got(answer, shape)
        for x, y in segment:
            assert mask[int(y), int(x)], "an end is missing"
        assert cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)[0] == 2, "it is interrupted"
        assert distances(segment, shape)[mask].max() <= np.sqrt(0.5), "a pixel is not under the path"
        across = [abs(int(a) - int(b)) + 1 for a, b in zip(*segment, strict=True)]
        assert max(across) <= mask.sum() <= max(across) + 2, "it is not thin"


def inside(points: Path, shape: tuple[int, int]) -> Pixels:
    """Whether a ray to the right from each centre crosses the outline an odd number of times."""
    x, y = np.meshgrid(np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5)
    odd = np.zeros(shape, dtype=bool)
    for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
        if ay != by:
            odd ^= ((ay > y) != (by > y)) & (ax + (y - ay) * (bx - ax) / (by - ay) > x)
    return odd


def test_a_polygon_holds_the_pixels_whose_centre_is_inside(lab: Lab) -> None:
    rng = np.random.default_rng(6)
    shape = (50, 60)
    cases = list(paths(rng, shape, 200))
    cases += [[(10, 10), (20, 10), (20, 20), (10, 20)], [(0, 0), (60, 0), (60, 50), (0, 50)]]
    answers = lab.run(SHAPE, [shape_of("polygon", path, shape) for path in cases])
    for path, answer in zip(cases, answers, strict=True):
        assert np.array_equal(got(answer, shape), inside(path, shape)), path
    assert got(answers[-2], shape)[10:20, 10:20].all()
    assert [answer["area"] for answer in answers[-2:]] == [100, 3000]


def filled(mask: Pixels) -> Pixels:
    """The mask and all that a flood from outside does not reach."""
    canvas = np.pad(mask.astype(np.uint8), 1)
    cv2.floodFill(canvas, None, (0, 0), 2, flags=4)
    outside: Pixels = canvas[1:-1, 1:-1] == 2
    return ~outside


def parts(mask: Pixels) -> list[Pixels]:
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    found = [labels == label for label in range(1, count)]
    return sorted(found, key=lambda part: -int(part.sum()))


def test_cleaning_is_that_of_opencv(lab: Lab) -> None:
    cases = list(random_masks(7, 120))
    script = """
      return input.map(taken).map((mask) => ({
        filled: given(cleaning.fillHoles(mask)), cleared: given(cleaning.removeSpecks(mask, 12)),
        parts: cleaning.components(mask).map(given),
      }));
    """
    for mask, answer in zip(cases, lab.run(script, [sent(mask) for mask in cases]), strict=True):
        expected = parts(mask)
        found = [got(part, mask.shape) for part in answer["parts"]]
        assert [part.sum() for part in found] == [part.sum() for part in expected]
        assert {part.tobytes() for part in found} == {part.tobytes() for part in expected}
        kept = [part for i, part in enumerate(expected) if i == 0 or part.sum() >= 12]
        assert got(answer["cleared"], mask.shape).sum() == sum(part.sum() for part in kept)
        if expected and (len(expected) == 1 or expected[0].sum() > expected[1].sum()):
            assert np.array_equal(got(answer["cleared"], mask.shape), np.any(kept, axis=0))
        assert np.array_equal(got(answer["filled"], mask.shape), filled(mask))


def disc(radius: float) -> Pixels:
    span = np.arange(-int(radius), int(radius) + 1)
    return (span[:, None] ** 2 + span[None] ** 2 <= radius * radius).astype(np.uint8)


def dilated(mask: Pixels, radius: float) -> Pixels:
    grown: Pixels = cv2.dilate(mask.astype(np.uint8), disc(radius))
    return grown.astype(bool)


def eroded(mask: Pixels, radius: float, beyond: int) -> Pixels:
    """``beyond``: what is taken to lie outside the image."""
    pixels = mask.astype(np.uint8)
    shrunk: Pixels = cv2.erode(pixels, disc(radius), borderType=cv2.BORDER_CONSTANT, borderValue=beyond)
    return shrunk.astype(bool)


def smoothed(mask: Pixels, radius: float) -> Pixels:
    """What most of the disc's pixels in the image are; a draw, or nothing left, changes nothing."""
    votes = np.where(mask, 1.0, -1.0)
    balance = cv2.filter2D(votes, -1, disc(radius).astype(float), borderType=cv2.BORDER_CONSTANT)
    balance = np.round(balance)
    found = np.where(balance == 0, mask, balance > 0)
    return found if found.any() else mask


def test_growing_shrinking_and_smoothing_are_those_of_a_disc(lab: Lab) -> None:
    radii = (1, 1.5, 2, 3, 5, 9.4)
    cases = [(mask, radii[i % 6]) for i, mask in enumerate(random_masks(8, 120))]
    script = """
      return input.map(([one, radius]) => {
        const [mask, image] = [taken(one), { width: one.w, height: one.h }];
        return {
          grown: given(cleaning.grow(mask, radius, image)), shrunk: given(cleaning.shrink(mask, radius)),
          inImage: given(cleaning.shrink(mask, radius, image)),
          smooth: given(cleaning.smooth(mask, radius, image)),
        };
      });
    """
    answers = lab.run(script, [[sent(mask), radius] for mask, radius in cases])
    for (mask, radius), answer in zip(cases, answers, strict=True):
        assert np.array_equal(got(answer["grown"], mask.shape), dilated(mask, radius)), radius
        assert np.array_equal(got(answer["shrunk"], mask.shape), eroded(mask, radius, 0)), radius
        assert np.array_equal(got(answer["inImage"], mask.shape), eroded(mask, radius, 1)), radius
        assert np.array_equal(got(answer["smooth"], mask.shape), smoothed(mask, radius)), radius


def test_smoothing_takes_the_noise_from_an_edge_and_keeps_the_area(lab: Lab) -> None:
    rng = np.random.default_rng(9)
    y, x = np.mgrid[:120, :120]
    clean = np.hypot(x - 60, y - 60) < 40
    edge = np.abs(np.hypot(x - 60, y - 60) - 40) < 1.5
    noisy = np.where(edge, rng.random(clean.shape) < 0.5, clean)
    script = "return given(cleaning.smooth(taken(input), 3, { width: 120, height: 120 }));"
    smooth = got(lab.run(script, sent(noisy)), noisy.shape)
    assert abs(int(smooth.sum()) - int(clean.sum())) < 0.02 * clean.sum()

    def edges(mask: Pixels) -> int:
        return int((mask[1:] != mask[:-1]).sum() + (mask[:, 1:] != mask[:, :-1]).sum())

    assert edges(smooth) < 0.6 * edges(noisy)


def wide_masks() -> list[Pixels]:
    """Besides the small ones, one whose PNG is longer than a call has room for arguments."""
    masks = [mask for mask in random_masks(10, 40) if mask.any()]
    return [*masks, np.random.default_rng(10).random((801, 903)) < 0.5]


def test_a_mask_arrives_at_the_server_as_it_was(lab: Lab) -> None:
    cases = wide_masks()
    script = """
      return Promise.all(input.map(async (one) => {
        const mask = taken(one);
        const wire = await masks.encodeMask(mask);
        const back = await masks.decodeMask({ ...wire });
        return { wire, back: masks.same(back, mask), none: await masks.encodeMask(null) };
      }));
    """
    for mask, answer in zip(cases, lab.run(script, [sent(mask) for mask in cases]), strict=True):
        height, width = mask.shape
        assert np.array_equal(from_wire(answer["wire"], size=(height, width)), mask)
        assert answer["back"]
        assert answer["none"] is None


def test_a_mask_of_the_server_arrives_as_it_was_and_goes_back_as_it_came(lab: Lab) -> None:
    cases = wide_masks()
    script = """
      const none = await masks.decodeMask(null);
      return Promise.all(input.map(async (wire) => {
        const mask = await masks.decodeMask(wire);
        const other = masks.maskOf({ x: mask.x, y: mask.y, w: 1, h: 1, bits: new Uint8Array([1]) });
        const cut = masks.minus(mask, other);
        return { mask: given(mask), kept: (await masks.encodeMask(mask)) === wire && mask.wire === wire,
          changed: cut === mask || cut === null || cut.wire === null, none };
      }));
    """
    for mask, answer in zip(cases, lab.run(script, [to_wire(mask) for mask in cases]), strict=True):
        assert np.array_equal(got(answer["mask"], mask.shape), mask)
        assert (answer["kept"], answer["changed"], answer["none"]) == (True, True, None)


def filtered(mask: Pixels, kind: int) -> bytes:
    """The mask as a 1-bit palette PNG whose every row has the same filter (PNG specification, section 9)."""
    rows = np.packbits(mask, axis=1).astype(int)
    above = np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
    left, corner = (np.hstack([np.zeros_like(one[:, :1]), one[:, :-1]]) for one in (rows, above))
    distances = [abs(above - corner), abs(left - corner), abs(left + above - 2 * corner)]
    nearest = np.select(
        [(distances[0] <= distances[1]) & (distances[0] <= distances[2]), distances[1] <= distances[2]],
        [left, above],
        corner,
    )
    guess = [0 * rows, left, above, (left + above) // 2, nearest][kind]
    lines = np.hstack([np.full((len(rows), 1), kind), (rows - guess) % 256]).astype(np.uint8)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", mask.shape[1], mask.shape[0], 1, 3, 0, 0, 0)
    parts = [(b"IHDR", header), (b"PLTE", bytes([0] * 3 + [255] * 3)), (b"tRNS", b"\0")]
    parts += [(b"IDAT", zlib.compress(lines.tobytes())), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def test_every_filter_of_a_png_is_read_by_hand_and_other_pngs_by_the_browser(lab: Lab) -> None:
    mask = np.random.default_rng(21).random((37, 61)) < 0.5
    mask[0, 0] = mask[-1, -1] = True
    other = io.BytesIO()
    Image.fromarray(np.where(mask[..., None], 255, [9, 9, 9, 0]).astype(np.uint8), "RGBA").save(other, "PNG")
    pngs = [filtered(mask, kind) for kind in range(5)] + [other.getvalue()]
    script = """
      const reader = await import(new URL("studio/canvas/model/masks/png_reader.js", document.baseURI).href);
      return Promise.all(input.map(async (png) => {
        const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
        const mask = await masks.decodeMask({ png, x: 0, y: 0, w: 61, h: 37 });
        return { byHand: (await reader.bitsOf(bytes, 61, 37)) !== null, mask: given(mask) };
      }));
    """
    answers = lab.run(script, [base64.b64encode(png).decode() for png in pngs])
    assert [answer["byHand"] for answer in answers] == [True] * 5 + [False]
    for answer in answers:
        assert np.array_equal(got(answer["mask"], mask.shape), mask)


def test_a_mask_keeps_its_pixels_in_an_eighth_of_the_room(lab: Lab) -> None:
    cases = [mask for mask in random_masks(11, 24) if mask.any()]
    keep = """
      window.kept = input.map(taken);
      window.seen = window.kept.map((mask) => new WeakRef(mask.bits));
      return window.kept.map((mask) => mask.packed.byteLength * 8 - mask.w * mask.h);
    """
    spare = lab.run(keep, [sent(mask) for mask in cases])
    assert all(0 <= bits < 32 for bits in spare)
    lab.collect_garbage()
    assert lab.run("return window.seen.filter((bits) => bits.deref()).length;") == 0, (
        "the bits were not let go"
    )
    for mask, answer in zip(cases, lab.run("return window.kept.map(given);"), strict=True):
        assert np.array_equal(got(answer, mask.shape), mask)


DRAFTS = """
let draft = drafts.emptyDraft();
return input.map(({ kind, mask, picked }) => {
  const drawn = mask && taken(mask);
  if (kind === "redrawn") draft = drafts.redrawn(draft, drawn);
  else if (kind === "answered") {
    const candidates = [{ mask: drawn, iou: 0.5, token: "a" }, { mask: taken(picked), iou: 0.9, token: "b" }];
    draft = drafts.answered(draft, { mask: drawn, iou: 0.5, version: 3, token: "a", candidates, candidate: 0,
      steps: [...draft.steps, { box: null }] });
  } else if (kind === "picked") draft = drafts.withCandidate(draft, 1 - draft.candidate);
  const rebuilt = masks.minus(masks.union(draft.base, draft.add), draft.cut);
  return {
    mask: given(draft.mask), add: given(draft.add), cut: given(draft.cut), iou: draft.iou, token: draft.token,
    consistent: masks.same(rebuilt, draft.mask), corrected: drafts.isCorrected(draft),
    frozen: [draft, draft.steps, draft.points, draft.candidates].every(Object.isFrozen),
    exact: kind !== "redrawn" || draft.mask === drawn || masks.same(draft.mask, drawn),
    steps: draft.steps, started: drafts.isStarted(draft),
  };
});
"""


def test_corrections_by_hand_survive_every_answer(lab: Lab) -> None:
    """An account by pixel: what the hand last said counts, elsewhere what the decoder says."""
    rng = np.random.default_rng(12)
    shape = (40, 48)
    steps: list[tuple[str, Pixels, Pixels]] = []
    for i in range(160):
        kinds = ["redrawn", "redrawn", "answered"] + ["picked"] * any(s[0] == "answered" for s in steps)
        empty = np.zeros(shape, dtype=bool)
        mask = empty if i % 23 == 22 else blobs(rng, shape, 6)
        steps.append((str(rng.choice(kinds)), mask, blobs(rng, shape, 4)))
    asked = [{"kind": kind, "mask": sent(mask), "picked": sent(picked)} for kind, mask, picked in steps]
    answers = lab.run(DRAFTS, asked)

    hand = np.zeros(shape, dtype=int)
    base = shown = np.zeros(shape, dtype=bool)
    offered, index = [base, base], 0
    for (kind, mask, picked), answer in zip(steps, answers, strict=True):
        if kind == "redrawn":
            hand[mask & ~shown] = 1
            hand[shown & ~mask] = -1
        elif kind == "answered":
            offered, index = [mask, picked], 0
            base = mask
        else:
            index = 1 - index
            base = offered[index]
            assert answer["steps"][-1]["candidate"] == index
            assert (answer["token"], answer["iou"]) == (("a", 0.5), ("b", 0.9))[index]
        shown = np.where(hand == 0, base, hand > 0)
        assert np.array_equal(got(answer["mask"], shape), shown), kind
        assert np.array_equal(got(answer["add"], shape), hand > 0)
        assert np.array_equal(got(answer["cut"], shape), hand < 0)
        assert [answer[name] for name in ("consistent", "frozen", "exact")] == [True, True, True]
        assert answer["corrected"] == bool(hand.any())
        assert answer["started"] == bool(shown.any())


def test_what_a_draft_tells_of_itself(lab: Lab) -> None:
    script = """
      const mask = taken(input);
      const none = drafts.emptyDraft();
      const points = [{ x: 5, y: 6, label: 1 }, { x: 7, y: 8, label: 0 }];
      const asked = { ...none, box: [1, 2, 3, 4], points };
      const object = { id: 4, revision: 2, mask, version: 7, iou: 0.8, category: "cat", color: "#123456" };
      const of = drafts.draftOf(object);
      const cut = drafts.redrawn(of, null);
      return {
        prompt: drafts.promptOf(asked),
        holds: {
          "an empty one has nothing":
            !drafts.hasPrompt(none) && !drafts.isStarted(none) && !drafts.isCorrected(none),
          "a box is a prompt": drafts.hasPrompt({ ...none, box: [0, 0, 1, 1] }),
          "a point is a prompt": drafts.hasPrompt({ ...none, points }),
          "a prompt is a start": drafts.isStarted(asked),
          "an object is a start without a prompt": drafts.isStarted(of) && !drafts.hasPrompt(of),
          "it is the object's": of.base === mask && of.mask === mask && of.version === 7 && of.iou === 0.8,
          "it knows which": of.of.id === 4 && of.of.revision === 2 && of.category === "cat",
          "it is not corrected yet": !drafts.isCorrected(of) && Object.isFrozen(of) && Object.isFrozen(of.of),
          "all may be cut":
            cut.mask === null && cut.base === mask && drafts.isCorrected(cut) && cut.of === of.of,
          "the same mask changes nothing": drafts.redrawn(of, masks.maskOf(mask)) === of,
          "no such candidate changes nothing": drafts.withCandidate(of, 3) === of,
          "an answer to an object stays the object's": drafts.answered(of, { mask: null }).of === of.of,
        },
      };
    """
    answer = lab.run(script, sent(np.eye(9, dtype=bool)))
    assert [name for name, holds in answer["holds"].items() if holds is not True] == []
    assert answer["prompt"] == {
        "box": [1, 2, 3, 4],
        "point_coords": [[5, 6], [7, 8]],
        "point_labels": [1, 0],
    }


PAINTED = """
return input.map((one) => {
  const mask = taken(one);
  const context = new OffscreenCanvas(one.w, one.h).getContext("2d", { willReadFrequently: true });
  const pixels = () => context.getImageData(0, 0, one.w, one.h).data;
  context.drawImage(paint.tinted(mask, "#2090f0"), mask.x, mask.y);
  const tint = pixels();
  context.clearRect(0, 0, one.w, one.h);
  context.fill(paint.outline(mask), "evenodd");
  const filled = pixels();
  const again = paint.tinted(mask, "#2090f0") === paint.tinted(mask, "#2090f0");
  const kept = again && paint.outline(mask) === paint.outline(mask);
  return { tint: text(tint), outline: text(filled.filter((_, i) => i % 4 === 3)), kept };
});
"""


def test_a_tint_and_an_outline_are_exactly_the_mask(lab: Lab) -> None:
    cases = [mask for mask in random_masks(13, 60) if mask.any()]
    for mask, answer in zip(cases, lab.run(PAINTED, [sent(mask) for mask in cases]), strict=True):
        tint = np.frombuffer(base64.b64decode(answer["tint"]), dtype=np.uint8).reshape(*mask.shape, 4)
        assert (tint[mask] == (0x20, 0x90, 0xF0, 255)).all()
        assert not tint[~mask].any()
        alpha = np.frombuffer(base64.b64decode(answer["outline"]), dtype=np.uint8).reshape(mask.shape)
        assert np.array_equal(alpha, mask * np.uint8(255)), "filling the outline does not give the mask"
        assert answer["kept"]


def test_an_outline_runs_along_every_edge_once(lab: Lab) -> None:
    script = """
      const Real = window.Path2D;
      const made = [];
      window.Path2D = class {
        moveTo(x, y) { this.at = this.first = [x, y]; }
        lineTo(x, y) { made.push([...this.at, x, y]); this.at = [x, y]; }
        closePath() { this.lineTo(...this.first); }
        addPath() {} // of another path, whose lines are noted already
      };
      try {
        return input.map((one) => { made.length = 0; paint.outline(taken(one)); return [...made]; });
      } finally {
        window.Path2D = Real;
      }
    """
    cases = [mask for mask in random_masks(14, 40) if mask.any()]
    for mask, lines in zip(cases, lab.run(script, [sent(mask) for mask in cases]), strict=True):
        padded = np.pad(mask, 1).astype(int)
        across, down = abs(np.diff(padded, axis=0))[:, 1:-1], abs(np.diff(padded, axis=1))[1:-1]
        for x0, y0, x1, y1 in lines:
            assert (x0 == x1) != (y0 == y1), "a line is slanted or has no length"
            if y0 == y1:
                across[y0, min(x0, x1) : max(x0, x1)] -= 1
            else:
                down[min(y0, y1) : max(y0, y1), x0] -= 1
        assert not across.any()
        assert not down.any()


def test_tints_stay_within_their_room_and_the_oldest_goes_first(lab: Lab) -> None:
    script = """
      const side = 1024; // 4 MiB a tint
      const bits = new Uint8Array(side * side).fill(1);
      const all = Array.from({ length: 20 }, () => masks.maskOf({ x: 0, y: 0, w: side, h: side, bits }));
      const first = paint.tinted(all[0], "#ffffff");
      const second = paint.tinted(all[1], "#ffffff");
      let most = 0;
      for (const mask of all.slice(2)) {
        paint.tinted(mask, "#ffffff");
        paint.tinted(all[0], "#ffffff"); // in use all the time
        most = Math.max(most, paint.tintBytes());
      }
      const kept = [paint.tinted(all[0], "#ffffff") === first, paint.tinted(all[1], "#ffffff") === second];
      const large = masks.maskOf({ x: 0, y: 0, w: 5000, h: 4000, bits: new Uint8Array(2e7).fill(1) });
      const alone = paint.tinted(large, "#ffffff");
      return { most, kept, large: [alone.width, alone.height], held: paint.tintBytes() };
    """
    answer = lab.run(script)
    assert answer["most"] == 64 * 2**20
    assert answer["kept"] == [True, False]
    assert answer["large"] == [5000, 4000], "a tint larger than all the room is drawn nonetheless"
    assert answer["held"] == 4 * 5000 * 4000
