"""Imports of workbooks as the API shows and reads them."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, StrictSerializer
from projects.ledger import answers
from projects.models import ImportBatch, ImportRow


class ImportSerializer(serializers.ModelSerializer):
    """One workbook on its way. ``summary``: how many rows of each action, remarks about the file, ``questions`` about
    columns; ``answers``: what has been decided so far; ``refusal``: why the file was refused or the writing failed."""

    state = serializers.CharField(read_only=True)
    state_name = ChoiceLabel("state")
    created_by = NamedRow(read_only=True)
    confirmed_by = NamedRow(read_only=True, allow_null=True)
    undone_by = NamedRow(read_only=True, allow_null=True)
    follows = serializers.IntegerField(source="follows_id", read_only=True, allow_null=True)

    class Meta:
        model = ImportBatch
        fields = read_only_fields = (
            "id", "kind", "file_name", "sha256", "report_year", "report_month", "state", "state_name",
            "valid_rows_only", "rows_total", "rows_done", "refusal", "summary", "answers", "follows", "created_at",
            "created_by", "confirmed_at", "confirmed_by", "finished_at", "undone_at", "undone_by",
        )  # fmt: skip


class ImportRowSerializer(serializers.ModelSerializer):
    """One row of the workbook and what it would do or did; every value with its raw text and cell."""

    action = serializers.CharField(read_only=True)

    class Meta:
        model = ImportRow
        fields = read_only_fields = (
            "id", "sheet", "row", "name", "action", "matched_by", "project", "target", "values", "changes", "kept",
            "findings", "proposals",
        )  # fmt: skip


class RowsQuery(StrictSerializer):
    """Which rows: those of one action, after the row with this key."""

    action = serializers.ChoiceField(ImportRow.Action.choices, required=False)
    after = serializers.IntegerField(min_value=0, max_value=2**62, default=0)


class UploadInput(StrictSerializer):
    """A workbook, at most 10 MB; the report month only where its headers name none."""

    file = serializers.FileField(max_length=200, allow_empty_file=True)
    kind = serializers.CharField(max_length=20, default="projects")
    report_year = serializers.IntegerField(min_value=2000, max_value=2100, required=False)
    report_month = serializers.IntegerField(min_value=1, max_value=12, required=False)


class ColumnsInput(StrictSerializer):
    """Place of a column ("Sheet1!C") → name of a field, or an empty text: not imported."""

    meanings = serializers.DictField(child=serializers.CharField(max_length=60, allow_blank=True), allow_empty=False)


class CellInput(StrictSerializer):
    """What a cell should have said; null takes the correction back."""

    sheet = serializers.CharField(max_length=100)
    cell = serializers.RegexField(r"^[A-Z]{1,3}[1-9][0-9]{0,6}$")
    text = serializers.CharField(max_length=answers.LONGEST, allow_blank=True, allow_null=True)


class RowInput(StrictSerializer):
    """``choice``: "skip", "new", the key of the row meant, or empty to take the decision back."""

    sheet = serializers.CharField(max_length=100)
    row = serializers.IntegerField(min_value=1, max_value=9_999_999)
    choice = serializers.RegexField(r"^(skip|new|[0-9]{1,18})?$", allow_blank=True)


class ConflictsInput(StrictSerializer):
    """Cell → "mine" (the file's value) or "theirs" (the value that stands here)."""

    sheet = serializers.CharField(max_length=100)
    row = serializers.IntegerField(min_value=1, max_value=9_999_999)
    choices = serializers.DictField(child=serializers.ChoiceField([answers.MINE, answers.THEIRS]), allow_empty=False)


class ConfirmInput(StrictSerializer):
    """``valid_rows_only``: write them although others cannot be written."""

    valid_rows_only = serializers.BooleanField(default=False)
