"""``?search=`` and ``?fields=``: which rows of a list are wanted, and what of each row."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.filters import BaseFilterBackend

LONGEST_SEARCH, MOST_WORDS = 200, 10
FIELDS = {
    "name": "fields",
    "in": "query",
    "required": False,
    "schema": {"type": "string"},
    "description": "Names of the fields wanted, with commas between: the others are left out. An unknown name is 400.",
}


class WordSearch(BaseFilterBackend):
    """Rows in which every word stands in one of the view's ``search_fields`` (lookup paths, never to many rows).

    A person who gets fewer fields cannot search in those kept back; a column that is no field at all is searched by
    everybody, so it must hold nothing that some may not see.
    """

    def filter_queryset(self, request, queryset, view):
        words = words_of(request.query_params.get("search", ""))
        fields = getattr(view, "search_fields", ())
        if not words or not fields:
            return queryset
        kept_back = _kept_back(view)
        known = [name for name in fields if name.partition("__")[0] not in kept_back]
        for word in words:
            found = Q(pk__in=[])
            for name in known:
                found |= Q(**{f"{name}__icontains": word})
            queryset = queryset.filter(found)
        return queryset

    def get_schema_operation_parameters(self, view):
        if not getattr(view, "search_fields", ()):
            return []
        text = gettext_lazy("Words to look for; every one has to stand somewhere in: %(fields)s.")
        schema = {"type": "string", "maxLength": LONGEST_SEARCH}
        described = str(text) % {"fields": ", ".join(view.search_fields)}
        return [{"name": "search", "in": "query", "required": False, "schema": schema, "description": described}]


def _kept_back(view) -> set[str]:
    """Fields of the serializer that this person does not get."""
    serializer = view.get_serializer_class()(context=view.get_serializer_context())
    return set(getattr(getattr(serializer, "Meta", None), "fields", ())) - set(serializer.fields)


def words_of(text: str) -> list[str]:
    """The words looked for. Raises ValidationError when there are too many."""
    words = text.split()
    if len(text) > LONGEST_SEARCH or len(words) > MOST_WORDS:
        raise serializers.ValidationError({"search": [_("Please search for something shorter, in plain text.")]})
    return words


def only_fields(serializer: serializers.BaseSerializer, text: str | None) -> None:
    """Leaves in an output serializer the fields named. Raises ValidationError for names it does not have."""
    if text is None:
        return
    fields = getattr(serializer, "child", serializer).fields
    wanted = {name.strip() for name in text.split(",") if name.strip()}
    if not wanted or wanted - set(fields):
        told = _("Fields that can be asked for: %(names)s.") % {"names": ", ".join(fields)}
        raise serializers.ValidationError({"fields": [told]})
    for name in set(fields) - wanted:
        fields.pop(name)
