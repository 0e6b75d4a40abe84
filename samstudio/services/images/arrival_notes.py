"""What to say of a picture that came in beside what its reader says: for a person to check."""

from __future__ import annotations

from samstudio.db.tables import ImageRow
from samstudio.domain import PixelSize
from samstudio.services.images.decoding import DecodedImage
from samstudio.services.images.picture_file import PictureFile
from samstudio.services.images.pixel_size import written
from samstudio.services.images.rows import size_in_file


def only_first(file: PictureFile, page: int | None) -> tuple[str, ...]:
    """Say that one picture of several came in, where nobody asked for that one."""
    if page is not None or file.count == 1:
        return ()
    return (f"{file.name} has {file.count:,} pages: this is the first",)


def looks_alike(known: ImageRow | None, decoded: DecodedImage, file: PictureFile) -> tuple[str, ...]:
    """Say where values of another file are shown as the same pixels: its original is not kept."""
    if known is None or known.original_sha256 in (None, file.sha256):
        return ()
    if not (decoded.reading.get("contrast") or (known.reading or {}).get("contrast")):
        return ()
    return (f"{file.name} looks exactly as {known.filename}, which is another file: only that one is kept",)


def other_size(known: ImageRow | None, decoded: DecodedImage, file: PictureFile) -> tuple[str, ...]:
    """Say where another file says another pixel size of the same pixels: the first one's is kept."""
    there = None if known is None else size_in_file(known)
    said = PixelSize.from_json(decoded.reading.get("pixel_size"))
    if known is None or there is None or said is None or there == said:
        return ()
    return (
        f"{file.name} has pixels of {written(said)}, and the same image is there as {known.filename} "
        f"with {written(there)}: that is kept",
    )


def came_back(known: ImageRow | None, restored: bool) -> tuple[str, ...]:
    """Say that an image came back with what was on it, which whoever adds it may not expect."""
    if known is None or not restored:
        return ()
    return (f"{known.filename} was in the trash: it is back, with the annotations that it had",)
