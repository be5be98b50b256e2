"""Wheels of programmes: built from a folder, and unpacked so that they are found before what is installed."""

import configparser
import importlib.util
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path

from wangge._host.plugins import GROUP
from wangge.errors import ConfigurationError

BUILDERS = "Install uv, or `build`, to have a folder built; or name a wheel."


@dataclass(frozen=True)
class Unpacked:
    """A wheel laid out in a folder that can stand on `PYTHONPATH`.

    Attributes:
        folder: where.
        slug: of the programme.
        module: with its hooks.
        distribution: name of the package.
        version: of the package.
    """

    folder: Path
    slug: str
    module: str
    distribution: str
    version: str


def wheel_of(target: Path, work: Path) -> Path:
    """Return a wheel: the one that is named, or one built from the folder that is.

    Raises:
        ConfigurationError: it cannot be built.
    """
    return target if target.suffix == ".whl" else _built(target, work / "built")


def _built(folder: Path, out: Path) -> Path:
    done = subprocess.run(_builder(folder, out), capture_output=True, text=True)
    wheels = sorted(out.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ConfigurationError(f"{folder} cannot be built: {' '.join(said[-3:]) or 'no wheel was made.'}")
    return wheels[0]


def _builder(folder: Path, out: Path) -> list[str]:
    if shutil.which("uv"):
        return ["uv", "build", "--wheel", "--quiet", "--out-dir", str(out), str(folder)]
    if importlib.util.find_spec("build") is not None:
        return [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(folder)]
    raise ConfigurationError(f"{folder} cannot be built here. {BUILDERS}")


def unpack(wheel: Path, folder: Path) -> Unpacked:
    """Lay a wheel out in a folder.

    Raises:
        ConfigurationError: it is no wheel, holds compiled code, or does not bring exactly one programme.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)  # zipfile keeps members within the folder
    except (OSError, zipfile.BadZipFile) as error:
        raise ConfigurationError(f"{wheel} cannot be read as a wheel: {error}.") from error
    known = next(iter(folder.glob("*.dist-info")), None)
    if known is None or not (known / "WHEEL").exists():
        raise ConfigurationError(f"{wheel} is no wheel: it has no .dist-info with a file WHEEL.")
    if "root-is-purelib: true" not in (known / "WHEEL").read_text(encoding="utf-8").lower():
        raise ConfigurationError(
            f"{wheel} holds compiled code: install it, and run the suite from its tests instead."
        )
    metadata = Parser().parsestr((known / "METADATA").read_text(encoding="utf-8"))
    slug, module = _point_of(wheel, known / "entry_points.txt")
    return Unpacked(folder, slug, module, str(metadata["Name"]), str(metadata["Version"]))


def _point_of(wheel: Path, path: Path) -> tuple[str, str]:
    points = configparser.ConfigParser(delimiters=("=",))
    points.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their capitals
    if path.exists():
        points.read_string(path.read_text(encoding="utf-8"))
    found = points.items(GROUP) if points.has_section(GROUP) else []
    if len(found) != 1:
        named = f"brings {len(found)} programmes" if found else "brings no programme"
        raise ConfigurationError(
            f"{wheel.name} {named}: give pyproject.toml one entry point of the group {GROUP}."
        )
    return found[0]
