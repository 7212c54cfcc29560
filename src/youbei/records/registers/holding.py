"""Say whether a record could have what an address narrows a register by."""

from __future__ import annotations

from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.register import Register
from youbei.records.models import Organisation, User
from youbei.records.registers.filters import LONGEST_WORD, NONE, condition
from youbei.records.registers.tables import register_called, visible

OF_CHOICES = (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.GRADES)


def can_hold(register: Register, field: Field, word: str, by: User) -> bool:
    """Say whether a word may stand in a field: a choice, the code of a record that one sees, or what some record has.

    A code that was taken out of use may still stand in records, and then it is no mistake.
    """
    if word == NONE:
        return True
    if len(word) > LONGEST_WORD or field.kind is FieldKind.DATE:
        return False
    if field.kind in OF_CHOICES:
        return field.choice(word) is not None or any_has(register, field, word, by)
    if field.kind is FieldKind.REFERENCE:
        target = register_called(field.refers_to)
        return visible(target, by).filter(code=word).exists() or any_has(register, field, word, by)
    return True


def any_has(register: Register, field: Field, word: str, by: User) -> bool:
    """Say whether any record that one may see has this value: then it is no mistake, whatever is offered today."""
    return visible(register, by).filter(**condition(field, word)).exists()


def unit_is_seen(code: str, by: User) -> bool:
    """Say whether a code is that of a unit of which one sees it, or anything below it."""
    if Organisation.objects.visible_to(by).filter(code=code).exists():
        return True
    path = Organisation.objects.filter(code=code).values_list("path", flat=True).first()
    return path is not None and Organisation.objects.visible_to(by).filter(path__under=path).exists()
