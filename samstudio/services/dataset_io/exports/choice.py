"""The choice of what is exported: which objects, which images, and whether their files go along."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from samstudio.domain import Annotation, AnnotationStatus, Image
from samstudio.services.dataset_io.exports.pixel_size import NO_SIZES, PixelSizes


@dataclass(frozen=True)
class ExportChoice:
    """Which objects and images an export holds; the default is every accepted object, with its image.

    ``statuses``: of the objects. ``categories`` and ``groups``: names; empty means any, and the group of no
    name is the images of none. ``tags``: images that have one of these. ``splits``: images that a person put
    into one of these. In both the empty name is the images of none. ``with_images``: write the image files,
    too. ``with_empty``: also write the images that have no object, negatives to learn from; those of
    which a person said that there is nothing on them are written anyway, beside accepted objects.
    ``pixel_sizes``: for measurements in units. ``image_ids``: only these images; None: any.
    """

    statuses: tuple[AnnotationStatus, ...] = (AnnotationStatus.ACCEPTED,)
    categories: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    with_images: bool = True
    with_empty: bool = False
    pixel_sizes: PixelSizes = NO_SIZES
    image_ids: frozenset[str] | None = None

    def has_image(self, image: Image, *, split: str | None, tags: Collection[str]) -> bool:
        """Tell whether an image is chosen, by itself, its group, its fixed split and its tags."""
        if self.image_ids is not None and image.id not in self.image_ids:
            return False
        if self.tags and not any(tag in self.tags for tag in tags or ("",)):
            return False
        if self.splits and (split or "") not in self.splits:
            return False
        return not self.groups or (image.group or "") in self.groups

    @property
    def takes_negatives(self) -> bool:
        """Whether images are written of which a person said that there is nothing on them."""
        return AnnotationStatus.ACCEPTED in self.statuses

    def has_object(self, annotation: Annotation) -> bool:
        """Tell whether an object is chosen, by its status and category."""
        if annotation.status not in self.statuses:
            return False
        return not self.categories or annotation.category.name in self.categories

    def words(self) -> str:
        """Return the chosen objects as part of a sentence: ``accepted object of the category crack``."""
        words = f"{' or '.join(self.statuses)} object"
        if self.categories:
            words += f" of the category {' or '.join(self.categories)}"
        return words
