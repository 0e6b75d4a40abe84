"""Original picture files, kept byte for byte under the hash of their bytes; the pages of one file share one.

The caller holds a writing transaction when it places or removes one, as the rows say what is referred to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.tables import ImageRow
from samstudio.files import beside, put_in_place

FOLDER = "originals"


@dataclass(frozen=True)
class Original:
    """A file as it came in; ``file``: its path relative to the images folder."""

    file: str
    sha256: str
    n_bytes: int


def original_of(data: bytes, *, suffix: str) -> Original:
    """Name the place of a file's bytes: ``originals/<sha256[:2]>/<sha256><suffix>``."""
    digest = hashlib.sha256(data).hexdigest()
    return Original(f"{FOLDER}/{digest[:2]}/{digest}{suffix}", digest, len(data))


@contextmanager
def written_beside(data: bytes, path: Path | None) -> Iterator[Path | None]:
    """Write the bytes beside ``path``, to be put in place later; None where there is nothing to write."""
    if path is None or path.is_file():
        yield None
        return
    with beside(path) as temporary:
        temporary.write_bytes(data)
        yield temporary


def put_original(temporary: Path | None, data: bytes, path: Path | None) -> None:
    """Put an original in place, if it is not there; a deletion may have removed it since `written_beside`."""
    if path is None or path.is_file():
        return
    if temporary is not None:
        put_in_place(temporary, path)
        return
    with beside(path) as again:
        again.write_bytes(data)
        put_in_place(again, path)


def remove_unreferred(session: Session, folder: Path, original_file: str | None) -> None:
    """Delete the original at ``folder / original_file`` unless a row still refers to it."""
    if original_file is None or not original_file.startswith(f"{FOLDER}/"):
        return
    if session.scalar(select(ImageRow.seq).where(ImageRow.original_file == original_file).limit(1)) is None:
        (folder / original_file).unlink(missing_ok=True)
