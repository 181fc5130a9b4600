"""``python -m tests.bench [section …]``: what the program costs, beside a bare Flask page.

Without a name every section runs. ``--quick`` measures shorter. The data folder of a run is
temporary; LMS_COURSES names other courses than those of this tree.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from importlib import import_module
from pathlib import Path

from tests.bench.section import Bench
from tests.bench.table import Figure, lines

# Each section's module has ``run``: it takes the bench and returns the lines of its table.
SECTIONS = {
    "bytes": "weights",
    "paint": "paint",
    "cpu": "cpu",
    "savers": "savers",
    "sign-ins": "signing_in",
    "memory": "memory",
    "certificates": "papers",
    "slow": "slow",
    "country": "country",
    "office": "office",
    "big": "big",
}


def _measured(name: str, bench: Bench) -> list[Figure]:
    """Return a section's lines; what went wrong in it is one of them, and the others go on."""
    try:
        figures: list[Figure] = import_module(f"tests.bench.{SECTIONS[name]}").run(bench)
    except Exception:
        traceback.print_exc()
        return [Figure("this section failed, see above", 1, "", 0)]
    return figures


def main() -> int:
    """Run the chosen sections; return 1 when a bar was missed or a section failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="shorter runs, rougher figures")
    asked = parser.parse_args()
    if unknown := set(asked.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    missed, start = 0, time.monotonic()
    print(f"{os.cpu_count()} cores, load before: {os.getloadavg()[0]:.1f}\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as folder:
        bench = Bench(Path(folder), quick=asked.quick)
        for name in asked.sections or SECTIONS:
            began = time.monotonic()
            figures = _measured(name, bench)
            missed += sum(each.reached == "NO" for each in figures)
            print(
                "\n".join(lines(f"{name} ({time.monotonic() - began:.0f} s)", figures)), flush=True
            )
    print(f"{time.monotonic() - start:.0f} s, load now: {os.getloadavg()[0]:.1f}")
    print(f"Bars missed: {missed}" if missed else "Every bar was reached.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
