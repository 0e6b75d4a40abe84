"""Line charts as SVG: small, local, the same in dark and light, and cheap to redraw."""

from __future__ import annotations

from collections.abc import Sequence

from samstudio.web.page.markup import esc

WIDTH, HEIGHT = 520, 190
LEFT, RIGHT, TOP, BOTTOM = 44, 78, 14, 24


def line_chart(
    points: Sequence[tuple[float, float]],
    *,
    title: str,
    reference: tuple[str, float] | None = None,
    digits: int = 3,
) -> str:
    """Return a line chart as HTML; a sentence in its place where there are no points.

    Args:
        points: the curve's (x, y), x rising.
        title: the heading, also read out by screen readers.
        reference: a named level, drawn as a dashed line.
        digits: digits after the decimal point of the values written beside the curve.
    """
    if not points:
        return (
            f'<div class="ss-chart"><h2>{esc(title)}</h2><p class="ss-lead">Nothing measured yet.</p></div>'
        )
    levels = [y for _, y in points] + ([reference[1]] if reference else [])
    low, high = _range(min(levels), max(levels))
    first, last = points[0][0], max(points[-1][0], points[0][0] + 1e-9)

    def at(x: float, y: float) -> tuple[float, float]:
        across = (x - first) / (last - first) * (WIDTH - LEFT - RIGHT)
        return LEFT + across, TOP + (high - y) / (high - low) * (HEIGHT - TOP - BOTTOM)

    return (
        f'<div class="ss-chart"><h2>{esc(title)}</h2>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{esc(_words(title, points, digits))}">'
        + _grid(low, high)
        + (_level(reference, at(0.0, reference[1])[1], digits) if reference else "")
        + _curve([at(x, y) for x, y in points], points[-1][1], digits)
        + f'<text x="{LEFT}" y="{HEIGHT - 4}">step {first:g}</text>'
        + (_last_step(points[-1][0]) if len(points) > 1 else "")
        + "</svg></div>"
    )


def _last_step(step: float) -> str:
    return f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 4}" text-anchor="end">step {step:g}</text>'


def _range(low: float, high: float) -> tuple[float, float]:
    room = (high - low) * 0.1 or max(abs(high) * 0.05, 0.01)
    return low - room, high + room


def _grid(low: float, high: float) -> str:
    lines = []
    digits = 3 if high - low < 0.06 else 2
    for part in range(4):
        y = TOP + part / 3 * (HEIGHT - TOP - BOTTOM)
        value = high - part / 3 * (high - low)
        lines.append(f'<line class="ss-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:.{digits}f}</text>')
    return "".join(lines)


def _level(reference: tuple[str, float], y: float, digits: int) -> str:
    name, level = reference
    return (
        f'<line class="ss-ref" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="ss-level" x="{WIDTH - RIGHT + 8}" y="{y + 4:.1f}">'
        f"{esc(name)} {level:.{digits}f}</text>"
    )


def _curve(places: list[tuple[float, float]], value: float, digits: int) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    x, y = places[-1]
    return (
        f'<polyline class="ss-curve" points="{path}"/>'
        f'<circle class="ss-dot" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
        f'<text class="ss-last" x="{x + 8:.1f}" y="{y + 4:.1f}">{value:.{digits}f}</text>'
    )


def _words(title: str, points: Sequence[tuple[float, float]], digits: int) -> str:
    return f"{title}: from {points[0][1]:.{digits}f} to {points[-1][1]:.{digits}f} over {len(points)} points"
