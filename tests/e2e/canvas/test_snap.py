"""Snapping to edges: the cheapest way through a picture's gradients, and a polygon drawn along them."""

from __future__ import annotations

import base64
import heapq
import itertools
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.drawing import Bits, Hand, bits
from tests.e2e.lab import Lab
from tests.e2e.page import CANVAS, StudioPage

Colors = NDArray[np.uint8]

READ = """
const { EdgeFinder } = await load("model/pixels/wire/edge_finder");
const { EdgeMap } = await load("model/pixels/wire/edge_map");
const { PathTree, stepCost } = await load("model/pixels/wire/path_tree");
const imageOf = ({ data, width, height }) =>
  ({ data: Uint8ClampedArray.from(atob(data), (c) => c.charCodeAt(0)), width, height });
"""

TREE = """
return input.map((one) => {
  const edges = new EdgeMap(imageOf(one), one.blocks);
  const tree = new PathTree(edges, one.root);
  const { columns, rows } = edges;
  const steps = [];
  for (let a = 0; a < columns * rows; a += 1) {
    for (const [dx, dy] of [[1, 0], [0, 1], [1, 1], [-1, 1]]) {
      const x = (a % columns) + dx;
      const b = a + dx + dy * columns;
      if (x < 0 || x >= columns || b >= columns * rows) continue;
      steps.push([a, b, stepCost(edges, a, b, dx, dy), stepCost(edges, b, a, -dx, -dy)]);
    }
  }
  const paths = one.targets.map((target) => tree.pathTo(target));
  const costs = one.targets.map((target) => tree.cost[target]);
  return { columns, rows, steps, paths, costs };
});
"""

PATHS = """
return input.map(({ image, questions }) => {
  const finder = new EdgeFinder(imageOf(image));
  return questions.map((one) => finder.path(one));
});
"""


def _given(colors: Colors, **more: Any) -> dict[str, Any]:
    height, width = colors.shape[:2]
    opaque = np.dstack([colors, np.full((height, width), 255, np.uint8)])
    return {"data": base64.b64encode(opaque.tobytes()).decode(), "width": width, "height": height, **more}


def _cheapest(steps: list[tuple[int, int, int, int]], root: int) -> dict[int, int]:
    """What the cheapest path to each node costs, by a heap."""
    neighbours: dict[int, list[tuple[int, int]]] = {}
    for a, b, there, back in steps:
        assert there == back > 0, "a way costs the same both ways"
        neighbours.setdefault(a, []).append((b, there))
        neighbours.setdefault(b, []).append((a, there))
    costs = {root: 0}
    open_nodes = [(0, root)]
    while open_nodes:
        cost, node = heapq.heappop(open_nodes)
        if cost > costs[node]:
            continue
        for other, step in neighbours.get(node, []):
            if cost + step < costs.get(other, 1 << 30):
                costs[other] = cost + step
                heapq.heappush(open_nodes, (cost + step, other))
    return costs


def test_a_way_is_the_cheapest_there_is(lab: Lab) -> None:
    rng = np.random.default_rng(3)
    cases = []
    for i in range(40):
        height, width = (int(side) for side in rng.integers(1, 30, 2))
        factor = int(rng.choice([1, 2, 4]))
        colors = rng.integers(0, 255, (height, width, 3)).astype(np.uint8)
        if i % 2:
            colors[: height // 2] = 40
        blocks = {"x": 0, "y": 0, "w": -(-width // factor), "h": -(-height // factor), "factor": factor}
        count = (blocks["w"] + 1) * (blocks["h"] + 1)
        nodes = [int(node) for node in rng.integers(0, count, 6)]
        cases.append(_given(colors, blocks=blocks, root=nodes[0], targets=nodes[1:]))
    for case, found in zip(cases, lab.run(READ + TREE, cases), strict=True):
        costs = _cheapest(found["steps"], case["root"])
        step = {(a, b): cost for a, b, cost, _ in found["steps"]}
        step |= {(b, a): cost for (a, b), cost in step.items()}
        for target, path, cost in zip(case["targets"], found["paths"], found["costs"], strict=True):
            assert (path[0], path[-1], cost) == (case["root"], target, costs[target])
            assert sum(step[pair] for pair in itertools.pairwise(path)) == cost


def _scene(size: tuple[int, int], center: tuple[int, int], axes: tuple[int, int]) -> tuple[Colors, Bits]:
    """A soft, noisy ellipse on a gradient, and the pixels that are its."""
    height, width = size
    ys, xs = np.mgrid[:height, :width]
    mask = np.zeros(size, np.uint8)
    cv2.ellipse(mask, center, axes, 20.0, 0, 360, 1, -1)
    ground = 60 + 40 * xs / width + 10 * ys / height
    noise = np.random.default_rng(7).normal(0, 4, (*size, 3))
    soft = cv2.GaussianBlur(mask.astype(float), (0, 0), 1.0)
    colors = ground[..., None] + soft[..., None] * np.array([70, 40, 20]) + noise
    return np.clip(colors, 0, 255).astype(np.uint8), mask.astype(bool)


def _on_outline(angle: float, center: tuple[int, int], axes: tuple[int, int]) -> tuple[float, float]:
    turn = np.deg2rad(20)
    x, y = axes[0] * np.cos(angle), axes[1] * np.sin(angle)
    return center[0] + x * np.cos(turn) - y * np.sin(turn), center[1] + x * np.sin(turn) + y * np.cos(turn)


def _iou(a: Bits, b: Bits) -> float:
    return float((a & b).sum() / (a | b).sum())


def test_ways_follow_the_outline_at_every_size_and_stay_in_the_picture(lab: Lab) -> None:
    asked = []
    for scale in (1, 4):
        center, axes = (150 * scale, 110 * scale), (90 * scale, 60 * scale)
        colors, mask = _scene((220 * scale, 300 * scale), center, axes)
        corners = [_on_outline(angle, center, axes) for angle in np.arange(5) * 2 * np.pi / 5]
        off = [(x + 3 * scale, y - 2 * scale) for x, y in corners]
        how = {"reach": 6 * scale, "coarseness": scale}
        first = {"from": None, "to": off[0], **how}
        others = [{"from": a, "to": b, **how} for a, b in zip(corners, off[1:] + corners[:1], strict=True)]
        outside = {"from": corners[0], "to": (300 * scale, 0), **how}
        asked.append((scale, mask, _given(colors), [first, *others, outside]))
    answers = lab.run(READ + PATHS, [{"image": image, "questions": how} for *_, image, how in asked])
    for (scale, mask, _, _), (first, *paths, outside) in zip(asked, answers, strict=True):
        assert len(first) == 1
        ring = np.array([point for path in paths for point in path])
        drawn = np.zeros(mask.shape, np.uint8)
        cv2.fillPoly(drawn, [np.round(ring * 16 - 8).astype(np.int32)], 1, shift=4)
        assert _iou(drawn.astype(bool), mask) > 0.97, scale
        assert outside[-1] == [300 * scale, 0]
        for x, y in [*ring, *outside]:
            assert 0 <= x <= mask.shape[1]
            assert 0 <= y <= mask.shape[0]


def test_a_polygon_snaps_to_edges_and_is_straight_where_shift_is_held(
    page: StudioPage, tmp_path: Path
) -> None:
    center, axes = (200, 150), (110, 80)
    colors, mask = _scene((300, 400), center, axes)
    path = tmp_path / f"{tmp_path.name}-edges.png"
    Image.fromarray(colors).save(path)
    page.upload(path)
    page.open_image(path.name)
    page.press("Shift+p")
    switch = page.page.get_by_label("Snap to edges (Shift+P)")
    expect(switch).to_be_checked()
    hand = Hand(page)
    angles = np.arange(5) * 2 * np.pi / 5
    for i, angle in enumerate(angles):
        x, y = _on_outline(float(angle), center, axes)
        hand.stroke((x + 2, y - 2))
        page.page.wait_for_function(f"(n) => {CANVAS}.store.get('polygon')?.corners?.length === n", arg=i + 1)
    whole = page.known("polygon")
    assert len(whole["points"]) > 15, "the ways between the corners are kept"

    page.press("Backspace")
    assert len(page.known("polygon")["corners"]) == 4
    x, y = _on_outline(float(angles[4]), center, axes)
    page.page.mouse.move(*hand.near(x, y))
    page.page.wait_for_function(f"{CANVAS}.store.get('wire')?.length > 1")
    page.page.keyboard.down("Shift")
    page.page.wait_for_function(f"{CANVAS}.store.get('wire') === null")
    page.page.mouse.click(*hand.near(x, y))
    page.page.keyboard.up("Shift")
    straight = page.known("polygon")
    assert len(straight["corners"]) == 5
    assert len(straight["points"]) == straight["corners"][3] + 2, "one straight side"
    page.press("Control+z")
    page.page.mouse.dblclick(*hand.near(x, y))
    page.page.wait_for_function(f"{CANVAS}.store.get('polygon') === null")
    page.page.wait_for_function(f"{CANVAS}.store.get('draft').mask")
    assert _iou(bits(page), mask) > 0.97, "closed along the edge, by a double click"
    page.press("Control+z")
    page.press("Escape")
    assert page.known("polygon") is None

    page.press("Shift+p")
    expect(switch).not_to_be_checked()
    page.open()
    page.press("p")
    expect(switch).not_to_be_checked()
