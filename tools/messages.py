"""The texts of the interface: those in code and templates, those in the catalogues. No gettext programs needed."""

import io
import re
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
APPS = ("config", "accounts", "workdays", "projects", "approvals", "dispatch")
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*(?:[.!:][^{}]*)?\}")


@dataclass(frozen=True)
class Source:
    """One text in the code: where it stands, its context (or None) and its singular and, if any, plural form."""

    place: str
    context: str | None
    forms: tuple[str, ...]

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.forms[0]


def _in_code(text: str, name: str) -> list[Source]:
    found = []
    for line, function, arguments, _comments in extract_python(io.BytesIO(text.encode()), KEYWORDS, (), {}):
        spec = KEYWORDS[function]
        values = arguments if isinstance(arguments, tuple) else (arguments,)
        if spec is None:
            context, forms = None, values[:1]
        else:
            context = next((values[part[0] - 1] for part in spec if isinstance(part, tuple)), None)
            forms = tuple(values[part - 1] for part in spec if isinstance(part, int))
        if forms and all(forms):
            found.append(Source(f"{name}:{line}", context, tuple(forms)))
    return found


def _in_template(text: str, name: str) -> list[Source]:
    code = templatize(text, origin=name)
    return _in_code("\n".join(line.strip() for line in code.splitlines()), name)


def sources(root: Path = ROOT) -> list[Source]:
    """Every marked text of the apps' Python files and of templates/, in order of place."""
    found: list[Source] = []
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            if "migrations" not in path.parts:
                found += _in_code(path.read_text(encoding="utf-8"), str(path.relative_to(root)))
    for path in sorted((root / "templates").rglob("*.*")):
        if path.suffix in {".html", ".txt"}:
            found += _in_template(path.read_text(encoding="utf-8"), str(path.relative_to(root)))
    return found


def read_catalogue(path: Path = CATALOGUE) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream, locale=path.parts[-3])


def placeholders(text: str) -> list[str]:
    """Names and positions that the program fills in, sorted: a translation must have the same."""
    return sorted(PLACEHOLDER.findall(text.replace("%%", "")))


def faults(found: list[Source], catalogue: Catalog) -> list[str]:
    """One line for each text that is missing, empty, fuzzy or fills in other things than its source."""
    problems = {}
    for source in found:
        message = catalogue.get(source.forms[0], context=source.context)
        strings = [] if message is None else message.string
        translations = list(strings) if isinstance(strings, tuple | list) else [strings]
        if message is None:
            fault = "missing"
        elif not translations or not all(translations):
            fault = "empty"
        elif message.fuzzy:
            fault = "fuzzy"
        elif any(placeholders(text) != placeholders(source.forms[-1]) for text in translations):
            fault = "other placeholders"
        else:
            continue
        problems.setdefault(source.key, f"{fault}: {source.forms[0]!r}  ({source.place})")
    return list(problems.values())


def add_missing(found: list[Source], path: Path = CATALOGUE) -> int:
    """Appends an empty entry for every missing text to the catalogue, which is made if need be; returns how many."""
    header = {"header_comment": "# Texts of the interface. Missing ones: python -m tools.check_translations --add"}
    new = Catalog(locale=path.parts[-3], project="Project Navigator", fuzzy=False, **header)
    catalogue = read_catalogue(path) if path.exists() else new
    added = 0
    for source in found:
        if catalogue.get(source.forms[0], context=source.context) is None:
            identity = source.forms if len(source.forms) > 1 else source.forms[0]
            catalogue.add(identity, locations=[], context=source.context)
            added += 1
    if added:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            write_po(stream, catalogue, width=120, omit_header=False)
    return added


def compile_all(root: Path = ROOT) -> list[Path]:
    """Writes django.mo beside every django.po that is newer; returns those written."""
    written = []
    for source in sorted((root / "locale").glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as stream:
            write_mo(stream, read_catalogue(source))
        fresh.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_all():
        print(path.relative_to(ROOT))
