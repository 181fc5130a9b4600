"""Photos of printed codes, drawn: turned, tilted, unsharp and unevenly lit."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import segno
from PIL import Image, ImageChops, ImageDraw, ImageFilter

PAPER = (1050, 740)  # a corner of a certificate, ten units a millimetre
Point = tuple[float, float]


def taken(
    texts: Sequence[str],
    *,
    turned: float = 0,
    tilted: float = 0,
    size: tuple[int, int] = (1600, 1200),
) -> Image.Image:
    """Return a photo of a paper with the codes of ``texts``, the first one large.

    turned  in degrees. tilted  how much farther the far edge is than the near one, 0 to 1.
    """
    photo = _seen(_paper(texts), size, turned, tilted)
    photo = photo.filter(ImageFilter.GaussianBlur(size[0] / 1600))
    lamp = Image.linear_gradient("L").resize(size).point([int(140 + v * 0.45) for v in range(256)])
    return ImageChops.multiply(photo, lamp).convert("RGB")


def wall() -> Image.Image:
    """Return a photo without a code: a brick wall."""
    picture = Image.new("RGB", (1200, 900), (150, 110, 90))
    pen = ImageDraw.Draw(picture)
    for row in range(0, 900, 45):
        for column in range((row // 45 % 2) * 60 - 60, 1200, 120):
            pen.rectangle((column, row, column + 110, row + 38), fill=(170, 80, 60))
    return picture


def _paper(texts: Sequence[str]) -> Image.Image:
    paper = Image.new("L", PAPER, 250)
    pen = ImageDraw.Draw(paper)
    for x in range(0, PAPER[0], 40):
        pen.polygon([(x, 700), (x + 20, 720), (x, 740)], fill=60)
    pen.text((30, 640), "Certificate of completion " * 6, fill=30)
    for text, side, place in zip(texts, (380, 210), ((420, 130), (120, 300)), strict=False):
        drawn = io.BytesIO()
        segno.make(text, error="m", mask=4, micro=False, boost_error=False).save(
            drawn, kind="png", border=4, scale=8
        )
        paper.paste(
            Image.open(drawn).convert("L").resize((side, side), Image.Resampling.LANCZOS), place
        )
    return paper


def _seen(paper: Image.Image, size: tuple[int, int], turned: float, tilted: float) -> Image.Image:
    width, height = paper.size
    angle = math.radians(turned)
    corners: list[Point] = []
    for x, y in ((0, 0), (width, 0), (width, height), (0, height)):
        dx, dy = x - width / 2, y - height / 2
        dx, dy = (
            dx * math.cos(angle) - dy * math.sin(angle),
            dx * math.sin(angle) + dy * math.cos(angle),
        )
        depth = 1 + tilted * (dy / height + 0.6 * dx / width)
        corners.append((dx / depth, dy / depth))
    scale = min(
        0.48 * size[0] / max(abs(x) for x, _ in corners),
        0.48 * size[1] / max(abs(y) for _, y in corners),
    )
    shown = [(size[0] / 2 + x * scale, size[1] / 2 + y * scale) for x, y in corners]
    found = _projection(shown, [(0, 0), (width, 0), (width, height), (0, height)])
    return paper.transform(
        size, Image.Transform.PERSPECTIVE, found, Image.Resampling.BICUBIC, fillcolor=120
    )


def _projection(seen: Sequence[Point], flat: Sequence[Point]) -> list[float]:
    """Return the eight numbers with which Pillow lays ``flat`` where it is ``seen``."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(seen, flat, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for place in range(8):  # Gauss and Jordan
        best = max(range(place, 8), key=lambda each: abs(rows[each][place]))
        rows[place], rows[best] = rows[best], rows[place]
        for other in range(8):
            if other != place:
                share = rows[other][place] / rows[place][place]
                rows[other] = [a - share * b for a, b in zip(rows[other], rows[place], strict=True)]
    return [rows[place][8] / rows[place][place] for place in range(8)]
