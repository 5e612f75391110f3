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
"""
