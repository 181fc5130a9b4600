"""One step of an upgrade in a process of its own, which a test may kill.

``python driver.py upgrade DATA LINK FILE KEY`` · ``settle DATA LINK``
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lms import settings as settings_of
from lms.admin.upgrade import settle
from lms.admin.upgrade.steps import Upgrade
from lms.kernel import clock
from lms.signing.keys import key_id


def main(words: list[str]) -> None:
    what, data, link = words[0], words[1], Path(words[2])
    settings = settings_of.read({**os.environ, "LMS_DATA": data})
    # The program that runs here lies elsewhere than the one that is upgraded.
    setattr(settle, "program_folder", link.resolve)  # noqa: B010 -- a name that it imports
    if what == "settle":
        found = settle.settle(settings, print, now=clock.now())
        if found is not None:
            settle.end(settings.data, found)
        return
    public = bytes.fromhex(words[4])
    doing = Upgrade(settings, link, lambda said: print(said, flush=True), clock.now)
    print("begins", flush=True)
    doing.stage(Path(words[3]), {key_id(public): public})
    doing.apply()
    print("ends", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
