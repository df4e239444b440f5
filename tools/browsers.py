"""Finds or installs a Chromium and a Chinese font for the browser tests."""

import os
import shutil
import subprocess
from pathlib import Path

from tools import debian
from tools.servers import Unavailable

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Root cannot use Chromium's sandbox; the rest keeps it quiet and off the network.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """Path of a Chromium: $CHROMIUM, one of the machine, or one downloaded by Playwright. Raises Unavailable."""
    for candidate in (os.environ.get("CHROMIUM"), *NAMES):
        if candidate and (found := shutil.which(candidate)):
            return found
    store = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    downloaded = sorted(store.glob("chromium*/chrome-*/*"))
    for path in reversed(downloaded):
        if path.name in {"chrome", "chrome-headless-shell", "headless_shell"} and os.access(path, os.X_OK):
            return str(path)
    raise Unavailable("No Chromium: apt-get install chromium fonts-noto-cjk, or set CHROMIUM to one")


def has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], check=False, capture_output=True).stdout.strip())


def ensure() -> list[str]:
    """Installs what is missing where that is possible; returns one line for everything that cannot be had."""
    missing = _packages_missing()
    if not debian.install(missing) and "chromium" in missing:
        command = [".venv/bin/playwright", "install", "chromium"]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
    lines = []
    try:
        chromium()
    except Unavailable as error:
        lines.append(str(error))
    if not has_chinese_font():
        lines.append("No Chinese font: screenshots would show boxes. apt-get install fonts-noto-cjk")
    return lines


def _packages_missing() -> list[str]:
    missing = []
    try:
        chromium()
    except Unavailable:
        missing.append("chromium")
    if not has_chinese_font():
        missing += ["fontconfig", "fonts-noto-cjk"]
    return missing
