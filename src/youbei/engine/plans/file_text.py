"""From the bytes of a file to its text: encodings that are read, and files that are no plan at all."""

from __future__ import annotations

from youbei.engine.plans.problems import PlanUnreadable, refuse_file

LARGEST_BYTES = 10 * 1024 * 1024

# First bytes of files that people hand in by mistake. Source: the formats' own specifications.
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "PDF 文件", "a PDF file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Word、Excel 或 WPS 文件", "an old Word, Excel or WPS file"),
    (b"{\\rtf", "RTF 文件", "an RTF file"),
    (b"\x1f\x8b", "gzip 压缩文件", "a gzip archive"),
    (b"Rar!", "RAR 压缩文件", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩文件", "a 7z archive"),
    (b"\x89PNG", "PNG 图片", "a PNG picture"),
    (b"\xff\xd8\xff", "JPEG 图片", "a JPEG picture"),
    (b"SQLite format 3\x00", "SQLite 数据库", "an SQLite database"),
)
_CURE_ZH = "请提交 TOML 或 JSON 格式的预案文件；格式见《预案语言》。"
_CURE_EN = "Hand in the plan as a TOML or JSON file; see the reference page “Plan language”."


def decode(content: bytes) -> str:
    """Return the text of a plan file in UTF-8, UTF-16 or GB18030; raise PlanUnreadable for everything else."""
    _refuse_size(len(content))
    _refuse_other_files(content)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or _looks_like_utf16(content):
        return _decode_utf16(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = _decode_national(content, error)
    if "\x00" in text:
        raise refuse_file(
            zh="这是二进制文件，不是文字。", en="This is a binary file, not text.", cure_zh=_CURE_ZH, cure_en=_CURE_EN
        )
    return text


def check_text(text: str) -> str:
    """Return text that is not too large, without byte order mark."""
    if len(text) > LARGEST_BYTES // 4:
        _refuse_size(len(text.encode("utf-8", "surrogatepass")))
    return text.removeprefix("﻿")


def _refuse_size(size: int) -> None:
    if size > LARGEST_BYTES:
        raise refuse_file(
            zh=f"文件有 {size / 1024 / 1024:.1f} MB，超过 10 MB 的上限。",
            en=f"The file has {size / 1024 / 1024:.1f} MB; the limit is 10 MB.",
            cure_zh="请把图片和附件另存，预案文件只留文字与结构。",
            cure_en="Keep pictures and annexes elsewhere; the plan file holds text and structure only.",
        )


def _refuse_other_files(content: bytes) -> None:
    found = next(((zh, en) for start, zh, en in _SIGNATURES if content.startswith(start)), None)
    if content.startswith(b"PK\x03\x04"):
        found = _zip_kind(content)
    if content[:200].lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        found = ("网页或 XML 文件", "a web page or XML file")
    if found is not None:
        raise refuse_file(
            zh=f"这是{found[0]}，不是预案文件。",
            en=f"This is {found[1]}, not a plan file.",
            cure_zh=_CURE_ZH,
            cure_en=_CURE_EN,
        )


def _zip_kind(content: bytes) -> tuple[str, str]:
    if b"word/" in content:
        return ("Word 文件（.docx）", "a Word file (.docx)")
    if b"xl/" in content:
        return ("Excel 文件（.xlsx）", "an Excel file (.xlsx)")
    return ("ZIP 压缩文件", "a ZIP archive")


def _looks_like_utf16(content: bytes) -> bool:
    """Tell UTF-16 without mark by its zero bytes: half of all bytes in keys and punctuation."""
    start = content[:400]
    if len(start) < 16 or len(content) % 2:
        return False
    zeros = (start[0::2].count(0), start[1::2].count(0))
    return min(zeros) == 0 and max(zeros) > len(start) // 8


def _decode_utf16(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-16-le" if content[1:400:2].count(0) else "utf-16-be"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise refuse_file(
            zh="文件像是 UTF-16 编码，但内容已损坏或被截断。",
            en="The file looks like UTF-16, but is damaged or cut off.",
            cure_zh="请重新保存为 UTF-8。",
            cure_en="Save it again as UTF-8.",
        ) from None


def _decode_national(content: bytes, error: UnicodeDecodeError) -> str:
    """Read GB18030, unless the file is UTF-8 that was damaged: text in one is hardly ever valid in the other."""
    line = content.count(b"\n", 0, error.start) + 1
    before = content[: error.start]
    if sum(byte >= 0xC0 for byte in before) >= 4:
        is_cut = error.start >= len(content) - 3
        raise refuse_file(
            zh="文件在一个汉字中间断开，可能没有传完。" if is_cut else "此处有不属于 UTF-8 的字节。",
            en="The file ends in the middle of a character; it may have been cut off."
            if is_cut
            else "A byte here is not UTF-8.",
            cure_zh="请重新取得完整的文件。" if is_cut else "请用编辑器改正该行，保存为 UTF-8。",
            cure_en="Fetch the whole file again." if is_cut else "Correct the line and save the file as UTF-8.",
            line=line,
        ) from None
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError:
        raise _neither(line) from None


def _neither(line: int) -> PlanUnreadable:
    return refuse_file(
        zh="文件既不是 UTF-8，也不是 GB18030 编码，可能是二进制文件。",
        en="The file is neither UTF-8 nor GB18030; it may be a binary file.",
        cure_zh=_CURE_ZH,
        cure_en=_CURE_EN,
        line=line,
    )
