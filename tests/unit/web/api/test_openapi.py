"""The OpenAPI document says everything, and docs/api.md names every route and failure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from samstudio.config import Settings
from samstudio.web.api.app import build_api
from samstudio.web.api.problems import INTERNAL, MALFORMED
from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.problem_details import PREFIX, PROBLEM_TYPES
from tests.unit.web.fakes import open_fake

DOCS = Path(__file__).parents[4] / "docs"
PAGES = {ending: (DOCS / f"api{ending}").read_text() for ending in (".md", ".ja.md")}

in_both_languages = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())


def api_of(storage: Path) -> FastAPI:
    project = open_fake(storage)
    return build_api(project, EncodingQueue(project))


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return api_of(tmp_path_factory.mktemp("api")).openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


@in_both_languages
def test_every_route_is_on_the_page(document: dict[str, Any], page: str) -> None:
    names = [name for name, _ in operations(document)]
    assert len(names) > 25
    assert [name for name in names if f"`{name}`" not in page] == []


@in_both_languages
def test_every_kind_of_failure_is_on_the_page(page: str) -> None:
    names = {PREFIX + kind.name for kind in (*PROBLEM_TYPES.values(), MALFORMED, INTERNAL)}
    assert {name for name in names if f"`{name}`" not in page} == {f"{PREFIX}failed"}


def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name


def test_every_failure_is_a_problem_detail(document: dict[str, Any]) -> None:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for name, operation in operations(document):
        assert {"401", "403", "500"} <= operation["responses"].keys(), name
        for status, response in operation["responses"].items():
            if status >= "400":
                assert response["content"] == {"application/problem+json": problem}, (name, status)


def test_every_answer_of_a_decoder_is_signed(document: dict[str, Any]) -> None:
    for name in ("predict", "predictUpload", "drawMask", "downloadVersion"):
        (operation,) = (one for _, one in operations(document) if one["operationId"] == name)
        assert "SAM-Studio-Version" in operation["responses"]["200"]["headers"]


def test_bodies_have_examples(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in ("PromptBody", "RleMask", "PolygonsMask", "PngMask", "AnnotationPatch"):
        properties = schemas[name]["properties"].values()
        assert any("examples" in one for one in properties), name


def test_a_token_is_possible_and_not_required(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert document["security"] == [{}, {"token": []}]


def test_the_page_to_try_it_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    with TestClient(api_of(tmp_path)) as client:
        page = client.get("/api/docs")
        assert page.status_code == 200
        assert "https://" not in page.text
        for asset in ("swagger-ui-bundle.js", "swagger-ui.css"):
            assert asset in page.text
            assert len(client.get(f"/api/docs/{asset}").content) > 50_000


@in_both_languages
def test_the_settings_it_names_exist(page: str) -> None:
    for name in ("max_upload_mb", "max_image_megapixels"):
        assert name in Settings.model_fields
        assert f"`SAMSTUDIO_{name.upper()}`" in page
