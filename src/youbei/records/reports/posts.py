"""Who could hold a post of a run: the posts and agencies that the reader may see."""

from __future__ import annotations

from youbei.engine.text import Text
from youbei.records.models import Organisation, Post, User
from youbei.records.reports.names import name_of

MOST = 300


def post_choices(user: User, org_path: str) -> list[tuple[str, Text]]:
    """Return register codes with names, those of the run's own unit and below first, at most `MOST` of each sort."""
    posts = Post.objects.visible_to(user).select_related("organisation").order_by("org_path", "rank", "id")[:MOST]
    found = []
    for post in sorted(posts, key=lambda post: not post.org_path.startswith(org_path)):
        unit = post.organisation
        name = Text(zh=f"{unit.name_zh} {post.name_zh}", en=f"{unit.name_en or unit.name_zh}: {post.name_en}")
        found.append((post.code, name))
    agencies = Organisation.objects.visible_to(user).order_by("path")[:MOST]
    return found + [(f"agency:{unit.code}", name_of(unit)) for unit in agencies]
