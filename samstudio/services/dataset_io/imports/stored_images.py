"""Images that an import has no file of: found by name among those of the dataset."""

from __future__ import annotations

from samstudio.services.dataset_io.imports.reading import FoundImage
from samstudio.services.dataset_io.imports.target import LeftOut, PlacedImage
from samstudio.services.images import ImageService


def image_of_dataset(images: ImageService, found: FoundImage, *, lookup: bool) -> PlacedImage:
    """Return the image of the dataset that has the name of one that the source does not hold.

    Raises:
        LeftOut: ``lookup`` is False, or there is none, or there are several.
        NotFound: It was deleted meanwhile.
    """
    if found.image_id:
        known = images.get(found.image_id)
        return PlacedImage(known.id, known.size, created=False)
    names = (found.name, *found.also) if lookup else ()
    named = next(filter(None, (images.named(name) for name in names)), [])
    if not named:
        where = "neither in the source nor in the dataset" if lookup else "not there"
        raise LeftOut(f"{found.name} is listed but {where}", code="image_missing")
    if len(named) > 1:
        why = f"{found.name} may be any of {len(named)} images of the dataset that have this name"
        raise LeftOut(why, code="ambiguous_name")
    return PlacedImage(named[0].id, named[0].size, created=False)
