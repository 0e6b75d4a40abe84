from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from samstudio.plots import ANSWER, TRUTH, plot_comparison, plot_curves, plot_object, save_plot

PIXELS = np.full((60, 80, 3), 128, np.uint8)
MASK = np.zeros((60, 80), bool)
MASK[10:40, 20:60] = True
BOX = (20.0, 10.0, 59.0, 39.0)


def _rgb(figure: Figure, tmp_path: Path) -> np.ndarray:
    save_plot(figure, tmp_path / "plot.png")
    with Image.open(tmp_path / "plot.png") as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def _near(pixels: np.ndarray, color: tuple[float, ...]) -> int:
    return int((np.abs(pixels - np.array(color)).max(axis=-1) <= 3).sum())


def _over_grey(color: str) -> tuple[float, ...]:
    share = 120 / 255
    return tuple(128 * (1 - share) + int(color[i : i + 2], 16) * share for i in (1, 3, 5))


def test_the_mask_covers_its_share_of_the_image_in_the_truths_colour(tmp_path: Path) -> None:
    pixels = _rgb(plot_object(PIXELS, MASK, BOX, title="a coin"), tmp_path)
    covered, bare = _near(pixels, _over_grey(TRUTH)), _near(pixels, (128, 128, 128))
    assert covered / (covered + bare) == pytest.approx(MASK.mean(), abs=0.03)


def test_each_answer_has_a_panel_with_its_name_and_iou() -> None:
    half = MASK.copy()
    half[25:] = False
    figure = plot_comparison(PIXELS, MASK, BOX, [("stock", half), ("version 1", MASK)], title="t")
    assert [axes.get_title() for axes in figure.axes] == ["stock: IoU 0.500", "version 1: IoU 1.000"]


def test_the_answer_is_drawn_in_its_own_colour(tmp_path: Path) -> None:
    pixels = _rgb(plot_comparison(PIXELS, ~MASK, BOX, [("stock", MASK)]), tmp_path)
    covered, bare = _near(pixels, _over_grey(ANSWER)), _near(pixels, (128, 128, 128))
    assert covered / (covered + bare) == pytest.approx(MASK.mean(), abs=0.03)


def test_no_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="no answer"):
        plot_comparison(PIXELS, MASK, BOX, [])


@pytest.mark.parametrize("mask", [np.zeros((60, 80), bool), np.ones((60, 80), bool)])
def test_masks_without_an_edge_are_drawn_without_a_warning(mask: np.ndarray, tmp_path: Path) -> None:
    assert _rgb(plot_comparison(PIXELS, mask, BOX, [("stock", mask)]), tmp_path).size


def test_curves_go_through_what_was_measured() -> None:
    figure = plot_curves([(1, 0.5), (2, 0.4)], [(2, 0.8)], base_miou=0.7, title="job 1")
    loss, miou = figure.axes
    assert loss.lines[0].get_xydata().tolist() == [[1, 0.5], [2, 0.4]]
    assert miou.lines[0].get_xydata().tolist() == [[2, 0.8]]
    assert miou.lines[1].get_ydata()[0] == 0.7


def test_a_job_without_points_says_so() -> None:
    figure = plot_curves([], [])
    assert all(axes.texts[0].get_text() == "nothing measured" for axes in figure.axes)


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_suffix_says_as_what_it_is_written(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"plot.{suffix}"
    save_plot(plot_object(PIXELS, MASK, BOX), path)
    assert path.stat().st_size > 500


def test_a_suffix_that_nothing_can_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="xyz"):
        save_plot(plot_object(PIXELS, MASK, BOX), tmp_path / "plot.xyz")
