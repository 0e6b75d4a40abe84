"""A version downloaded, imported again, made live and deleted, by mouse. The real app."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from playwright.sync_api import Locator, expect

from tests.e2e.page import StudioPage
from tests.processes import App


def test_a_version_is_downloaded_and_imported(
    real_app: App, visit: Callable[..., StudioPage], tmp_path: Path
) -> None:
    page = visit(real_app)
    page.tab("Versions")
    files = {name: _download(page, "stock", name, tmp_path) for name in ("pth", "safetensors", "onnx")}
    assert "mask_decoder.iou_token.weight" in torch.load(files["pth"], weights_only=True)

    _import(page, files["safetensors"])
    message = page.page.locator("#versions-message")
    expect(message).to_contain_text("Imported as version 1. It is not live")
    row = _row(page, "v1")
    expect(row).to_contain_text("imported from samstudio-vit_t-v0.safetensors")
    row.get_by_role("button", name="Make live").click()
    expect(page.page.get_by_role("dialog")).to_contain_text("no gate has judged it")
    page.page.get_by_role("dialog").get_by_role("button", name="Make live").click()
    expect(row).to_contain_text("live")
    expect(row.get_by_role("button", name="Delete")).to_have_count(0)
    page.page.get_by_role("button", name="Roll back").click()
    page.page.get_by_role("dialog").get_by_role("button", name="Roll back").click()

    row.get_by_role("button", name="Delete").click()
    page.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(message).to_contain_text("Version 1 was deleted")
    expect(row).to_have_count(0)

    (tmp_path / "notes.pth").write_text("this is not a decoder")
    _import(page, tmp_path / "notes.pth")
    expect(message).to_contain_text("notes.pth cannot be read as tensors")
    _import(page, files["pth"])
    expect(message).to_contain_text("Imported as version 2")


def _row(page: StudioPage, name: str) -> Locator:
    return page.page.locator("#versions tbody tr").filter(has=page.page.get_by_text(name, exact=True))


def _download(page: StudioPage, version: str, name: str, folder: Path) -> Path:
    row = _row(page, version)
    row.get_by_text("Download", exact=True).click()
    with page.page.expect_download() as waiting:
        row.locator(f"a[href$='format={name}']").click()
    expect(row.locator("details")).not_to_have_attribute("open", "")
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def _import(page: StudioPage, path: Path) -> None:
    with page.page.expect_file_chooser() as waiting:
        page.page.get_by_role("button", name="Import a version").click()
    waiting.value.set_files(path)
