"""Pictures as cameras and programs write them, for tests."""

from __future__ import annotations

import io
from functools import cache
from random import Random

from PIL import Image


@cache
def photo(
    kind: str = "WEBP",
    width: int = 120,
    height: int = 80,
    *,
    noise: int = 30,
    turned: int = 0,
    frames: int = 1,
    comment: str = "",
    lossless: bool = False,
) -> bytes:
    """Return a picture of noise, which no encoder makes small.

    turned  the value of the camera's note about the way it was held; 0: no notes at all.
    """
    # The same noise each time: tests are named by what the picture's digest is.
    grain = Image.frombytes("L", (width, height), Random(7).randbytes(width * height))
    drawn = grain.point(lambda dot: 128 + (dot - 128) * min(noise, 127) // 64).convert("RGB")
    more: dict[str, object] = {}
    if turned:
        exif = Image.Exif()
        exif[0x0112], exif[0x010F] = turned, "Camera of Amina"
        more["exif"] = exif.tobytes()
    if frames > 1:
        more |= {
            "save_all": True,
            "append_images": [drawn.rotate(10 * n) for n in range(1, frames)],
        }
    if comment:
        more["comment"] = comment.encode()
    if lossless:
        more["lossless"] = True
    stream = io.BytesIO()
    drawn.save(stream, kind, **more)
    return stream.getvalue()
