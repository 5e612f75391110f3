"""The mailbox: in order, bounded, and the fleeting goes first."""

from opgavebord.sprint import limits
from opgavebord.sync.mailbox import HEAVIEST, Letter, Mailbox


def fill(mailbox: Mailbox, count: int, *, size: int = 10, fleeting: bool = False) -> bool:
    return all(mailbox.put(Letter(bytes(size), fleeting=fleeting)) for _ in range(count))


def test_letters_leave_in_order() -> None:
    mailbox = Mailbox()
    for data in (b"a", b"b", b"c"):
        mailbox.put(Letter(data))
    assert [mailbox.take(), mailbox.take(), mailbox.take(), mailbox.take()] == [
        Letter(b"a"),
        Letter(b"b"),
        Letter(b"c"),
        None,
    ]


def test_as_many_letters_as_the_limit_and_not_one_more() -> None:
    mailbox = Mailbox()
    assert fill(mailbox, limits.MAILBOX_MESSAGES - 1)
    assert fill(mailbox, 1)
    assert not fill(mailbox, 1)
    mailbox.take()
    assert fill(mailbox, 1)


def test_as_many_bytes_as_the_limit_and_not_one_more() -> None:
    mailbox = Mailbox()
    assert fill(mailbox, 3, size=limits.MAILBOX_BYTES // 4)
    assert fill(mailbox, 1, size=limits.MAILBOX_BYTES // 4 - 1)
    assert fill(mailbox, 1, size=1)
    assert not fill(mailbox, 1, size=1)


def test_the_fleeting_makes_place_for_what_lasts() -> None:
    mailbox = Mailbox()
    mailbox.put(Letter(b"first"))
    fill(mailbox, limits.MAILBOX_MESSAGES - 1, fleeting=True)
    assert mailbox.put(Letter(b"last"))
    assert len(mailbox) == 2
    assert mailbox.dropped == limits.MAILBOX_MESSAGES - 1
    assert [mailbox.take(), mailbox.take()] == [Letter(b"first"), Letter(b"last")]


def test_the_fleeting_is_dropped_and_never_refused() -> None:
    mailbox = Mailbox()
    fill(mailbox, limits.MAILBOX_MESSAGES)
    assert mailbox.put(Letter(b"x", fleeting=True))
    assert len(mailbox) == limits.MAILBOX_MESSAGES
    assert mailbox.dropped == 1


def test_a_very_large_snapshot_fits_with_what_comes_after_it() -> None:
    mailbox = Mailbox()
    mailbox.put(Letter(b"welcome"))
    assert mailbox.put(Letter(bytes(3 * limits.MAILBOX_BYTES), binary=True))
    assert fill(mailbox, 2, size=HEAVIEST)
    assert not fill(mailbox, 1, size=HEAVIEST)


def test_an_empty_mailbox_weighs_nothing_again() -> None:
    mailbox = Mailbox()
    fill(mailbox, 4, size=HEAVIEST)
    mailbox.clear()
    assert fill(mailbox, 4, size=HEAVIEST)
