"""What kind of file something is, by how it begins: the name that it comes with is not believed."""

from __future__ import annotations

PICTURES = ("image/jpeg", "image/png", "image/webp")
SCANS = ("application/pdf", *PICTURES)
# Source: ISO/IEC 10918-1 (start of image), ISO/IEC 15948, RFC 9649 (WebP, whose name follows eight bytes of RIFF),
# ISO 32000-1, 7.5.2.
BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
)


def media_type_of(content: bytes) -> str:
    """Return the media type of a scan or picture, or nothing where it is neither."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    for beginning, media_type in BEGINNINGS:
        if content.startswith(beginning):
            return media_type
    return ""
