"""First contentful paint over slow lines, in Chromium with an empty cache."""

from __future__ import annotations

import statistics

from playwright.sync_api import Browser, sync_playwright

from tests.bench.section import Bench
from tests.bench.seed import Learner, lesson_path
from tests.bench.table import Figure

# kbit/s, milliseconds of delay, seconds allowed
LINES = ((250, 300, 1.2), (64, 600, 2.8))
PAINT = """() => new Promise((done) => {
  const known = () => performance.getEntriesByName("first-contentful-paint")[0];
  const look = () => known() ? done(known().startTime) : setTimeout(look, 50);
  look();
})"""


def _painted(chromium: Browser, url: str, person: Learner | None, kbits: int, delay: int) -> float:
    """Return the seconds until something is to be read."""
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    try:
        if person is not None:
            context.add_cookies([{"name": "sid", "value": person.token, "url": url}])
        page = context.new_page()
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        line.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": delay,
                "downloadThroughput": kbits * 1000 / 8,
                "uploadThroughput": kbits * 1000 / 8,
            },
        )
        page.goto(url, timeout=60_000)
        return float(page.evaluate(PAINT)) / 1000
    finally:
        context.close()


def run(bench: Bench) -> list[Figure]:
    """Open the sign-in page and a lesson on both lines; the middle of three times counts."""
    person = bench.seeded.people[0]
    figures = []
    with bench.lms() as running, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for kbits, delay, bar in LINES:
            for name, path, who in (("sign-in", "/en/", None), ("lesson", lesson_path(), person)):
                url = f"http://127.0.0.1:{running.port}{path}"
                times = [_painted(chromium, url, who, kbits, delay) for _ in range(3)]
                what = f"{name}, {kbits} kbit/s + {delay} ms"
                figures.append(Figure(what, statistics.median(times), "s", bar))
        chromium.close()
    return figures
