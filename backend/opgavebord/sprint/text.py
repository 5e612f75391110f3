"""Plain-text edits: apply, transform, compose, invert.

An edit is a sequence of parts that walks over the text from its start:

* a positive number keeps that many code points,
* a negative number takes that many away,
* a string puts that string in.

What is left of the text after the last part is kept. The *normal form* has no zeros, no empty
strings, no two neighbouring parts of the same sort, an insertion before a removal where they
touch, and no keeping at the end. Positions count code points, because Python and JavaScript
count differently. The same algorithm stands in `frontend/src/sprint/text.ts`, and both are held
to `tests/vectors/text.json`.

With one authority that orders all edits this is all that co-typing needs. Laws (test_text.py):
`apply(apply(t, a), transform(b, a, "right")) == apply(apply(t, b), transform(a, b, "left"))`,
`apply(t, compose(a, b)) == apply(apply(t, a), b)`, and every typed character survives.

The edit that came first is the *left* one: of two insertions at the same place its own comes
first. So the room asks `transform(new, kept, "right")`, and a client with an edit of its own on
the way asks `transform(own, kept, "right")` and `transform(kept, own, "left")`.
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

Edit: TypeAlias = tuple[Annotated[int, Meta(ge=-(2**53), le=2**53)] | str, ...]
Side: TypeAlias = Literal["left", "right"]


class BadEdit(ValueError):
    """The edit walks past the end of the text."""


def apply(text: str, edit: Edit) -> str:
    """The text after the edit. Raises `BadEdit` where the edit is longer than the text."""
    pieces: list[str] = []
    at = 0
    for part in edit:
        if isinstance(part, str):
            pieces.append(part)
        elif part > 0:
            pieces.append(text[at : at + part])
            at += part
        else:
            at -= part
    if at > len(text):
        raise BadEdit(f"the edit walks over {at} of {len(text)} code points")
    pieces.append(text[at:])
    return "".join(pieces)


def check(edit: Edit) -> bool:
    """Whether every part keeps, takes away or puts in something."""
    for part in edit:
        if isinstance(part, str):
            if not part:
                return False
        elif type(part) is not int or part == 0:
            return False
    return True


def span(edit: Edit) -> int:
    """How many code points of the text the edit walks over; it fits a text at least this long."""
    return sum(abs(part) for part in edit if not isinstance(part, str))


def delta(edit: Edit) -> int:
    """How much longer the edit makes a text."""
    return sum(
        len(part) if isinstance(part, str) else part
        for part in edit
        if isinstance(part, str) or part < 0
    )


def normal(edit: Edit) -> Edit:
    """The same edit in the normal form."""
    out: list[int | str] = []
    for part in edit:
        _add(out, part)
    return _end(out)


def compose(first: Edit, then: Edit) -> Edit:
    """One edit that does what `first` and after it `then` do."""
    ahead = list(reversed(first))
    out: list[int | str] = []
    for part in then:
        if isinstance(part, str):
            _add(out, part)
            continue
        left = abs(part)
        while left:
            piece = ahead.pop() if ahead else left  # beyond its last part, `first` keeps
            if isinstance(piece, str):
                if len(piece) > left:
                    ahead.append(piece[left:])
                    piece = piece[:left]
                left -= len(piece)
                if part > 0:
                    _add(out, piece)
            elif piece < 0:
                _add(out, piece)
            else:
                if piece > left:
                    ahead.append(piece - left)
                    piece = left
                left -= piece
                _add(out, piece if part > 0 else -piece)
    for piece in reversed(ahead):
        _add(out, piece)
    return _end(out)


def transform(edit: Edit, other: Edit, side: Side) -> Edit:
    """What `edit` becomes when `other`, made on the same text, has been applied before it.

    `side` is where the insertions of `edit` come when `other` inserts at the same place.
    """
    ahead = list(reversed(other))
    out: list[int | str] = []
    for part in edit:
        if isinstance(part, str):
            if side == "right":
                while ahead and isinstance(ahead[-1], str):
                    _add(out, len(str(ahead.pop())))
            _add(out, part)
            continue
        left = abs(part)
        while left:
            piece = ahead.pop() if ahead else left
            if isinstance(piece, str):
                _add(out, len(piece))
            elif piece > 0:
                if piece > left:
                    ahead.append(piece - left)
                    piece = left
                left -= piece
                _add(out, piece if part > 0 else -piece)
            else:  # the other one has taken these away already
                if -piece > left:
                    ahead.append(piece + left)
                    piece = -left
                left += piece
    return _end(out)


def invert(text: str, edit: Edit) -> Edit:
    """The edit that brings `apply(text, edit)` back to `text`."""
    out: list[int | str] = []
    at = 0
    for part in edit:
        if isinstance(part, str):
            _add(out, -len(part))
        elif part > 0:
            _add(out, part)
            at += part
        else:
            _add(out, text[at : at - part])
            at -= part
    if at > len(text):
        raise BadEdit(f"the edit walks over {at} of {len(text)} code points")
    return _end(out)


def _add(out: list[int | str], part: int | str) -> None:
    """Add a part behind the others, keeping the normal form but for a keeping at the end."""
    if not part:
        return
    last = out[-1] if out else 0
    if isinstance(part, str):
        if isinstance(last, str):
            out[-1] = last + part
        elif last < 0:
            before = out[-2] if len(out) > 1 else 0
            if isinstance(before, str):
                out[-2] = before + part
            else:
                out.insert(-1, part)
        else:
            out.append(part)
    elif not isinstance(last, str) and (last > 0) == (part > 0) and last:
        out[-1] = last + part
    else:
        out.append(part)


def _end(out: list[int | str]) -> Edit:
    if out:
        last = out[-1]
        if not isinstance(last, str) and last > 0:
            out.pop()
    return tuple(out)
