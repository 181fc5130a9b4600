"""The browser of the tests: Debian's Chromium, without what it does for people."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PROGRAM = Path(shutil.which("chromium") or "/usr/bin/chromium")

# Each profile that a test opens has a window with two hidden pages for what is typed into its
# address line: half a second of the processor, ten times the work of a page of ours.
HIDDEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
# What Playwright switches off itself: of two such lists Chromium reads the last one alone.
SWITCHED_OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding",
    "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints",
    "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
)  # fmt: skip
# It asks nobody but our server: no updates, no start page, no account.
QUIET = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    f"--disable-features={','.join((*SWITCHED_OFF, *HIDDEN))}",
)  # fmt: skip


@contextmanager
def open_chromium(*more: str) -> Iterator[Browser]:
    """Start a browser without any profile and end it; a process has one at a time.

    more  further words of its command.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(PROGRAM), args=[*QUIET, *more])
        yield browser
        browser.close()
