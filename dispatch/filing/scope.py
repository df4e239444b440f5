"""Which projects owe a filing, who files, and what a person may do with one.

Asked of: active projects that are being built (started, not yet in production), and those with an investment planned
for the year. It files whom the centre has named (FilingDuty: the project's enterprise or another unit), else the
responsible unit; the centre may file for anybody.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Organization, User
from accounts.permissions import Verb, may
from dispatch.filing.models import Filing, FilingRound
from projects.models import AnnualPlan, Project
from projects.stages import ORDER, Stage, position

BUILDING = tuple(stage.value for stage in ORDER[position(Stage.STARTED) : position(Stage.PRODUCTION)])
OPEN_STATES = (Filing.State.DRAFT, Filing.State.RETURNED, Filing.State.SUBMITTED)


def owing(park_id: int, year: int) -> QuerySet[Project]:
    """Projects of the park that are asked for figures in a month of this year."""
    planned = AnnualPlan.objects.filter(project=OuterRef("pk"), year=year, planned_10k__gt=0)
    return Project.objects.filter(park=park_id).active().filter(Q(stage__in=BUILDING) | Exists(planned))


def has_started(project: Project) -> bool:
    """Whether physical progress and a photo are asked for."""
    return position(project.stage) >= position(Stage.STARTED)


def filer_of(filing: Filing) -> int | None:
    """The organization that files; None: only the centre."""
    if hasattr(filing, "filer_id"):
        return filing.filer_id
    duty = getattr(filing.project, "filing_duty", None)
    return duty.organization_id if duty else filing.project.responsible_unit_id


def may_file(filing: Filing, user: User) -> bool:
    """Whether the person files for this project; of people who see the filing."""
    if not may(user, Verb.FILE_PROGRESS):
        return False
    match user.role.scope:
        case "park":
            return True
        case "unit":
            return filer_of(filing) in user.organization.branch_ids()
        case "enterprise":
            return filer_of(filing) == user.organization_id
    return False


def may_check(user: User) -> bool:
    """The centre: checks, returns, accepts, locks, decides on restatements and says who files."""
    return may(user, Verb.CHECK_FILING) and user.role.scope == "park"


def is_locked(filing: Filing) -> bool:
    return filing.round.state == FilingRound.State.LOCKED


def takes_figures(filing: Filing) -> bool:
    """Whether the figures may still be written."""
    return not is_locked(filing) and filing.state in OPEN_STATES


def filed_by(user: User) -> Q:
    """Condition on Filing: those this person files for (with_filer); for the centre all."""
    match user.role.scope:
        case "park":
            return Q(pk__isnull=False)
        case "unit":
            return Q(filer_id__in=user.organization.branch_ids())
    return Q(filer_id=user.organization_id)


def filers_for(project: Project, user: User) -> QuerySet[Organization]:
    """Organizations that may be told to file for the project: units, and its own enterprise once it has accounts."""
    own = project.enterprise.organization_id if project.enterprise else None
    rows = Organization.objects.visible_to(user).filter(is_active=True)
    return rows.filter(Q(kind__in=[Organization.Kind.UNIT, Organization.Kind.PARK_OFFICE]) | Q(pk=own))
