"""Makes .venv and installs pinned requirements; a marker file makes every later call cost nothing.

Runs on the system's Python before anything is installed: standard library only.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def fingerprint(requirements: Path) -> str:
    """Hash over a requirements file and those it includes with ``-r``."""
    text = requirements.read_text(encoding="utf-8")
    included = re.findall(r"^-r\s+(\S+)", text, flags=re.MULTILINE)
    parts = [text, *(fingerprint(requirements.parent / name) for name in included)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def works() -> bool:
    """Whether .venv exists and its interpreter and pip still run."""
    if not PYTHON.exists():
        return False
    command = [str(PYTHON), "-c", "import pip"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def create() -> None:
    """Makes a new .venv; on a Debian without python3-venv installs that first, when allowed to."""
    print("Making .venv …", flush=True)
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.run(command, check=False, capture_output=True).returncode == 0:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "python3-venv"], check=False)
    if subprocess.run(command, check=False).returncode:
        sys.exit("No virtual environment could be made. On Debian: apt-get install python3-venv")


def install(requirements: Path) -> None:
    """Installs the requirements unless the marker says that exactly these are there."""
    marker = VENV / f".installed-{requirements.stem}"
    wanted = fingerprint(requirements)
    if marker.exists() and marker.read_text() == wanted:
        return
    print(f"Installing {requirements.name} …", flush=True)
    quiet = ["--quiet", "--quiet", "--disable-pip-version-check"]
    command = [str(PYTHON), "-m", "pip", "install", *quiet, "-r", str(requirements)]
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"{requirements.name} could not be installed; pip's message stands above.")
    marker.write_text(wanted)


def main() -> None:
    if not works():
        create()
    install(ROOT / sys.argv[1])


if __name__ == "__main__":
    main()
