"""Every limit of the product in one table.

Pure numbers, no behaviour. The code that enforces a limit reads it from here, a test of that code
tries it at its value minus one, itself, and plus one, and `tests/house/test_limits_table.py` fails
where one of the two is missing. Where a figure comes from stands beside it.
"""

from typing import Final

# --- one message on the socket -------------------------------------------------------
MESSAGE_BYTES: Final = 64 * 1024  # OWASP: "typically 64 KB or less"; a longer one closes with 1009
JSON_DEPTH: Final = 8  # our deepest message nests five levels
JSON_KEYS: Final = 128  # of all objects in one message; stickers of sixty groups are the most
PENDING_NAMES: Final = 500  # unanswered command names in one hello; 500 names fit in 24 KiB
BAD_MESSAGES: Final = 3  # unreadable messages in BAD_MESSAGES_SECONDS, then the socket is closed
BAD_MESSAGES_SECONDS: Final = 60

# --- what a person writes ------------------------------------------------------------
NOTE_CODE_POINTS: Final = 2_000  # hard limit of the server; the writing field asks for 240
NOTE_BYTES: Final = 8 * 1024  # UTF-8
NOTE_BUDGET: Final = 240  # what the writing field offers: one thing per note
TITLE_CODE_POINTS: Final = 200  # the sentence that names a cluster
COMBINING_MARKS: Final = 8  # marks in a row on one letter
EDIT_PARTS: Final = 200  # components of one text edit
EDITS_BEHIND: Final = 2_000  # edits of one note an edit is brought over; some 10 ms
ID_CHARACTERS: Final = 32
ID_CHARACTERS_LEAST: Final = 4

# --- one sprint ----------------------------------------------------------------------
NOTES_PER_SPRINT: Final = 5_000
EVENTS_PER_SPRINT: Final = 100_000
CLUSTERS_PER_SPRINT: Final = 500
SEATS_PER_SPRINT: Final = (
    600  # 500 devices is what is tested; the rest is for people who come back without a cookie
)
GROUPS_PER_SPRINT: Final = 60
TABLES_PER_SPRINT: Final = 60
ROUNDS_PER_SPRINT: Final = 20
ITEMS_PER_ROUND: Final = 60
DOTS_PER_VOTER: Final = 20
PEOPLE_PER_TABLE: Final = 40
STEPS_PER_SPRINT: Final = 200
BELOFTEN_PER_SPRINT: Final = 200
ARRIVALS_PER_SPRINT: Final = 1_000
IDS_IN_COMMAND: Final = 200
FIELDS_PER_NOTE: Final = 12
FIELD_CODE_POINTS: Final = 300
SPEELRUIMTE: Final = 12  # sentences in each of the two lists
WALL_ITEMS: Final = 9  # more can not be read at ten metres
WALL_QUEUE: Final = 60
REWIND_MINUTES: Final = 60
TIMER_SECONDS: Final = 4 * 60 * 60

# --- rates, per seat; a hall shares one address, so never per address ----------------
COMMANDS_PER_SECOND: Final = 5
COMMANDS_BURST: Final = 20
COMMANDS_PER_HOUR: Final = 2_000
COMMANDS_WAITING: Final = (
    200  # commands of one connection held back by the rate, then it is a flood
)
PRESENCE_PER_SECOND: Final = 10
SINCE_PER_MINUTE: Final = 12  # a client that asks again and again for what it has

# --- connections ---------------------------------------------------------------------
SOCKETS_PER_SEAT: Final = 4
SOCKETS_PER_ADDRESS: Final = (
    700  # a whole hall is one address; the largest we promise has 500 devices
)
SOCKETS_PER_SERVER: Final = 2_500  # two hundred halls of ten, and their walls
PROCESSES_ELSEWHERE: Final = 32  # other processes at one sprint whose screens are shown
SCREENS_ELSEWHERE: Final = 1_200  # screens of a sprint at all of those together
HELD_ELSEWHERE: Final = 200  # of those, how many hold something at once
MAILBOX_MESSAGES: Final = 256
MAILBOX_BYTES: Final = 1024 * 1024
HELLO_SECONDS: Final = 10  # a socket that says nothing is closed

# --- the door: only failed joins are counted per address -----------------------------
FAILED_JOINS_PER_ADDRESS: Final = 60
FAILED_JOINS_PER_ADDRESS_SECONDS: Final = 600
FAILED_JOINS_PER_MINUTE: Final = 300  # over all addresses
STOELCODE_DIGITS: Final = 4  # short enough to read aloud across a table; see the next two
STOELCODE_SECONDS: Final = 600
STOELCODE_TRIES: Final = 5  # wrong ones at a sprint, then every code that was out there is dead
HTTP_BODY_BYTES: Final = 256 * 1024

# --- the koffer: a board that travels in a file ---------------------------------------
CASE_BYTES: Final = 50 * 1024 * 1024  # as it is sent; a full evening is under two
CASE_UNPACKED_BYTES: Final = 200 * 1024 * 1024  # counted while it is read

# --- rehearsals ----------------------------------------------------------------------
REHEARSALS: Final = 2  # at once on one server
REHEARSAL_ROBOTS: Final = 30
REHEARSAL_SECONDS: Final = 2 * 60 * 60  # then it is wiped by itself

# --- the desk -------------------------------------------------------------------------
ACCOUNTS: Final = 50
NAME_CHARACTERS: Final = 60  # of somebody at the desk
PASSWORD_CHARACTERS_LEAST: Final = 12
PASSWORD_CHARACTERS: Final = 200
FAILED_SIGN_INS: Final = 10  # of one name in FAILED_SIGN_INS_SECONDS
FAILED_SIGN_INS_SECONDS: Final = 900
FAILED_SIGN_INS_PER_MINUTE: Final = 60  # over all names
DESK_SESSION_HOURS: Final = 12  # a day of work and an evening
DESK_INVITATION_DAYS: Final = 7
OPGAVEN: Final = 500
LIST_LINES: Final = 100  # of kernen, stemmen, domeinen
BOARDS_PER_SPRINT: Final = 12
PREPARED_CARDS: Final = 100  # at once
PAPER_CARDS: Final = 400  # in one print set

# --- how much of the past a room keeps at hand ---------------------------------------
TAIL_EVENTS: Final = 4_096  # a client further behind gets a snapshot
UNDO_PER_SEAT: Final = 100
