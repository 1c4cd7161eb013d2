"""The flash of a router: a small tree of files that survives a reload."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from iosim.data import dataclass
from iosim.ios.clock import EPOCH
from iosim.ios.hardware import FLASH_SIZE, IMAGE

BLOCK = 4096
"""Files take whole blocks of this many bytes."""
ROOT = ""
_IMAGE_TEXT = (
    b"This file stands where a router keeps the image of its software. No Cisco code runs here, and none is in it.\n"
)


class FileProblem(Exception):
    """Something that cannot be done with a file; the text is the reason that IOS gives in brackets."""


NO_FILE = "No such file or directory"
NO_DIRECTORY = "Not a directory"
IS_DIRECTORY = "Is a directory"
EXISTS = "File exists"
NO_SPACE = "No space left on device"
NOT_EMPTY = "Directory not empty"


@dataclass(slots=True)
class File:
    """A file, or a directory (that has no data). `number` is the place that `dir` shows, `written` the time in UTC."""

    number: int
    written: datetime
    data: bytes | None = None

    @property
    def size(self) -> int:
        """Bytes of data."""
        return len(self.data or b"")


class Flash:
    """Files by path (`configs/r1.cfg`); the root has the empty path."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self._last = 0
        self.format()
        self.write(IMAGE.partition(":")[2], _IMAGE_TEXT, EPOCH)

    def format(self) -> None:
        """Forget everything."""
        self.files = {ROOT: File(0, EPOCH)}

    @property
    def free(self) -> int:
        """Bytes that are left."""
        return FLASH_SIZE - sum(-(-file.size // BLOCK) * BLOCK for file in self.files.values())

    def read(self, path: str) -> bytes:
        """The data of a file. Raises FileProblem."""
        data = self.find(path).data
        if data is None:
            raise FileProblem(IS_DIRECTORY)
        return data

    def write(self, path: str, data: bytes, now: datetime) -> None:
        """Make a file or write it anew. Raises FileProblem."""
        self._directory_of(path)
        known = self.files.get(path)
        if known is not None and known.data is None:
            raise FileProblem(IS_DIRECTORY)
        if len(data) - (known.size if known else 0) > self.free:
            raise FileProblem(NO_SPACE)
        self._add(path, data, now)

    def make_directory(self, path: str, now: datetime) -> None:
        """Raises FileProblem."""
        self._directory_of(path)
        if path in self.files:
            raise FileProblem(EXISTS)
        self._add(path, None, now)

    def remove(self, path: str, recursive: bool = False) -> None:
        """Remove a file, or a directory: an empty one, or `recursive` with all that is in it. Raises FileProblem."""
        self.find(path)
        inside = [name for name in self.files if name.startswith(f"{path}/")]
        if path == ROOT or (inside and not recursive):
            raise FileProblem(NOT_EMPTY)
        for name in (path, *inside):
            del self.files[name]

    def rename(self, path: str, new: str) -> None:
        """Move a file or a directory with what is in it. Raises FileProblem."""
        self.find(path)
        self._directory_of(new)
        if new in self.files:
            raise FileProblem(EXISTS)
        moved = [name for name in self.files if name == path or name.startswith(f"{path}/")]
        for name in moved:
            self.files[new + name[len(path) :]] = self.files.pop(name)

    def find(self, path: str) -> File:
        """A file or directory. Raises FileProblem."""
        file = self.files.get(path)
        if file is None:
            raise FileProblem(NO_FILE)
        return file

    def inside(self, directory: str) -> Iterator[tuple[str, File]]:
        """The names in a directory with their files, in the order in which they were made."""
        prefix = f"{directory}/" if directory else ""
        for path, file in sorted(self.files.items(), key=lambda item: item[1].number):
            name = path.removeprefix(prefix)
            if path != directory and path.startswith(prefix) and "/" not in name:
                yield name, file

    def _add(self, path: str, data: bytes | None, now: datetime) -> None:
        known = self.files.get(path)
        if known is None:
            self._last += 1
        self.files[path] = File(known.number if known else self._last, now, data)

    def _directory_of(self, path: str) -> None:
        """Raises FileProblem when the directory that a path would be in is not there."""
        if path == ROOT:
            raise FileProblem(IS_DIRECTORY)
        if self.find(path.rpartition("/")[0]).data is not None:
            raise FileProblem(NO_DIRECTORY)
