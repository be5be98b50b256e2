"""The vendor's own tests pass, beside volunteer points, where the package is known as an installed one is."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

VENDOR = Path(__file__).parent / "parcel_lockers"


@pytest.fixture
def known(tmp_path: Path) -> str:
    """A path on which Python finds the vendor's package with its entry point."""
    project = tomllib.loads((VENDOR / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    folder = tmp_path / f"acme_parcel_lockers-{project['version']}.dist-info"
    folder.mkdir()
    heading = f"Metadata-Version: 2.3\nName: {project['name']}\nVersion: {project['version']}\n"
    (folder / "METADATA").write_text(heading, encoding="utf-8")
    points = project["entry-points"]["wangge.plugins"].items()
    lines = "".join(f"{name} = {value}\n" for name, value in points)
    (folder / "entry_points.txt").write_text(f"[wangge.plugins]\n{lines}", encoding="utf-8")
    return os.pathsep.join([str(VENDOR), str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])


def test_the_vendors_own_tests_pass(known: str, backend: str) -> None:
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[backend]
    options = ["-q", "--tb=short", "-p", "no:cacheprovider", "-k", f"not {other}"]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=VENDOR,
        env={**os.environ, "PYTHONPATH": known, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"\b(\d+) passed\b", done.stdout)
    assert passed is not None
    assert int(passed[1]) >= 60, done.stdout
    assert "skipped" not in done.stdout
