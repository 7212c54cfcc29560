"""Who stands behind a register code today: an office's holder, those on duty, a person, an agency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from youbei.engine.plans.model import Plan, Post
from youbei.records import quick
from youbei.records.quick import PersonRow

PERSON, AGENCY = "person:", "agency:"


@dataclass(frozen=True, slots=True)
class Contact:
    """One recipient: `recipient` is `person:<id>` or `agency:<code>`, the form that may stand in the log.

    `code` is the register code, empty for a recipient that stands in no register.
    """

    recipient: str
    code: str = ""
    address: str = ""
    org_path: str = ""
    person_id: int | None = None
    qualifications: frozenset[str] = frozenset()


class Directory:
    """Answer for register codes at one moment, in at most four queries however many codes are asked at once."""

    def __init__(self, codes: Iterable[str], now: datetime) -> None:
        self.now = now
        self.asked: set[str] = {""}
        self.found: dict[str, list[Contact]] = defaultdict(list)
        self.learn(codes)

    def learn(self, codes: Iterable[str]) -> None:
        """Look up the codes that were not asked before."""
        wanted = sorted(set(codes) - self.asked)
        self.asked.update(wanted)
        agencies = [code.removeprefix(AGENCY) for code in wanted if code.startswith(AGENCY)]
        for code, email, phone, path in quick.organisations_coded(agencies):
            self.found[AGENCY + code].append(Contact(AGENCY + code, AGENCY + code, email or phone, path))
        persons = [code.removeprefix(PERSON) for code in wanted if code.startswith(PERSON)]
        by_code = [(PERSON + person.code, person) for person in quick.persons_coded(persons)]
        people = self.at_posts([code for code in wanted if "/" in code], self.now) + by_code
        ways = quick.ways_of(sorted({person.id for _, person in people}), "email")
        for code, person in people:
            self.found[code].append(contact_of(person, ways.get(person.id, "")))

    def at_posts(self, codes: list[str], now: datetime) -> list[tuple[str, PersonRow]]:
        """Find whoever is on duty at a post, leaders first; where nobody is, whoever holds it."""
        on_duty: set[str] = set()
        found = []
        for is_shift, code, person in quick.post_holders(codes, now):
            if is_shift:
                on_duty.add(code)
            elif code in on_duty:
                continue
            found.append((code, person))
        return found

    def person_behind(self, code: str) -> int | None:
        """Return the first person behind a code, None where there is none, as with an agency."""
        return next((contact.person_id for contact in self.found.get(code, ())), None)

    def contacts(self, code: str) -> tuple[Contact, ...]:
        """Return everybody behind the code, each once; leaders on duty first; empty where nobody is."""
        return tuple(dict.fromkeys(self.found.get(code, ())))

    def first_filled(self, post: Post) -> str:
        """Return the register code that fills a plan's post today: its holder, else a deputy; empty where nobody can.

        A deputy with the certificates goes before a holder without.
        """
        filled = [code for code in codes_of(post) if self.found.get(code)]
        needed = set(post.qualifications)
        for code in filled:
            if any(needed <= contact.qualifications or contact.person_id is None for contact in self.found[code]):
                return code
        return filled[0] if filled else ""


def contact_of(person: PersonRow, way: str = "") -> Contact:
    """Return a person as a recipient; `way` is the address of their contact ways to try first, if there is one."""
    return Contact(
        recipient=f"{PERSON}{person.id}",
        code=PERSON + person.code,
        address=way or person.email or person.phone,
        org_path=person.org_path,
        person_id=person.id,
        qualifications=frozenset(person.qualifications),
    )


def codes_of(post: Post) -> list[str]:
    """Return the codes that may fill a post, in the plan's order."""
    holders = ([post.holder] if post.holder else []) + list(post.deputies)
    return [holder.code for holder in holders]


# What may fill a plan's posts never changes; kept by the digest of its version.
CODES: dict[str, frozenset[str]] = {}
CODES_KEPT = 256


def codes_of_version(plan: Plan, digest: str) -> frozenset[str]:
    """Return `codes_in` a stored plan, worked out once."""
    codes = CODES.get(digest)
    if codes is None:
        if len(CODES) >= CODES_KEPT:
            CODES.clear()
        codes = CODES[digest] = frozenset(codes_in(plan))
    return codes


def codes_in(plan: Plan) -> set[str]:
    """Return every register code that may fill one of the plan's posts."""
    return {code for post in plan.posts for code in codes_of(post)}
