# ruff: noqa
# Kept as delivered together with the sample workbooks (formatting apart), so that results stay comparable.
"""Grades the result of an importer against an expected file.

    python compare.py EXPECTED.expected.json ACTUAL.json
    python compare.py --selftest FOLDER

ACTUAL.json has the shape of the expected file: result, reason, projects (with source.sheet and source.row), tasks,
warnings, errors, ignored_rows, update.actions.  Fields that the importer does not have may be left out with --skip field,field.
Only the standard library is used.  The rules are those of README.md, section 3.
"""

import glob
import json
import re
import sys
import unicodedata
from decimal import Decimal, InvalidOperation

MONEY_TOL = Decimal(0)
TOL = {
    "land_mu": Decimal("0.05"),
    "floor_area_m2": Decimal("0.5"),
    "completion_rate_pct": Decimal("0.06"),
    "vs_schedule_pp": Decimal("0.06"),
}
PROJECT_SKIP = {"source", "row_ok", "accept", "presence", "comments"}


def text(s):
    s = unicodedata.normalize("NFKC", str(s))
    return re.sub(r"[\s\u200b\u200c\u200d\ufeff]+", "", s)


def dec(x):
    try:
        return Decimal(str(x))
    except InvalidOperation:
        return None


def same_date(e, a):
    if e is None or a is None:
        return e is None and a is None
    if e.get("done"):
        return bool(a.get("done")) and not a.get("value")
    return bool(a.get("value")) and a.get("precision") == e["precision"] and str(a["value"]).startswith(e["value"])


def same(field, e, a):
    leaf = field.split(".")[-1]
    if e is None or a is None:
        return e is None and a is None
    if isinstance(e, bool) or isinstance(a, bool):
        return e is a
    if field.startswith(("dates.", "planned_dates.")) or field in ("start", "end", "enrolled_on"):
        return same_date(e, a)
    if field == "period":
        return all(same_date(e.get(k), a.get(k)) for k in ("start", "end"))
    if leaf.endswith("_10k") or field.startswith("monthly_investment_10k") or field in TOL:
        x, y = dec(e), dec(a)
        return x is not None and y is not None and abs(x - y) <= TOL.get(field, MONEY_TOL)
    return text(e) == text(a)


def flat(p):
    out = {}
    for k, v in p.items():
        if k in PROJECT_SKIP:
            continue
        if k in ("dates", "planned_dates", "monthly_investment_10k") and isinstance(v, dict):
            out.update({k + "." + a: b for a, b in v.items()})
        else:
            out[k] = v
    return out


def rowno(cell):
    return re.sub("[A-Z]", "", cell)


def compare(E, A, skip=()):
    bad = []
    if E["result"] == "refused":
        if A.get("result") != "refused" or A.get("reason") not in E["accept"]:
            bad.append(("refusal", E["accept"], A.get("result"), A.get("reason")))
        return bad
    if A.get("result") == "refused":
        if "refused:" + str(A.get("reason")) not in E.get("accept_result", []):
            bad.append(("refused a readable file", A.get("reason")))
        return bad
    aign = {(r["sheet"], r["row"]): r["why"] for r in A.get("ignored_rows", [])}
    for part in ("projects", "tasks"):
        got = {(p["source"]["sheet"], p["source"]["row"]): p for p in A.get(part, [])}
        for p in E.get(part, []):
            k = (p["source"]["sheet"], p["source"]["row"])
            a = got.pop(k, None)
            if a is None:
                alt = {"excluded_as_hidden": "hidden", "excluded_as_struck": "struck"}
                if not any(aign.get(k) == alt.get(x) for x in p.get("presence", [])):
                    bad.append((part, "missing", k, p.get("name")))
                continue
            acc = p.get("accept", {})
            fa = flat(a)
            for f, e in dict(flat(p), row_ok=p["row_ok"]).items():
                if f in skip or f.split(".")[0] in skip:
                    continue
                v = a.get("row_ok") if f == "row_ok" else fa.get(f)
                if not any(same(f, o, v) for o in [e] + acc.get(f, [])):
                    bad.append((part, "value", k, f, "expected", e, "got", v))
        for k in got:
            bad.append((part, "not a project" if part == "projects" else "not a task", k, got[k].get("name")))
    # findings
    left = [(s, w) for s in ("warnings", "errors") for w in A.get(s, [])]
    for sev in ("warnings", "errors"):
        for w in E[sev]:
            kinds = {w["kind"], *w.get("accept", [])}
            cells = {w["cell"], *w.get("accept_cells", [])}
            sevs = {s + "s" for s in w.get("accept_severity", [sev[:-1]])}

            def hit(s, x):
                if s not in sevs or x["kind"] not in kinds or x["sheet"] != w["sheet"]:
                    return False
                if x["cell"] in cells:
                    return True
                if w["kind"] in ("HIDDEN_CONTENT", "STRUCK_TEXT"):
                    note = w.get("note", "")
                    return (
                        "sheet" in note
                        or (rowno(x["cell"]) == rowno(w["cell"]) and "column" not in note)
                        or x["cell"].rstrip("0123456789") == w["cell"].rstrip("0123456789")
                    )
                return (
                    "rows" in w
                    and x["cell"].rstrip("0123456789") == w["cell"].rstrip("0123456789")
                    and w["rows"][0] <= int(rowno(x["cell"])) <= w["rows"][1]
                )

            hits = [y for y in left if hit(*y)]
            for y in hits:
                left.remove(y)
            if not hits and not w.get("optional"):
                bad.append(("finding missing", sev, w["sheet"], w["cell"], w["kind"], w["raw"]))
    tol = {t["kind"] for t in E.get("tolerated", [])}
    for s, x in left:
        if x["kind"] not in tol:
            bad.append(("finding too many", s, x["sheet"], x["cell"], x["kind"]))
    # ignored rows: empty rows may be left out
    eign = {(r["sheet"], r["row"]): r["why"] for r in E["ignored_rows"]}
    for k, why in eign.items():
        if why != "empty" and aign.get(k) != why:
            bad.append(("ignored row", k, "expected", why, "got", aign.get(k)))
    # update
    if E.get("update"):
        got = {x["row"]: x for x in A.get("update", {}).get("actions", [])}
        for x in E["update"]["actions"]:
            a = got.get(x["row"])
            if a is None or a["action"] not in [x["action"]] + x.get("accept", {}).get("action", []):
                bad.append(("update action", x["row"], "expected", x["action"], "got", a and a["action"]))
                continue
            ea = {c["field"]: c["new"] for c in x["changes"]}
            ga = {c["field"]: c["new"] for c in a.get("changes", [])}
            for f in set(ea) | set(ga):
                if f not in skip and not (f in ea and f in ga and same(f, ea[f], ga[f])):
                    bad.append(("update change", x["row"], f, "expected", ea.get(f), "got", ga.get(f)))
    return bad


def main(a):
    if a[:1] == ["--selftest"]:
        n = 0
        for p in sorted(glob.glob(a[1] + "/**/*.expected.json", recursive=True)):
            E = json.load(open(p, encoding="utf-8"))
            bad = compare(E, json.loads(json.dumps(E)))
            n += len(bad)
            print("%-40s %s" % (E["file"], "same" if not bad else bad[:3]))
        return n
    skip = set()
    if "--skip" in a:
        i = a.index("--skip")
        skip = set(a[i + 1].split(","))
        del a[i : i + 2]
    E, A = (json.load(open(x, encoding="utf-8")) for x in a[:2])
    bad = compare(E, A, skip)
    for b in bad:
        print(*b, sep=" | ")
    print("%s: %d differences" % (E["file"], len(bad)))
    return len(bad)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
