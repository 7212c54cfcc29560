"""Select people for the roles of a team from the people of a unit: who fits, who is proposed, what stays empty."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.permit import not_allowed
from youbei.actions.teams import save_selection
from youbei.engine.access import Permission
from youbei.engine.errors import NotFound, Refused
from youbei.engine.teams.competence import Candidate
from youbei.engine.teams.selection import Selection, select
from youbei.records.models import Organisation, Team, User
from youbei.records.reports.selection import MOST, people_of
from youbei.records.reports.team import roles_of
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, reads
from youbei.web.registers.records import record_for
from youbei.web.registers.team import matrix_rows


@access(Permission.EDIT_RESOURCE)
@reads(unit=WORDS)
def select_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Show whom the roles of a team could be given to, and enter those that are chosen."""
    user = user_of(request)
    _register, row = record_for(user, "team", pk)
    if not isinstance(row, Team):
        raise TypeError("The register of teams holds teams")
    if not user.may(Permission.EDIT_RESOURCE, row.org_path):
        raise not_allowed(Permission.EDIT_RESOURCE)
    today = clock.now().astimezone(timezone.get_current_timezone()).date()
    refusal, status = "", 200
    if request.method == "POST":
        try:
            changed = save_selection(team=row, places=chosen(request), by=user, now=clock.now(), on=today)
        except Refused as refused:
            if isinstance(refused, NotFound):
                raise
            refusal, status = refused.text.in_language(get_language() or "en"), refused.status
        else:
            messages.success(request, _("%(number)s entries of members were changed.") % {"number": changed})
            return redirect(reverse("record", args=["team", pk]))
    unit = unit_asked(request, user, row)
    roles = roles_of(row)
    people, is_cut = people_of(row, unit, user, today)
    proposed = select(roles, people, today)
    context = {
        "team": row,
        "unit": unit,
        "roles": roles,
        "rows": matrix_rows(roles, people, proposed),
        "offers": offers(people, proposed),
        "gaps": proposed.gaps,
        "filled": len(proposed.places),
        "needed": sum(role.needed for role in roles),
        "is_cut": is_cut,
        "most": MOST,
        "refusal": refusal,
    }
    return render(request, "teams/selection.html", context, status=status)


def chosen(request: HttpRequest) -> dict[int, str]:
    """Read the form: `person-<key>` holds the code of a role, or nothing."""
    found = {}
    for name, role in request.POST.items():
        key = name.removeprefix("person-")
        if name != key and role and key.isascii() and key.isdecimal() and len(key) <= 15:
            found[int(key)] = str(role)
    return found


def unit_asked(request: HttpRequest, user: User, team: Team) -> Organisation:
    """Return the unit whose people are compared: the team's, or the one that the address names."""
    code = request.GET.get("unit", "").strip()[:80]
    if code:
        named = Organisation.objects.visible_to(user)
        unit = (named.filter(code=code.lower()) | named.filter(name_zh=code) | named.filter(name_en=code)).first()
        if unit is not None:
            return unit
        messages.warning(request, _("There is no unit “%(unit)s” that you may see.") % {"unit": code})
    return team.organisation


def offers(people: list[Candidate], proposed: Selection) -> dict[int, list[tuple[str, bool]]]:
    """Return for each person the roles that may be given, and which one is proposed."""
    able: dict[int, list[tuple[str, bool]]] = {one.id: [] for one in people}
    for (role, person), fit in proposed.fits.items():
        if fit.is_met:
            able[person].append((role, proposed.places.get(person) == role))
    return able


urlpatterns = [path("registers/team/<int:pk>/selection/", select_people, name="team_selection")]
