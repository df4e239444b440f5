"""Kinds of files made for tests: a quick one, a failing one, one whose right can be taken away, a slow one."""

import os
import time
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.errors import Refused
from accounts.permissions import Verb, may
from dispatch.exports.registry import KINDS, Kind, Made

TEXT = "text/plain"


def anybody(user, params):
    if params.get("hidden"):
        raise Http404


def exporters(user, params):
    if not may(user, Verb.EXPORT_LEDGER):
        raise PermissionDenied


def quick(user, params, progress):
    progress(1, 2)
    return Made(f"表{params.get('n', '')}.txt", TEXT, f"{user.pk}:{params.get('n')}".encode())


def failing(user, params, progress):
    raise ValueError("secret figure")


def refusing(user, params, progress):
    raise Refused("没有数据")


def slow(user, params, progress):
    """Writes a line at its beginning, then takes ``seconds``, telling how far it is."""
    with Path(params["log"]).open("a") as log:
        log.write(f"{os.getpid()}\n")
    for n in range(40):
        time.sleep(params["seconds"] / 40)
        progress(n, 40)
    return Made("慢.txt", TEXT, b"done")


TEST_KINDS = {
    "t_quick": Kind("快", anybody, quick),
    "t_export": Kind("导出", exporters, quick),
    "t_failing": Kind("坏", anybody, failing),
    "t_refusing": Kind("拒", anybody, refusing),
    "t_slow": Kind("慢", anybody, slow),
}


def register() -> None:
    KINDS.update(TEST_KINDS)
