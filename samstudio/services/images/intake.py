"""Files of pictures on their way in: opened, decoded page by page, looked at or stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from samstudio.domain import InvalidInput, PixelSize
from samstudio.services.images.arrival_notes import came_back, looks_alike, only_first, other_size
from samstudio.services.images.decoding import pixels_id
from samstudio.services.images.names import display_name
from samstudio.services.images.picture_file import PictureFile
from samstudio.services.images.rendering import AS_THE_FILE_SAYS, ReadOptions
from samstudio.services.images.results import AddedImage, IdentifiedImage, RefusedPage
from samstudio.services.images.rows import image_of
from samstudio.services.images.storing import ImageStore


class ImageIntake:
    """What stores pictures, or says what storing them would make of them."""

    def __init__(self, *, store: ImageStore, max_bytes: int, max_pixels: int, max_pages: int) -> None:
        """Store pictures.

        Args:
            store: Where they go.
            max_bytes: Largest file accepted, in bytes.
            max_pixels: Largest image accepted, in pixels.
            max_pages: How many images one file may bring in.
        """
        self._store = store
        self._max_bytes = max_bytes
        self._max_pixels = max_pixels
        self._max_pages = max_pages

    def add(
        self,
        data: bytes,
        *,
        filename: str,
        group: str | None = None,
        page: int | None = None,
        options: ReadOptions = AS_THE_FILE_SAYS,
    ) -> AddedImage:
        """Store one picture of an uploaded file; its id is `decoding.pixels_id` of its pixels.

        The same pixels under another name are the image that is stored already; if it is in the trash, it
        is taken out, with its annotations.
        A failure leaves nothing behind. Of a file with several pages it is the first one unless
        ``page`` says which; a note says so, and `add_pages` stores them all.

        Args:
            data: The file.
            filename: Its name.
            group: Images of one group are never split between training and validation; None: the pages
                of one file are a group of its name.
            page: Which page, from 1.
            options: What a person chose about reading it.

        Raises:
            InvalidInput: The file cannot be read or is too large; the sentence names it.
        """
        file = self.open_file(data, filename=filename, options=options)
        added = self.add_page(file, page or 1, group=group)
        return replace(added, notes=(*only_first(file, page), *added.notes))

    def add_pages(
        self,
        data: bytes,
        *,
        filename: str,
        group: str | None = None,
        options: ReadOptions = AS_THE_FILE_SAYS,
    ) -> Iterator[AddedImage | RefusedPage]:
        """Store every page of a file, one after the other; a page that cannot be read costs that page.

        Args:
            data: The file.
            filename: Its name; pages are called ``name#page``, from 1, where there are several.
            group: As of `add`.
            options: As of `add`.

        Raises:
            InvalidInput: The file cannot be read, is too large or has too many pages; before any is stored.
        """
        file = self.open_file(data, filename=filename, options=options)
        file.check_pages()
        return (self._page_or_why(file, page, group) for page in range(1, file.count + 1))

    def add_all(
        self,
        data: bytes,
        *,
        filename: str,
        group: str | None = None,
        options: ReadOptions = AS_THE_FILE_SAYS,
    ) -> tuple[list[AddedImage], list[RefusedPage]]:
        """Store every page of a file as `add_pages` does; return those added, and those refused.

        Args:
            data: The file.
            filename: Its name.
            group: As of `add`.
            options: As of `add`.

        Raises:
            InvalidInput: As `add_pages`.
        """
        results = [*self.add_pages(data, filename=filename, group=group, options=options)]
        added = [each for each in results if isinstance(each, AddedImage)]
        return added, [each for each in results if isinstance(each, RefusedPage)]

    def open_file(
        self, data: bytes, *, filename: str, options: ReadOptions = AS_THE_FILE_SAYS
    ) -> PictureFile:
        """Open a file by its header, for `add_page` and `identify_page` of its pages; nothing is decoded.

        Raises:
            InvalidInput: The file cannot be read or is too large; the sentence names it.
        """
        self._check_bytes(data, display_name(filename))
        return PictureFile(
            data,
            filename=filename,
            max_pixels=self._max_pixels,
            max_pages=self._max_pages,
            options=options,
        )

    def add_page(self, file: PictureFile, page: int, *, group: str | None = None) -> AddedImage:
        """Store one page of an open file, the first is 1.

        Raises:
            InvalidInput: It cannot be read or is too large; the sentence names the file.
        """
        decoded = file.decode(page)
        image_id = pixels_id(decoded.pixels)
        known, restored = self._store.known(image_id)
        if known is None:
            image, created = self._store.store(image_id, decoded, file, group)
        else:
            self._store.adopt(known, decoded, file)
            self._store.adopt_pixel_size(known, decoded)
            image, created = image_of(self._store.row(image_id)), False
        alike = (*looks_alike(known, decoded, file), *other_size(known, decoded, file))
        notes = (*decoded.notes, *alike, *came_back(known, restored))
        return AddedImage(image, created, notes, page, file.count)

    def identify(
        self,
        data: bytes,
        *,
        filename: str,
        page: int | None = None,
        options: ReadOptions = AS_THE_FILE_SAYS,
    ) -> IdentifiedImage:
        """Tell what `add` would make of a file, and store nothing.

        Args:
            data: The file.
            filename: Its name.
            page: As of `add`.
            options: As of `add`.

        Raises:
            InvalidInput: The file cannot be read or is too large; the sentence names it.
        """
        file = self.open_file(data, filename=filename, options=options)
        found = self.identify_page(file, page or 1)
        return replace(found, notes=(*only_first(file, page), *found.notes))

    def identify_page(self, file: PictureFile, page: int) -> IdentifiedImage:
        """Tell what `add_page` would make of a page, and store nothing.

        Raises:
            InvalidInput: It cannot be read or is too large; the sentence names the file.
        """
        decoded = file.decode(page)
        image_id = pixels_id(decoded.pixels)
        known = self._store.find(image_id)
        height, width, _ = decoded.pixels.shape
        notes = (*decoded.notes, *looks_alike(known, decoded, file), *other_size(known, decoded, file))
        said = PixelSize.from_json(decoded.reading.get("pixel_size"))
        return IdentifiedImage(image_id, (height, width), known is not None, notes, said)

    def _check_bytes(self, data: bytes, name: str) -> None:
        if len(data) > self._max_bytes:
            raise InvalidInput(
                f"{name} is {len(data) / 2**20:.0f} MB; "
                f"the limit is {self._max_bytes / 2**20:g} (SAMSTUDIO_MAX_UPLOAD_MB)"
            )

    def _page_or_why(self, file: PictureFile, page: int, group: str | None) -> AddedImage | RefusedPage:
        try:
            return self.add_page(file, page, group=group)
        except InvalidInput as error:
            return RefusedPage(file.page_name(page), str(error))
