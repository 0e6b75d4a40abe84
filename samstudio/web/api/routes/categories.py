"""Categories: listed, added, changed, put in order, merged and deleted; each change can be undone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from samstudio.project import Project
from samstudio.services.categories import CategoryChange, CategoryUse
from samstudio.web.api.dependencies import HeavyDep, ProjectDep
from samstudio.web.api.models.base import CategoryId
from samstudio.web.api.models.categories import (
    BackgroundQuery,
    CategoryInfo,
    CategoryList,
    CategoryOrder,
    CategoryPatch,
    CategoryPlace,
    DeleteCategoryQuery,
    MergeBody,
    MergeManyBody,
    NewCategory,
)
from samstudio.web.api.models.image_lists import BulkInfo
from samstudio.web.api.openapi import problem_responses

router = APIRouter(tags=["annotations"])


@router.get(
    "/categories", operation_id="listCategories", summary="List the categories", responses=problem_responses()
)
def list_categories(project: ProjectDep) -> CategoryList:
    """List every category, in their order: by default that in which they were first used."""
    return _listed(project)


def _listed(project: Project, change: CategoryChange | None = None) -> CategoryList:
    former = project.categories.former_names()
    return CategoryList(
        items=[_info(one, former.get(one.category.id, [])) for one in project.categories.usage()],
        change=None if change is None else BulkInfo.model_validate(change.run),
    )


def _info(one: CategoryUse, former_names: list[str]) -> CategoryInfo:
    category = one.category
    return CategoryInfo(
        id=category.id,
        name=category.name,
        color=category.color,
        accepted=one.accepted,
        supercategory=category.supercategory,
        description=category.description,
        proposed=one.proposed,
        images=one.images,
        number=category.number,
        revision=one.revision,
        former_names=former_names,
    )


@router.post(
    "/categories",
    operation_id="addCategory",
    summary="Add a category",
    status_code=201,
    responses=problem_responses(400, 409, 413, 422),
)
def add_category(body: NewCategory, project: ProjectDep) -> CategoryList:
    """Add a category, the last in the order; 409 where there is one of that name."""
    change = project.categories.add(
        body.name, color=body.color, supercategory=body.supercategory, description=body.description
    )
    return _listed(project, change)


@router.put(
    "/category-order",
    operation_id="orderCategories",
    summary="Put the categories into an order",
    responses=problem_responses(400, 404, 413, 422),
)
def order_categories(body: CategoryOrder, project: ProjectDep) -> CategoryList:
    """Put categories into the order that the page shows and exports keep."""
    return _listed(project, project.categories.reorder(body.ids))


@router.post(
    "/categories/{category_id}/move",
    operation_id="moveCategory",
    summary="Move a category in the order",
    responses=problem_responses(400, 404, 413, 422),
)
def move_category(category_id: CategoryId, body: CategoryPlace, project: ProjectDep) -> CategoryList:
    """Put it before another one, or last; all others keep their order."""
    return _listed(project, project.categories.move(category_id, before=body.before))


@router.patch(
    "/categories/{category_id:int}",  # `merge` is none
    operation_id="changeCategory",
    summary="Rename, recolour or describe a category",
    responses=problem_responses(400, 404, 409, 413, 422),
)
def change_category(category_id: CategoryId, body: CategoryPatch, project: ProjectDep) -> CategoryList:
    """Change its name, colour, supercategory or description; 409 where another one has the name."""
    change = project.categories.change(
        category_id,
        revision=body.revision,
        name=body.name,
        color=body.color,
        description=body.description,
        supercategory=body.supercategory,
    )
    return _listed(project, change)


@router.post(
    "/categories/merge",
    operation_id="mergeCategories",
    summary="Merge categories into another",
    responses=problem_responses(400, 404, 409, 413, 422),
)
async def merge_categories(
    query: Annotated[BackgroundQuery, Query()], body: MergeManyBody, project: ProjectDep, heavy: HeavyDep
) -> CategoryList:
    """Give all their objects to the other category, and delete them."""
    return await heavy(_merged, project, body.ids, body.into, query.background)


@router.post(
    "/categories/{category_id}/merge",
    operation_id="mergeCategory",
    summary="Merge a category into another",
    responses=problem_responses(400, 404, 409, 413, 422),
)
async def merge_category(
    category_id: CategoryId,
    query: Annotated[BackgroundQuery, Query()],
    body: MergeBody,
    project: ProjectDep,
    heavy: HeavyDep,
) -> CategoryList:
    """Give all its objects to the other category, and delete it."""
    return await heavy(_merged, project, [category_id], body.into, query.background)


def _merged(project: Project, ids: list[int], into: int, background: bool) -> CategoryList:
    return _listed(project, project.categories.merge(ids, into, background=background))


@router.delete(
    "/categories/{category_id:int}",  # `merge` is none
    operation_id="deleteCategory",
    summary="Delete a category",
    responses=problem_responses(400, 404, 409, 422),
)
async def delete_category(
    category_id: CategoryId,
    query: Annotated[DeleteCategoryQuery, Query()],
    project: ProjectDep,
    heavy: HeavyDep,
) -> CategoryList:
    """Delete a category without objects, or with them: they are rejected or kept, and nothing is lost."""

    def delete() -> CategoryList:
        change = project.categories.delete(
            category_id,
            reject_objects=query.reject_objects,
            leave_objects=query.leave_objects,
            background=query.background,
        )
        return _listed(project, change)

    return await heavy(delete)
