"""How large an image may be; asked before a single pixel is decoded."""

from dataclasses import dataclass

from models.errors import UnreadableFileError

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class ImageLimits:
    """Bounds of what is read.

    Args:
        file_bytes: of the file as uploaded.
        pixels: width times height of one frame.
        longest_side: in pixels.
        shortest_side: in pixels; a network cannot see anything in fewer.
        decoded_bytes: of one frame in memory as the file stores it.
        frames: pages or time points in one file.
    """

    file_bytes: int = 200 * MEGABYTE
    pixels: int = 64_000_000
    longest_side: int = 20_000
    shortest_side: int = 16
    decoded_bytes: int = 512 * MEGABYTE
    frames: int = 5_000

    def check_bytes(self, name: str, data: bytes) -> None:
        """Refuse a file that is empty or too large.

        Raises:
            UnreadableFileError: it is.
        """
        if not data:
            raise UnreadableFileError(name, "is empty", "Choose a file with an image.")
        if len(data) > self.file_bytes:
            size, limit = len(data) / MEGABYTE, self.file_bytes / MEGABYTE
            raise UnreadableFileError(
                name, f"has {size:,.0f} MB; the limit is {limit:,.0f} MB", "Choose a smaller image, or a part of it."
            )

    def check_size(self, name: str, width: int, height: int, bytes_per_pixel: int = 1) -> None:
        """Refuse an image by what its header says.

        Raises:
            UnreadableFileError: it is too large or too small.
        """
        shape = f"is {width:,} x {height:,} pixels"
        if min(width, height) < self.shortest_side:
            raise UnreadableFileError(
                name,
                f"{shape}; at least {self.shortest_side} are needed on each side",
                "Choose a larger image.",
            )
        if max(width, height) > self.longest_side or width * height > self.pixels:
            raise UnreadableFileError(
                name,
                f"{shape}; the limit is {self.pixels / 1e6:,.0f} million pixels and {self.longest_side:,} on a side",
                "Choose a smaller image, or cut a part out of it.",
            )
        if width * height * bytes_per_pixel > self.decoded_bytes:
            raise UnreadableFileError(
                name,
                f"{shape} of {bytes_per_pixel} bytes; the limit is {self.decoded_bytes / MEGABYTE:,.0f} MB in memory",
                "Save it with 8 or 16 bits and at most three channels.",
            )

    def check_frame(self, name: str, frame: int, frames: int) -> None:
        """Refuse a frame that the file does not have, or a file with too many.

        Raises:
            UnreadableFileError: so it is.
        """
        if frames > self.frames:
            raise UnreadableFileError(
                name, f"holds more than {self.frames:,} frames", "Split it into files with fewer frames."
            )
        if not 0 <= frame < frames:
            raise UnreadableFileError(
                name,
                f"holds {frames:,} {'frame' if frames == 1 else 'frames'}; there is no frame {frame + 1:,}",
                f"Choose a frame from 1 to {frames:,}.",
            )
