"""Monthly bulletins over the API: parse, fetch what the user may see, call one action, answer."""

import io

from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers as fields
from rest_framework.decorators import action

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import edge, operation
from accounts.api_trails import trail
from accounts.downloads import XLSX
from accounts.permissions import Verb, may
from dispatch.files.api_templates import TemplateInput, TemplateRow, Templates
from dispatch.reports import actions, editing, issuing, papers, serializers
from dispatch.reports.models import Bulletin, BulletinEntry, BulletinTemplate
from dispatch.reports.sentences import notice
from dispatch.reports.workbook import file_name, render


@extend_schema_view(list=extend_schema(summary="List bulletins"), retrieve=extend_schema(summary="One bulletin"))
class BulletinViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Monthly bulletins: frozen snapshots of one month. Needs ``view_bulletin``; units see what has been issued."""

    area = "reports"
    model = Bulletin
    filterset_fields = ["year", "month", "state"]
    orderings = ("-as_of", "id")
    serializer_class = serializers.BulletinDetail
    list_serializer = serializers.BulletinRow
    history = trail("History of a bulletin", BulletinEntry, "bulletin", "verb", "note", "sha256", "by", "at")

    def check_permissions(self, request):
        super().check_permissions(request)
        if not may(request.user, Verb.VIEW_BULLETIN):
            raise PermissionDenied(_("Your role does not allow this."))

    def narrow(self, rows):
        return rows.defer("snapshot") if self.action == "list" else rows

    @extend_schema(
        summary="Draft a bulletin", request=serializers.DraftInput, responses={201: serializers.BulletinDetail}
    )
    def create(self, request):
        """Makes the month's draft, or brings it up to date; the same facts change nothing."""
        self.permit(Verb.MAKE_BULLETIN)
        values = self.read(serializers.DraftInput)
        today = clock.today()
        last = actions.last_day(values["year"], values["month"], today)
        as_of = values.pop("as_of", last)
        if as_of > last:
            raise fields.ValidationError({"as_of": [_("The data must not reach beyond today or the month.")]})
        park = request.user.park
        row = actions.draft_bulletin(park=park, **values, as_of=as_of, by=request.user, at=clock.now())
        return self.show(serializers.BulletinDetail, row.pk, status=201)

    @extend_schema(summary="Check a bulletin", request=None, responses=serializers.BulletinDetail)
    @action(detail=True, methods=["post"])
    def check(self, request, pk):
        """A second person vouches for the draft; not its last author."""
        row, version = self.to_change(Verb.CHECK_BULLETIN)
        issuing.check(row, by=request.user, at=clock.now(), version=version)
        return self.show(serializers.BulletinDetail, row.pk)

    @extend_schema(summary="Issue a bulletin", request=serializers.IssueInput, responses=serializers.BulletinDetail)
    @action(detail=True, methods=["post"])
    def issue(self, request, pk):
        """Freezes a checked bulletin for good under its number."""
        row, version = self.to_change(Verb.ISSUE_BULLETIN)
        addressed = issuing.Addressed(**self.read(serializers.IssueInput))
        issuing.issue(row, by=request.user, at=clock.now(), version=version, addressed=addressed)
        return self.show(serializers.BulletinDetail, row.pk)

    @operation("Bring a draft up to date", verbs=(Verb.MAKE_BULLETIN,))
    def refresh(self, row, version):
        """The facts as they are today, as of the month's last day or today; the same facts change nothing."""
        when = edge(self)
        as_of = actions.last_day(row.year, row.month, clock.today())
        actions.draft_bulletin(park=row.park, year=row.year, month=row.month, as_of=as_of, version=version, **when)

    @operation("Write a sentence", serializers.SentenceInput, verbs=(Verb.MAKE_BULLETIN,))
    def sentence(self, row, version, key, after):
        """One sentence reads differently; what the facts say stays beside it. A checked bulletin is a draft again."""
        texts = {one.key for one in notice(row.snapshot).sentences}
        if key not in texts:
            raise fields.ValidationError({"key": [_("The bulletin has no such sentence.")]})
        editing.edit_sentence(row, key, after=after, version=version, **edge(self))

    @operation("Send a bulletin back", serializers.BulletinReasonInput, verbs=(Verb.CHECK_BULLETIN,), path="send-back")
    def send_back(self, row, version, reason):
        """A draft again, with the reason."""
        issuing.send_back(row, reason=reason, version=version, **edge(self))

    @operation("Restate a bulletin", serializers.BulletinReasonInput, verbs=(Verb.MAKE_BULLETIN,), is_versioned=False)
    def restate(self, row, reason):
        """The next revision of an issued bulletin as a draft; the issued one stays."""
        return actions.restate(row, reason=reason, **edge(self))

    @extend_schema(
        summary="Download as workbook",
        responses={(200, XLSX): OpenApiResponse(OpenApiTypes.BINARY, description="The bulletin as .xlsx")},
        filters=False,
    )
    @action(detail=True, methods=["get"])
    def download(self, request, pk):
        """The bulletin as .xlsx, from its snapshot alone."""
        row = self.get_object()
        snapshot = issuing.preview(row)
        book = io.BytesIO(render(snapshot))
        return FileResponse(book, as_attachment=True, filename=file_name(snapshot), content_type=XLSX)


class BulletinTemplateRow(TemplateRow):
    class Meta(TemplateRow.Meta):
        model = BulletinTemplate


@extend_schema_view(list=extend_schema(summary="List templates of bulletins"))
class BulletinTemplateViewSet(Templates, ScopedViewSet):
    """The park's own .docx templates of bulletins; the newest is in force, without one the default."""

    area = "reports"
    model = BulletinTemplate
    verb = Verb.MAKE_BULLETIN
    serializer_class = BulletinTemplateRow

    @extend_schema(
        summary="Hand in a template of bulletins",
        request={"multipart/form-data": TemplateInput},
        responses={201: BulletinTemplateRow},
    )
    def create(self, request):
        """In force from now on; it is filled with sample facts first."""
        return self.take_in(papers.upload_template)

    @operation("Withdraw a template of bulletins", is_versioned=False)
    def withdraw(self, row):
        """The one before it, or the default, is in force again. Doing it twice does it once."""
        papers.withdraw_template(row, **edge(self))
