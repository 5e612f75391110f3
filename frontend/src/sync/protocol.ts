// What crosses the socket. Made by `make protocol` from backend/opgavebord/protocol.py: change that
// file, not this one.

export const VERSION = 3

/** Close codes of the server. */
export const FAREWELLS = {
  4001: 'resume',
  4002: 'restart',
  4003: 'no_seat',
  4004: 'replaced',
  4005: 'crowded',
  4006: 'old_version',
  4007: 'unreadable',
  4008: 'flood',
  4009: 'silent',
  4010: 'removed',
  4011: 'moved',
} as const

/** The same, by name. */
export const FAREWELL = {
  resume: 4001,
  restart: 4002,
  no_seat: 4003,
  replaced: 4004,
  crowded: 4005,
  old_version: 4006,
  unreadable: 4007,
  flood: 4008,
  silent: 4009,
  removed: 4010,
  moved: 4011,
} as const

/** The limits of the server that a screen should know beforehand. */
export const LIMITS = {
  MESSAGE_BYTES: 65_536,
  PENDING_NAMES: 500,
  NOTE_CODE_POINTS: 2_000,
  NOTE_BYTES: 8_192,
  NOTE_BUDGET: 240,
  TITLE_CODE_POINTS: 200,
  FIELD_CODE_POINTS: 300,
  PEOPLE_PER_TABLE: 40,
  COMBINING_MARKS: 8,
  EDIT_PARTS: 200,
  TIMER_SECONDS: 14_400,
  COMMANDS_PER_SECOND: 5,
  COMMANDS_BURST: 20,
  COMMANDS_WAITING: 200,
  PRESENCE_PER_SECOND: 10,
} as const

export const REFUSAL_CODES = [
  'bad_command',
  'bad_text',
  'too_long',
  'empty',
  'bad_edit',
  'not_allowed',
  'not_in_this_step',
  'not_yours',
  'unknown',
  'exists',
  'in_the_bin',
  'full',
  'changed_since',
  'wrong_device',
  'founded',
  'frozen',
  'closed',
  'removed',
  'no_table',
  'not_your_table',
  'no_dots',
  'own_item',
  'round_closed',
  'op_reis',
] as const

export type Id = string

export type Name = string

export type Role =
  | 'deelnemer'
  | 'tafelbegeleider'
  | 'begeleider'
  | 'oogst'
  | 'wand'
  | 'luisteraar'
  | 'bureau'

export type Visibility = 'alleen_ik' | 'tafel' | 'zaal'

export type Right =
  | 'schrijven'
  | 'wijzigen'
  | 'verplaatsen'
  | 'groeperen'
  | 'koppelen'
  | 'stemmen'
  | 'bezwaar'

export type Scene =
  | 'welkom'
  | 'speelruimte'
  | 'vraag'
  | 'stilte'
  | 'klok'
  | 'teller'
  | 'citaten'
  | 'oogst'
  | 'bord'
  | 'stemmen'
  | 'belofte'
  | 'pauze'
  | 'zwart'

export type Kind =
  | 'sprint'
  | 'board'
  | 'zone'
  | 'step'
  | 'stem'
  | 'note'
  | 'cluster'
  | 'kern'
  | 'domein'
  | 'table'
  | 'place'
  | 'arrival'
  | 'tally'
  | 'group'
  | 'round'
  | 'ballot'
  | 'mark'
  | 'redaction'
  | 'belofte'
  | 'wall'
  | 'checkpoint'

export type RefusalCode = (typeof REFUSAL_CODES)[number]

export type Edit = (number | string)[]

export type Change = Operation[]

/** The sprint itself, one record. Times are the server's, in milliseconds since 1970. */
export interface Evening {
  kind: 'sprint'
  id: Id
  title: string
  question: string
  number: number
  place: string
  date: string
  notice: string
  board: Id | null
  step: Id | null
  timer_started: number | null
  timer_ends: number | null
  doors_open: boolean
  code: string
  token: string
  source: string
  level: string
  fixed: string[]
  free: string[]
  goal: string
  frozen: boolean
  phase: 'closed' | 'closing' | 'open'
  bedoeling: Id | null
  answer_from: string
  published: boolean
  rehearsal: boolean
  away: Id | null
}

/** A question beside the text of a note. */
export interface Field {
  name: string
  label: string
  options: string[]
  of: string
}

/** One werkvorm laid out in this sprint. */
export interface Board {
  kind: 'board'
  id: Id
  werkvorm: string
  title: string
  purpose: string
  rank: number
  form: 'cirkels' | 'kolommen' | 'stemmen' | 'tijdlijn' | 'welkom'
  types: string[]
  fields: Field[]
  hints: ('oplossing' | 'privacy')[]
}

/** A named part of a board with its own question. */
export interface Zone {
  kind: 'zone'
  id: Id
  board: Id
  title: string
  question: string
  colour: string
  rank: number
  world: string
  write: 'begeleider' | 'iedereen' | 'niemand' | 'schrijver'
  type: string
  source: '' | 'bedoeling' | 'groepen'
  tap: boolean
}

/** What everybody can do now, and who sees it. */
export interface Step {
  kind: 'step'
  id: Id
  board: Id
  title: string
  instruction: string
  minutes: number
  visible: Visibility
  may: Right[]
  scene: Scene
  rank: number
  visited: boolean
  revealed: boolean
  write: 'begeleider' | 'iedereen' | 'niemand' | 'schrijver'
  input: ('doorgeven' | 'eigen_telefoon' | 'notuleren' | 'papier' | 'tikken')[]
  late: 'direct' | 'wacht'
  skipped: boolean
  turn_seconds: number
}

/** A voice: whose perspective speaks in a note. */
export interface Stem {
  kind: 'stem'
  id: Id
  code: string
  title: string
  rank: number
}

/** One thing somebody said. Never dropped: `gone` means it lies in the bin. */
export interface Note {
  kind: 'note'
  id: Id
  zone: Id
  cluster: Id | null
  rank: number
  text: string
  author: string | null
  stem: Id | null
  step: Id | null
  at: number
  hidden: boolean
  late: boolean
  gone: boolean
  literal: string | null
  at_table: boolean
  table: Id | null
  turn: number | null
  scribed: boolean
  type: string
  fields: { [key: string]: string }
  about: Id | null
  of: Id[]
  origin: '' | 'organisatie' | 'papier'
  card: string
  kern: Id | null
  domains: Id[]
  group: Id | null
}

/** Notes that belong together under a sentence. */
export interface Cluster {
  kind: 'cluster'
  id: Id
  zone: Id
  rank: number
  title: string
  gone: boolean
}

/** A village, and its tile on a schematic map: column 1 is west, row 1 is north. */
export interface Kern {
  kind: 'kern'
  id: Id
  code: string
  title: string
  column: number
  row: number
  rank: number
}

/** A field of policy. Never asked of a resident. */
export interface Domein {
  kind: 'domein'
  id: Id
  code: string
  title: string
  rank: number
}

export interface Table {
  kind: 'table'
  id: Id
  number: number
  people: number
  quote: Id | null
  volgcode: string
}

/** What a seat is doing. Its own seat and the desk see it; others see that it is there. */
export interface Place {
  kind: 'place'
  id: Id
  role: Role
  table: Id | null
  stand: 'doorgeven' | 'notuleren' | 'schrijven'
  turn: number
  stem: Id | null
  kern: Id | null
  help: number | null
  done: Id | null
  removed: boolean
  check: { [key: string]: string }
  checked: number | null
}

/** Somebody tapped on their village and on how they are here. Only counts leave the server. */
export interface Arrival {
  kind: 'arrival'
  id: Id
  seat: Id | null
  table: Id | null
  kern: Id | null
  stem: Id | null
}

export interface Count {
  id: Id
  n: number
}

/** Counts that may be shown to the whole hall; see `disclosure.py`. */
export interface Tally {
  kind: 'tally'
  id: Id
  people: number
  kernen: Count[]
  stemmen: Count[]
  done: number
}

/**
 * Notes of all tables that say the same, under a sentence: the harvest. Its notes stay where
 * they lie on their boards and name it in `group`.
 */
export interface Group {
  kind: 'group'
  id: Id
  title: string
  rank: number
  gone: boolean
}

/** Dots of one kind of participant; `kind` is of `disclosure.KINDS_OF_PARTICIPANTS`, or "overig". */
export interface OfKind {
  kind: string
  dots: number
}

export interface Result {
  item: Id
  dots: number
  paper: number
  kinds: OfKind[]
}

/** A round of dots. */
export interface Round {
  kind: 'round'
  id: Id
  title: string
  step: Id | null
  per: 'persoon' | 'tafel'
  budget: number
  most: number
  own: boolean
  items: Id[]
  open: boolean
  voters: number
  result: Result[]
  at: number
}

/** The dots of one voter. Nobody but the voter ever sees them; a table's ballot, its seats. */
export interface Ballot {
  kind: 'ballot'
  id: Id
  round: Id
  seat: Id | null
  turn: number
  table: Id | null
  stem: Id | null
  shared: boolean
  paper: boolean
  voters: number
  dots: { [key: string]: number }
}

/** *Herken ik*, *herken ik niet*, or support of a sentence. Whose, only the seat itself sees. */
export interface Mark {
  kind: 'mark'
  id: Id
  note: Id
  what: 'herken_ik' | 'herken_niet' | 'steun'
  seat: Id | null
  turn: number
  stem: Id | null
  gone: boolean
}

/** Another text beside the literal words, by whom and why. Required: never quote the words. */
export interface Redaction {
  kind: 'redaction'
  id: Id
  note: Id
  text: string
  role: Role
  reason: string
  required: boolean
  at: number
  gone: boolean
}

export interface Belofte {
  kind: 'belofte'
  id: Id
  who: string
  what: string
  when: string
  author: Id | null
  table: Id | null
  at: number
  gone: boolean
}

/** One thing on the wall, as it may be read in public. */
export interface Shown {
  id: Id
  text: string
  caption: string
}

/** What stands on the wall: every wall shows the same. */
export interface Wall {
  kind: 'wall'
  id: Id
  scene: Scene
  items: Shown[]
  page: number
  frozen: boolean
  queue: Id[]
  covered: Id[]
}

/** A moment with a name. */
export interface Checkpoint {
  kind: 'checkpoint'
  id: Id
  name: string
  seq: number
  at: number
  step: Id | null
}

export type AnyRecord =
  | Evening
  | Board
  | Zone
  | Step
  | Stem
  | Note
  | Cluster
  | Kern
  | Domein
  | Table
  | Place
  | Arrival
  | Tally
  | Group
  | Round
  | Ballot
  | Mark
  | Redaction
  | Belofte
  | Wall
  | Checkpoint

export interface Put {
  op: 'put'
  record: AnyRecord
}

export interface Patch {
  op: 'patch'
  kind: Kind
  id: Id
  set: { [key: string]: unknown }
}

export interface Drop {
  op: 'drop'
  kind: Kind
  id: Id
}

export interface TextEdit {
  op: 'text'
  id: Id
  edit: Edit
}

export type Operation = Put | Patch | Drop | TextEdit

export interface CreateNote {
  do: 'note.create'
  note: Id
  zone: Id
  text: string
  stem?: Id | null
  step?: Id | null
  type?: string
  fields?: { [key: string]: string }
  about?: Id | null
  of?: Id[]
  kern?: Id | null
  origin?: '' | 'organisatie' | 'papier'
  card?: string
  table?: Id | null
}

export interface EditNote {
  do: 'note.edit'
  note: Id
  base: number
  edit: Edit
}

export interface GiveStem {
  do: 'note.stem'
  note: Id
  stem: Id | null
}

/** An answer to a question beside the text (None: no answer). */
export interface GiveField {
  do: 'note.field'
  note: Id
  name: string
  value: string | null
}

export interface GiveKern {
  do: 'note.kern'
  note: Id
  kern: Id | null
}

/** The domains of a note, afterwards. */
export interface TagNote {
  do: 'note.tag'
  note: Id
  domains: Id[]
}

/** *Herken ik* and the like; None takes an own mark back. One of each pair at a time. */
export interface MarkNote {
  do: 'note.mark'
  note: Id
  what: 'herken_ik' | 'herken_niet' | 'steun' | null
}

export interface RedactNote {
  do: 'note.redact'
  redaction: Id
  note: Id
  text: string
  reason: string
  required?: boolean
}

export interface DropRedaction {
  do: 'redaction.drop'
  redaction: Id
}

/** To a zone, or into a cluster of that zone, before a neighbour or (None) at the end. */
export interface MoveNote {
  do: 'note.move'
  note: Id
  zone: Id
  cluster?: Id | null
  before?: Id | null
}

/** *Leg bij …*: lay a note with another. If that one has no cluster yet, `cluster` names the new one. */
export interface GatherNote {
  do: 'note.gather'
  note: Id
  target: Id
  cluster: Id
}

export interface BinNote {
  do: 'note.bin'
  note: Id
}

export interface RestoreNote {
  do: 'note.restore'
  note: Id
}

export interface NameCluster {
  do: 'cluster.name'
  cluster: Id
  title: string
}

export interface MoveCluster {
  do: 'cluster.move'
  cluster: Id
  zone: Id
  before?: Id | null
}

/** The notes stay in the zone, the cluster goes. */
export interface DissolveCluster {
  do: 'cluster.dissolve'
  cluster: Id
}

/** Take back an own earlier command; redo is the undo of an undo. */
export interface Undo {
  do: 'undo'
  of: Name
}

/** A new group of notes. `cluster`: take over a table's pile, its name and its notes. */
export interface MakeGroup {
  do: 'group.make'
  group: Id
  title?: string
  notes?: Id[]
  cluster?: Id | null
}

/** Notes into a group, or (None) in none. */
export interface GroupNotes {
  do: 'group.put'
  notes: Id[]
  group: Id | null
}

export interface NameGroup {
  do: 'group.name'
  group: Id
  title: string
}

export interface MoveGroup {
  do: 'group.move'
  group: Id
  before?: Id | null
}

export interface MergeGroups {
  do: 'group.merge'
  group: Id
  into: Id
}

/** These notes of a group into a new one. */
export interface SplitGroup {
  do: 'group.split'
  group: Id
  into: Id
  notes: Id[]
  title?: string
}

/** The group goes, its notes stay. */
export interface DropGroup {
  do: 'group.drop'
  group: Id
}

/** *Citaat van deze tafel*. */
export interface QuoteOfTable {
  do: 'table.quote'
  table: Id
  note: Id | null
}

/** The sentence the hall holds on to. */
export interface ChooseBedoeling {
  do: 'bedoeling.choose'
  note: Id | null
}

export interface OpenRound {
  do: 'round.open'
  round: Id
  title: string
  per?: 'persoon' | 'tafel'
  budget?: number
  most?: number
  own?: boolean
  items?: Id[]
}

export interface CloseRound {
  do: 'round.close'
  round: Id
}

/** So many dots of mine on this item now; saying it twice is saying it once. */
export interface GiveDots {
  do: 'vote.give'
  round: Id
  item: Id
  dots: number
}

/** The stickers of a table (None: of the hall), counted by hand. Counting anew replaces it. */
export interface CountPaper {
  do: 'vote.paper'
  round: Id
  table: Id | null
  voters: number
  dots: { [key: string]: number }
}

export interface MakeBelofte {
  do: 'belofte.make'
  belofte: Id
  who: string
  what: string
  when: string
}

export interface ChangeBelofte {
  do: 'belofte.change'
  belofte: Id
  who: string
  what: string
  when: string
}

export interface DropBelofte {
  do: 'belofte.drop'
  belofte: Id
}

/** A scene, now; what stood still moves again. `items`: notes, groups or sentences for it. */
export interface ShowOnWall {
  do: 'wall.show'
  scene: Scene
  items?: Id[]
  page?: number
}

/** Until the next `wall.show` nothing on the wall changes. */
export interface FreezeWall {
  do: 'wall.freeze'
  on: boolean
}

/** This note or group may not stand on the wall (any more), or may again. */
export interface CoverOnWall {
  do: 'wall.cover'
  item: Id
  on: boolean
}

export interface QueueForWall {
  do: 'wall.queue'
  item: Id
  on: boolean
}

export interface SitDown {
  do: 'place.sit'
  table: Id | null
}

export interface TakeStand {
  do: 'place.stand'
  stand: 'doorgeven' | 'notuleren' | 'schrijven'
}

/** *Geef door*: what is private of this turn is closed, also on this tablet. */
export interface HandOn {
  do: 'place.turn'
}

/** Who has the tablet now, for notes and votes. */
export interface GiveVoice {
  do: 'place.voice'
  stem?: Id | null
  kern?: Id | null
}

export interface AskHelp {
  do: 'place.help'
  on: boolean
}

export interface SayDone {
  do: 'place.done'
  on: boolean
}

/** What the room check found; `results` is short words by short names. */
export interface TellCheck {
  do: 'place.check'
  results: { [key: string]: string }
}

/** One person more in the hall, from this village and in this way. */
export interface TapArrival {
  do: 'arrival.tap'
  kern?: Id | null
  stem?: Id | null
}

export interface AnswerHelp {
  do: 'help.answer'
  seat: Id
}

export interface RemoveSeat {
  do: 'seat.remove'
  seat: Id
}

export interface ReadmitSeat {
  do: 'seat.readmit'
  seat: Id
}

/** Take back what one seat did in the last minutes, as far as nobody built on it. */
export interface RewindSeat {
  do: 'seat.rewind'
  seat: Id
  minutes: number
}

/** A table of this number, with so many people. */
export interface SetTable {
  do: 'table.set'
  table: Id
  number: number
  people?: number
}

export interface GoToStep {
  do: 'step.go'
  step: Id
}

/**
 * *Toon de briefjes*: what is still private on the board that is on, of one table or of all.
 *
 * `to` None: to the table where the step that is on is one for the table, otherwise to the hall.
 */
export interface Reveal {
  do: 'step.reveal'
  to?: 'tafel' | 'zaal' | null
  table?: Id | null
}

export interface SetMinutes {
  do: 'step.minutes'
  step: Id
  minutes: number
}

export interface SkipStep {
  do: 'step.skip'
  step: Id
  on: boolean
}

/** Within its board, before another step or (None) at the end. */
export interface MoveStep {
  do: 'step.move'
  step: Id
  before?: Id | null
}

/** The same once more, right after it. */
export interface RepeatStep {
  do: 'step.repeat'
  step: Id
  copy: Id
}

export interface MoveBoard {
  do: 'board.move'
  board: Id
  before?: Id | null
}

/** *Even luisteren*: nobody in the hall writes until it is lifted. */
export interface FreezeEvening {
  do: 'evening.freeze'
  on: boolean
}

/** *Sluit af*: closing asks every device to send what it has, closed is for good. */
export interface SetPhase {
  do: 'evening.phase'
  phase: 'closed' | 'closing' | 'open'
}

/** *Dit hebben we gehoord* can be read by everybody, or no longer. */
export interface Publish {
  do: 'evening.publish'
  on: boolean
}

/** What the evening is about; what is not said stays. */
export interface TellEvening {
  do: 'evening.tell'
  title?: string | null
  question?: string | null
  place?: string | null
  date?: string | null
  goal?: string | null
  source?: string | null
  answer_from?: string | null
  fixed?: string[] | null
  free?: string[] | null
}

/** Start the timer anew with so many seconds, or (None) take it away. */
export interface SetTimer {
  do: 'timer.set'
  seconds: number | null
}

export interface AddToTimer {
  do: 'timer.add'
  seconds: number
}

export interface SetDoors {
  do: 'doors.set'
  open: boolean
}

/** A new join code and QR; the old ones stop working, seats that are taken stay. */
export interface RenewCode {
  do: 'code.renew'
}

/** *Neem mee op reis*: the board goes on a journey to another machine, and rests here. */
export interface TakeAway {
  do: 'evening.take_away'
  journey: Id
}

/**
 * The board of that journey is here again: it came home, or arrived at the other machine, or is
 * taken back because the laptop was lost.
 */
export interface BringBack {
  do: 'evening.bring_back'
  journey: Id
}

/**
 * The first command of every sprint: its evening, boards, zones, steps and voices. A sprint
 * that was exported begins again with all of its records.
 */
export interface FoundSprint {
  do: 'sprint.found'
  records: AnyRecord[]
}

export type AnyCommand =
  | CreateNote
  | EditNote
  | GiveStem
  | GiveField
  | GiveKern
  | TagNote
  | MarkNote
  | RedactNote
  | DropRedaction
  | MoveNote
  | GatherNote
  | BinNote
  | RestoreNote
  | NameCluster
  | MoveCluster
  | DissolveCluster
  | Undo
  | MakeGroup
  | GroupNotes
  | NameGroup
  | MoveGroup
  | MergeGroups
  | SplitGroup
  | DropGroup
  | QuoteOfTable
  | ChooseBedoeling
  | OpenRound
  | CloseRound
  | GiveDots
  | CountPaper
  | MakeBelofte
  | ChangeBelofte
  | DropBelofte
  | ShowOnWall
  | FreezeWall
  | CoverOnWall
  | QueueForWall
  | SitDown
  | TakeStand
  | HandOn
  | GiveVoice
  | AskHelp
  | SayDone
  | TellCheck
  | TapArrival
  | AnswerHelp
  | RemoveSeat
  | ReadmitSeat
  | RewindSeat
  | SetTable
  | GoToStep
  | Reveal
  | SetMinutes
  | SkipStep
  | MoveStep
  | RepeatStep
  | MoveBoard
  | FreezeEvening
  | SetPhase
  | Publish
  | TellEvening
  | SetTimer
  | AddToTimer
  | SetDoors
  | RenewCode
  | TakeAway
  | BringBack
  | FoundSprint

/** The first message. `pending` names commands that have no answer yet. */
export interface Hello {
  t: 'hello'
  v: number
  device: Id
  head?: number | null
  pending?: Name[]
  gzip?: boolean
  unsent?: number
}

/** A command under its name. `c` is decoded apart, so that a bad one can be answered by name. */
export interface Do {
  t: 'do'
  id: Name
  c: AnyCommand
}

/** A note in somebody's hand, over a zone. */
export interface Drag {
  note: Id
  zone: Id
  x: number
  y: number
}

/** The fleeting: what I hold, where I type, how many of my commands are not sent. */
export interface Here {
  t: 'here'
  drag?: Drag | null
  typing?: Id | null
  unsent?: number
}

/** There is a gap: send what comes after `head` again. */
export interface Since {
  t: 'since'
  head: number
}

export interface Ping {
  t: 'ping'
  at: number
}

export type ClientMessage = Hello | Do | Here | Since | Ping

export interface Me {
  id: string
  role: Role
}

/** `[name, number, null]`: kept, as event `number`. `[name, number, refusal]`: understood and refused. */
export type Ack = [id: string, seq: number, refusal?: RefusalCode]

/** The answer to `hello`. A snapshot, or a frame with what was missed, follows. */
export interface Welcome {
  t: 'welcome'
  v: number
  build: string
  sprint: string
  seat: Me
  who: string
  head: number
  now: number
  acks: Ack[]
}

/** All records as everybody may see them, as of `head`. Replaces what the client has. */
export interface Snapshot {
  t: 'snapshot'
  head: number
  records: AnyRecord[]
}

/** After a snapshot: the records that only this seat sees in full. */
export interface Mine {
  t: 'mine'
  records: AnyRecord[]
}

/** What happened, as this viewer may see it. */
export interface Event {
  seq: number
  at: number
  change: Change
}

/** Events after `from_` up to and including `to`. A number that is not there has nothing for this viewer. */
export interface Frame {
  t: 'frame'
  from: number
  to: number
  events: Event[]
  acks: Ack[]
}

export interface Held {
  drag?: Drag | null
  typing?: Id | null
}

/** Presence that changed, by key; null where somebody lets go or leaves. */
export interface There {
  t: 'there'
  who: { [key: string]: Held | null }
}

/** How many participants are connected. */
export interface People {
  t: 'people'
  count: number
}

export interface Device {
  who: string
  seat: string
  role: Role
  online: boolean
  unsent: number
  since: number
}

/** Only to a begeleider. */
export interface Devices {
  t: 'devices'
  devices: Device[]
}

/** The server can not keep anything at the moment and tries again. */
export interface Trouble {
  t: 'trouble'
  on: boolean
}

export interface Pong {
  t: 'pong'
  at: number
  now: number
}

/** The last message could not be read. Nothing was done. */
export interface Bad {
  t: 'bad'
  why: 'json' | 'order' | 'shape' | 'size'
}

/** Sent before the server closes; `retry_ms` is None where coming back makes no sense. */
export interface Bye {
  t: 'bye'
  code: number
  retry_ms: number | null
}

export type ServerMessage =
  | Welcome
  | Snapshot
  | Mine
  | Frame
  | There
  | People
  | Devices
  | Trouble
  | Pong
  | Bad
  | Bye
