"""Files dropped from the desktop: real ones and real folders, as Chromium gets them from the system."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page


def drop(page: Page, *paths: Path, at: tuple[float, float] = (640, 360)) -> None:
    """Drag files and folders over the page and let go."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "dragOver", "drop"):  # the page says at the first that it takes it
        session.send("Input.dispatchDragEvent", {"type": kind, "x": at[0], "y": at[1], "data": data})
    session.detach()


PASTE = """async ({ base64, name }) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type: "image/png" }));
  const paste = new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true });
  document.activeElement.dispatchEvent(paste);
}"""
"""A picture in the clipboard, which a page may not put there without a permission."""
