"""Plots for papers, reports and notebooks: an object, two decoders side by side, a job's curves.

Plain functions from arrays to matplotlib figures; nothing is read, predicted or stored here.
`samstudio.services.plotting` fetches what they show.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from samstudio.domain import Box
from samstudio.masks import Mask, iou

Pixels = NDArray[np.uint8]

TRUTH, ANSWER, PROMPT = "#16a34a", "#6366f1", "#f59e0b"
WIDTH = 4.2
"""Inches of one panel."""

DPI = 150


def plot_object(pixels: Pixels, mask: Mask, box: Box, *, title: str = "") -> Figure:
    """Plot an object: an image, its true mask and the box that prompts for it.

    Args:
        pixels: RGB, uint8 HxWx3.
        mask: The true mask, bool HxW.
        box: XYXY in pixels.
        title: Written above the image.
    """
    figure, (axes,) = _panels(pixels, 1)
    _show(axes, pixels, title)
    _fill(axes, mask, TRUTH)
    _frame(axes, box)
    return figure


def plot_comparison(
    pixels: Pixels, truth: Mask, box: Box, answers: Sequence[tuple[str, Mask]], *, title: str = ""
) -> Figure:
    """Plot what several decoders answer to one box, side by side, each with its IoU.

    Args:
        pixels: RGB, uint8 HxWx3.
        truth: The true mask, bool HxW; a line in each panel.
        box: XYXY in pixels.
        answers: Name and mask (bool HxW) of each, in the order to be shown.
        title: Written above them all.

    Raises:
        ValueError: There is no answer to show.
    """
    if not answers:
        raise ValueError("there is no answer to show")
    figure, panels = _panels(pixels, len(answers))
    for axes, (name, answer) in zip(panels, answers, strict=True):
        _show(axes, pixels, f"{name}: IoU {iou(answer, truth):.3f}")
        _fill(axes, answer, ANSWER)
        _outline(axes, truth)
        _frame(axes, box)
    if title:
        figure.suptitle(title, fontsize=10)
    return figure


def plot_curves(
    loss: Sequence[tuple[float, float]],
    miou: Sequence[tuple[float, float]],
    *,
    base_miou: float | None = None,
    title: str = "",
) -> Figure:
    """Plot a tuning job's loss and its held-out mIoU.

    Args:
        loss: Step and value of each point.
        miou: The same of the held-out mIoU.
        base_miou: Stock's mIoU, drawn as a dashed line.
        title: Written above both.
    """
    figure = _figure(2 * WIDTH, 0.62 * WIDTH)
    left, right = figure.subplots(1, 2)
    _curve(left, loss, "loss", ANSWER)
    _curve(right, miou, "mIoU on held-out images", TRUTH)
    if base_miou is not None:
        right.axhline(base_miou, color="0.5", linestyle="--", linewidth=1)
        right.annotate("stock", (1, base_miou), xycoords=("axes fraction", "data"), ha="right", va="bottom")
    if title:
        figure.suptitle(title, fontsize=10)
    return figure


def save_plot(figure: Figure, path: Path) -> None:
    """Write a figure in the format that the suffix of ``path`` names (.png, .svg, .pdf), at 150 dpi.

    Raises:
        ValueError: matplotlib cannot write that suffix.
        OSError: The file cannot be written.
    """
    figure.savefig(path, dpi=DPI)


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)  # no window, no global state: safe in a server's threads
    return figure


def _panels(pixels: Pixels, count: int) -> tuple[Figure, list[Axes]]:
    height, width = pixels.shape[:2]
    # A title's height is added; a picture of any shape fills its panel.
    figure = _figure(WIDTH * count, WIDTH * min(3.0, max(0.3, height / width)) + 0.45)
    panels = figure.subplots(1, count, squeeze=False)
    return figure, list(panels[0])


def _show(axes: Axes, pixels: Pixels, title: str) -> None:
    axes.imshow(pixels)
    axes.set_title(title, fontsize=9)
    axes.set_axis_off()


def _fill(axes: Axes, mask: Mask, color: str) -> None:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    layer = np.zeros((*mask.shape, 4), np.uint8)
    layer[mask] = (red, green, blue, 120)
    axes.imshow(layer)


def _outline(axes: Axes, mask: Mask) -> QuadContourSet | None:
    if not mask.any() or mask.all():
        return None
    return axes.contour(mask, levels=[0.5], colors=[TRUTH], linewidths=1.2)


def _frame(axes: Axes, box: Box) -> None:
    x0, y0, x1, y1 = box
    axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=PROMPT, linewidth=1.2))


def _curve(axes: Axes, points: Sequence[tuple[float, float]], name: str, color: str) -> None:
    axes.set_title(name, fontsize=9)
    axes.set_xlabel("step")
    axes.grid(visible=True, alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    if points:
        steps, values = zip(*points, strict=True)
        axes.plot(steps, values, color=color, linewidth=1.4, marker="o" if len(points) < 12 else None)
    else:
        axes.annotate("nothing measured", (0.5, 0.5), xycoords="axes fraction", ha="center", color="0.5")
