"""Plain images, without objects."""

from __future__ import annotations

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.formats.format import (
    ImportFormat,
    ImportRequest,
    Recognised,
    Sureness,
)
from samstudio.services.dataset_io.imports.masks.mask_pictures import (
    masks_alone,
    masks_among,
    paired_pictures,
)
from samstudio.services.dataset_io.imports.reading import FoundImage, Reading
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.images.file_types import READABLE
from samstudio.text import plural

LOOKS_LIKE_A_MASK = "looks like a mask of {image}, not like a picture to learn from"
MASK_WITHOUT_IMAGE = "looks like a mask and lies in a folder of masks, but no image of its name came with it"


def recognise_images(tree: FileTree) -> Recognised | None:
    """Claim, last of all formats, files some of which are named like images."""
    count = len(tree.images())
    return Recognised(Sureness.FALLBACK, plural(count, "image")) if count else None


def read_images(tree: FileTree, _request: ImportRequest) -> Reading:
    """Find every file that is named like an image; pictures that look like masks of others are held back.

    Raises:
        InvalidInput: There is none.
    """
    if not tree.images():
        raise InvalidInput(f"{tree.title or 'the source'} holds no image: {READABLE} files can be read")
    return Reading(images=image_files(tree))


def image_files(tree: FileTree) -> list[FoundImage]:
    """Return every file that is named like an image, without objects; those that look like masks are held."""
    unclear = {mask: " or ".join(of[:3]) for mask, of in paired_pictures(tree).ambiguous.items()}
    why = {name: LOOKS_LIKE_A_MASK.format(image=of) for name, of in {**masks_among(tree), **unclear}.items()}
    why |= dict.fromkeys(masks_alone(tree), MASK_WITHOUT_IMAGE)
    return [_found(tree, name, why.get(name)) for name in tree.images()]


def _found(tree: FileTree, name: str, why: str | None) -> FoundImage:
    if why is None:
        return FoundImage(name, tree.path(name))
    code = "mask_alone_held" if why == MASK_WITHOUT_IMAGE else "mask_picture"
    return FoundImage(name, tree.path(name), doubt=why, held=True, code=code)


IMAGES = ImportFormat(
    name="images",
    label="images alone",
    description="a folder of images",
    recognise=recognise_images,
    read=read_images,
)
