"""Categories in requests and replies."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from samstudio.services.annotations.categories import LONGEST_DESCRIPTION, MAX_NAME
from samstudio.web.api.models.annotations import CategoryName, Revision
from samstudio.web.api.models.base import LARGEST_ID, Body, Query, Reply, example
from samstudio.web.api.models.image_lists import BulkInfo

Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Supercategory = Annotated[str, Field(max_length=MAX_NAME, pattern=r"^[^\x00-\x1f\x7f]*$")]
Description = Annotated[str, Field(max_length=LONGEST_DESCRIPTION, pattern=r"^[^\x00]*$")]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]


class CategoryInfo(Reply):
    """A category, with how many objects it has, and on how many images."""

    id: int
    name: str
    color: str = Field(examples=["#e6553f"])
    accepted: int
    supercategory: str = ""
    description: str = ""
    proposed: int
    images: int
    number: int | None = Field(description="The id that it came in with, which exports keep.")
    revision: int
    former_names: list[str] = Field(
        description="Names that lead to it, since it was renamed or others merged."
    )


class CategoryList(Reply):
    """Every category; after a change, that ``change`` as well: its number undoes it (`undoBulk`)."""

    items: list[CategoryInfo]
    change: BulkInfo | None = None


class NewCategory(Body):
    """A category to add."""

    model_config = example({"name": "scratch", "supercategory": "damage"})

    name: CategoryName
    color: Color | None = None
    supercategory: Supercategory = ""
    description: Description = ""


class CategoryPatch(Body):
    """What is to change about a category; what is missing stays."""

    model_config = example({"name": "scratch", "color": "#e6553f"})

    name: CategoryName | None = None
    color: Color | None = None
    supercategory: Supercategory | None = None
    description: Description | None = None
    revision: Revision | None = Field(
        None, description="The one that you saw; 409 where it is another by now."
    )


class CategoryOrder(Body):
    """Categories in the order that exports keep; those that are missing follow."""

    ids: list[Id] = Field(max_length=10_000)


class CategoryPlace(Body):
    """Where a category is to stand: ``before`` another one; null is the end."""

    before: Id | None


class MergeBody(Body):
    """The category that takes the objects."""

    into: Id


class MergeManyBody(MergeBody):
    """The categories that go, and the one that takes their objects."""

    ids: list[Id] = Field(min_length=1, max_length=10_000)


class BackgroundQuery(Query):
    """Whether to wait."""

    background: bool = Field(False, description="Answer at once; look at the `change` until it has ended.")


class DeleteCategoryQuery(BackgroundQuery):
    """What becomes of its objects."""

    reject_objects: bool = Field(False, description="Reject them; by default a category with objects stays.")
    leave_objects: bool = Field(False, description="Keep them: they get the category `object`.")
