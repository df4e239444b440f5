"""Installs Debian packages where we may: as root on a machine with apt-get."""

import ctypes.util
import os
import shutil
import subprocess

# WeasyPrint draws text with these; without them there is no PDF, everything else works.
PDF_LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}
# Only the tests need it: it opens our workbooks and proves that nothing in them is calculated.
CALC = "libreoffice-calc-nogui"


def install(packages: list[str]) -> bool:
    """Whether an installation was tried; whether it helped is for the caller to see."""
    if not packages or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing {' '.join(packages)} …", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", *command], check=False, env=env, stdout=subprocess.DEVNULL)
    return True


def pdf_libraries_missing() -> list[str]:
    """Packages that PDF files need and this machine does not have."""
    return [package for name, package in PDF_LIBRARIES.items() if not ctypes.util.find_library(name)]


def ensure_pdf() -> list[str]:
    """Installs what PDF files need; one line when it cannot be had."""
    install(pdf_libraries_missing())
    missing = pdf_libraries_missing()
    return [f"No PDF files: apt-get install {' '.join(missing)}"] if missing else []


def ensure_calc() -> list[str]:
    """Installs the spreadsheet the tests open workbooks with; one line when it cannot be had."""
    if not shutil.which("soffice"):
        install([CALC])
    return [] if shutil.which("soffice") else [f"Workbooks are not opened in LibreOffice: apt-get install {CALC}"]
