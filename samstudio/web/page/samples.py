"""Sample images to try the app with: those that ship inside scikit-image."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from samstudio.domain import Unavailable
from samstudio.services.images.sample_images import sample_picture

if TYPE_CHECKING:
    from samstudio.project import Project

NAMES = (
    "coffee.png",
    "coins.png",
    "chelsea.png",
    "rocket.jpg",
    "cell.png",
    "ihc.png",
    "astronaut.png",
    "motorcycle_left.png",
)


def sample_files() -> list[Path]:
    """Return the sample images that are installed, in the order they are shown."""
    return [path for name in NAMES if (path := sample_picture(name))]


def add_samples(project: Project) -> list[str]:
    """Add the sample images to the dataset and return their ids. Those already there stay as they are.

    Raises:
        Unavailable: scikit-image, which they come with, is not installed.
    """
    files = sample_files()
    if not files:
        raise Unavailable(
            "The sample images come with scikit-image, which is not installed: pip install scikit-image."
        )
    return [project.images.add(path.read_bytes(), filename=path.name).image.id for path in files]
