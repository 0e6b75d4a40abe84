"""``pixel-size``: how large the pixels of the dataset or of an image are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from samstudio.cli.common import AsJson, opened
from samstudio.cli.terminal import plain, report
from samstudio.domain import NotFound, PixelSize

if TYPE_CHECKING:
    from samstudio.services.images import ImageService

pixel_size_commands = typer.Typer()

NONE = "none"


@pixel_size_commands.command("pixel-size")
def pixel_size(
    context: typer.Context,
    sizes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SIZE|NAME=SIZE]...",
            help="0.25um of images without a size of their own, NAME=0.25um of one; none takes it away.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say or set how large a pixel is, for measurements in units."""
    from samstudio.services.images.pixel_size import parsed, written

    given = [text.rpartition("=")[::2] for text in sizes or ()]
    read = [(name, None if size == NONE else parsed(size)) for name, size in given]
    with opened(context.obj) as project:
        for name, size in read:
            _set(project.images, name, size)
        of_all, own = project.images.pixel_sizes.of_dataset(), project.images.pixel_sizes.count_own()
        count = project.images.count()
    said = f"{written(of_all)} of images without a size of their own" if of_all else "none for all images"
    report(
        {"pixel_size": plain(of_all) if of_all else None, "images": count, "images_with_pixel_size": own},
        as_json,
        f"{said}; {own} of {count} images have their own",
    )


def _set(images: ImageService, name: str, size: PixelSize | None) -> None:
    """Set the size of the images of a name, or of a file's pages; of the dataset where the name is empty.

    Raises:
        NotFound: There is no image of that name.
    """
    if not name:
        images.pixel_sizes.set_of_dataset(size)
        return
    found = [one for one in images.list() if name in (one.filename, one.filename.rpartition("#")[0])]
    if not found:
        raise NotFound(f"there is no image {name!r}")
    images.pixel_sizes.set_of([one.id for one in found], size)
