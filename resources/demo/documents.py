"""Small valid files for the sample mails: PDF, CSV, PNG and a calendar entry."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

Colour = tuple[int, int, int]


def pdf(title: str, lines: Sequence[str]) -> bytes:
    """One page of text (PDF 1.4, the built-in Helvetica, Latin-1)."""
    text = [
        f"BT /F1 20 Tf 56 770 Td ({_escaped(title)}) Tj ET",
        "BT /F1 11 Tf 14 TL 56 736 Td",
    ]
    text += [f"({_escaped(line)}) Tj T*" for line in lines]
    content = "\n".join([*text, "ET"]).encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return _pdf_file(objects)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _pdf_file(objects: Sequence[bytes]) -> bytes:
    """The objects with their cross-reference table (ISO 32000-1, 7.5.4)."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def csv(name: str) -> bytes:
    """A load profile of one week, one hour per line; the same name gives the same numbers."""
    numbers = random.Random(name)
    lines = ["hour;kwh;peak_kw"]
    for hour in range(168):
        busy = 1.0 if 7 <= hour % 24 <= 16 else 0.35
        kwh = numbers.uniform(90, 140) * busy
        lines.append(f"{hour};{kwh:.1f};{kwh * numbers.uniform(1.1, 1.7):.1f}")
    return ("\r\n".join(lines) + "\r\n").encode()


def png(width: int, height: int, rows: Sequence[bytes]) -> bytes:
    """Rows of RGB bytes as a PNG (the PNG specification, section 11)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    )


def picture(name: str, width: int = 480, height: int = 270) -> bytes:
    """A landscape of sky, hills and a roof with panels, in colours derived from the name."""
    numbers = random.Random(name)
    sky = numbers.choice(((206, 228, 246), (246, 222, 196), (196, 214, 232)))
    hill = numbers.choice(((112, 148, 96), (92, 132, 120), (150, 146, 92)))
    roof_top = int(height * numbers.uniform(0.45, 0.6))
    rows = []
    for y in range(height):
        if y < roof_top:
            row = _sky_row(y, width, height, sky, hill)
        else:
            row = _panel_row(y - roof_top, width)
        rows.append(row)
    return png(width, height, rows)


def _sky_row(y: int, width: int, height: int, sky: Colour, hill: Colour) -> bytes:
    fade = 1 - 0.25 * y / height
    colour = bytes(int(part * fade) for part in sky)
    if y < height * 0.36:
        return colour * width
    ground = min(width, int((y - height * 0.36) * 9))
    return bytes(hill) * ground + colour * (width - ground)


def _panel_row(y: int, width: int) -> bytes:
    if y % 44 < 3:
        return bytes((190, 194, 200)) * width
    shade = 38 + y // 4
    cell = bytes((shade - 18, shade, min(255, shade + 52))) * 37 + bytes((196, 200, 206)) * 3
    return (cell * (width // 40 + 1))[: width * 3]


def bars(values: Sequence[float], colour: Colour, width: int = 480, height: int = 160) -> bytes:
    """A bar chart on white, for newsletters."""
    most = max(values)
    slot = width // len(values)
    rows = []
    for y in range(height):
        row = bytearray()
        for value in values:
            is_bar = height - y <= value / most * (height - 12)
            row += bytes(colour if is_bar else (255, 255, 255)) * (slot - 6) + b"\xff\xff\xff" * 6
        rows.append(bytes(row).ljust(width * 3, b"\xff")[: width * 3])
    return png(width, height, rows)


def invitation(uid: str, title: str, start: datetime, organizer: str, place: str) -> bytes:
    """A meeting request for one hour (RFC 5545, RFC 5546)."""
    stamp = "%Y%m%dT%H%M%SZ"
    begins = start.astimezone(UTC)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Lumivolt//Sample//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{begins.strftime(stamp)}",
        f"DTSTART:{begins.strftime(stamp)}",
        f"DTEND:{(begins + timedelta(hours=1)).strftime(stamp)}",
        f"SUMMARY:{title}",
        f"LOCATION:{place}",
        f"ORGANIZER:mailto:{organizer}",
        "ATTENDEE;RSVP=TRUE:mailto:maja@lumivolt.example",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return ("\r\n".join(lines) + "\r\n").encode()


def named(name: str) -> tuple[bytes, str]:
    """The file of this name and its content type, chosen by the ending."""
    title = name.rsplit(".", 1)[0].replace("-", " ").capitalize()
    if name.endswith(".csv"):
        return csv(name), "text/csv"
    if name.endswith(".png"):
        return picture(name), "image/png"
    numbers = random.Random(name)
    lines = ["Lumivolt, Sadama 7, Tallinn", ""]
    parts = ("Modules", "Inverters", "Storage", "Mounting", "Planning and permits")
    lines += [f"{part}: {numbers.randrange(2, 90) * 480:,} EUR" for part in parts]
    lines += ["", "Net prices. This is a sample document of a made-up company."]
    return pdf(title, lines), "application/pdf"
