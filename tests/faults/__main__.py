"""Brings all faults about and prints as JSON how many were tried and survived: `python -m tests.faults`.

`WANGGE_TEST_POSTGRES_URL` names the PostgreSQL server; `--kills 50` kills servers more often than tests do.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """Run the tests and print their account; return pytest's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=5, help="How often a server is killed on each database.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "faults.json"
        environment = {"WANGGE_FAULTS": str(asked.kills), "WANGGE_FAULTS_REPORT": str(report)}
        command = [sys.executable, "-m", "pytest", "-q", str(Path(__file__).parent)]
        ended = subprocess.run(command, env={**os.environ, **environment}, stdout=sys.stderr)
        if report.exists():
            sys.stdout.write(report.read_text(encoding="utf-8"))
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
