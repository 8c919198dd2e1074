"""What a file is, by its first bytes: names lie."""

from typing import Literal, NamedTuple

Kind = Literal["text", "image", "audio", "video", "other"]


class FileKind(NamedTuple):
    """What a file is: ``kind``, and ``words`` for a message, such as "a PNG picture"."""

    kind: Kind
    words: str


_STARTS: tuple[tuple[bytes, Kind, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image", "a PNG picture"),
    (b"\xff\xd8\xff", "image", "a JPEG picture"),
    (b"GIF87a", "image", "a GIF picture"),
    (b"GIF89a", "image", "a GIF picture"),
    (b"II*\x00", "image", "a TIFF picture"),
    (b"MM\x00*", "image", "a TIFF picture"),
    (b"II+\x00", "other", "a BigTIFF picture"),
    (b"fLaC", "audio", "a FLAC recording"),
    (b"OggS", "audio", "an Ogg recording"),
    (b"ID3", "audio", "an MP3 recording"),
    (b".snd", "audio", "an AU recording"),
    (b"\x1aE\xdf\xa3", "video", "a Matroska or WebM video"),
    (b"FLV\x01", "video", "a Flash video"),
    (b"\x00\x00\x01\xba", "video", "an MPEG video"),
    (b"\x00\x00\x01\xb3", "video", "an MPEG video"),
    (b"%PDF-", "other", "a PDF"),
    (b"PK\x03\x04", "other", "a ZIP archive or an Office document"),
)
# The second byte of an MPEG audio frame of layer III; ff fe would be the mark of a text in UTF-16.
_MP3 = b"\xfb\xfa\xf3\xf2\xe3\xe2"
_RIFF: dict[bytes, FileKind] = {
    b"WAVE": FileKind("audio", "a WAV recording"),
    b"WEBP": FileKind("image", "a WebP picture"),
    b"AVI ": FileKind("video", "an AVI video"),
}


_HEAD = 4_096
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")  # of texts in UTF-8, UTF-16 and UTF-32
_WIDE = 0.3  # share of zero bytes at odd or at even places, in UTF-16 without a mark


def kind_of(data: bytes) -> FileKind:
    """Return what ``data`` is; what has no known beginning and could be a text is taken for one."""
    for start, kind, words in _STARTS:
        if data.startswith(start):
            return (
                FileKind("video", "an Ogg video")
                if start == b"OggS" and b"theora" in data[:512]
                else FileKind(kind, words)
            )
    form = data[8:12]
    if data[:4] in (b"RIFF", b"RF64") and form in _RIFF:
        return _RIFF[form]
    if data[:4] == b"FORM" and form in (b"AIFF", b"AIFC"):
        return FileKind("audio", "an AIFF recording")
    if data[4:8] == b"ftyp":
        return _iso_media(form)
    if data[:1] == b"\xff" and data[1:2] in (b"\xf1", b"\xf9"):
        return FileKind("other", "an AAC recording")
    if data[:1] == b"\xff" and len(data) > 1 and data[1] in _MP3:
        return FileKind("audio", "an MP3 recording")
    if data[:2] == b"BM" and data[6:10] == b"\x00\x00\x00\x00":
        return FileKind("image", "a BMP picture")
    if data[128:132] == b"DICM":
        return FileKind("other", "a DICOM file")
    if data[:1] == b"G" and data[188:189] == b"G" and data[376:377] == b"G":
        return FileKind("video", "an MPEG video")
    return (
        FileKind("text", "a text file")
        if _could_be_text(data[:_HEAD])
        else FileKind("other", "of no kind that is known here")
    )


def _could_be_text(head: bytes) -> bool:
    """No zero bytes, except those of UTF-16 and UTF-32."""
    zeros = head.count(0)
    if not zeros or head.startswith(_MARKS):
        return True
    halves = (head[::2], head[1::2])
    return any(part.count(0) > _WIDE * len(part) for part in halves) and not all(part.count(0) for part in halves)


def _iso_media(brand: bytes) -> FileKind:
    """Files of the MPEG-4 family differ by their brand."""
    if brand[:3] in (b"M4A", b"M4B"):
        return FileKind("other", "an M4A recording")
    if brand in (b"heic", b"heix", b"mif1", b"msf1", b"avif"):
        return FileKind("other", "a HEIC or AVIF picture")
    return FileKind("video", "a QuickTime video" if brand == b"qt  " else "an MP4 video")
