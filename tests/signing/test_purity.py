"""What the web process may import from here."""

import subprocess
import sys


def test_importing_the_package_loads_neither_cryptography_nor_segno() -> None:
    code = (
        "import sys\n"
        "from lms.signing import codes, keys, payload, qr, verify, withdrawals\n"
        "print({'cryptography', 'segno'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "set()"
