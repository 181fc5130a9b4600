"""A picture in a compiled lesson: its frame, and the same lesson on paper, in one file, without it.

Only this module writes ``<img``. What an author writes has none: the sign < does not pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from lms.content.pictures import Picture

_IMAGE = re.compile(
    r'<img src="media/(?P<address>[0-9a-f]{16})"(?P<size> width="\d+" height="\d+")'
    r' alt="(?P<alt>[^"]*)" loading="lazy">'
)


def figure(picture: Picture, alt: str, note: str) -> str:
    """Return the frame of a picture; ``note`` says how heavy it is. Both texts are escaped here."""
    return (
        f'<figure><img src="media/{picture.address}" width="{picture.width}" '
        f'height="{picture.height}" alt="{escape(alt)}" loading="lazy">'
        f"<figcaption>{escape(note)}</figcaption></figure>"
    )


def addresses(html: str) -> dict[str, None]:
    """Return the addresses of all pictures of a lesson, each once, in order."""
    return dict.fromkeys(found["address"] for found in _IMAGE.finditer(html))


def told(html: str) -> str:
    """Return the lesson with what each picture shows in place of the picture: nothing is loaded."""
    return _IMAGE.sub(lambda found: f"<p>{found['alt']}</p>", html)


def placed(html: str, address: Callable[[str], str]) -> str:
    """Return the lesson with other addresses of its pictures, loaded at once.

    A printer does not wait for what would be loaded on the way down the page.
    address  what names the picture in a lesson -> its whole address there.
    """
    return _IMAGE.sub(
        lambda found: (
            f'<img src="{escape(address(found["address"]))}"{found["size"]} alt="{found["alt"]}">'
        ),
        html,
    )
