// What crosses the socket. Made by `make protocol` from backend/opgavebord/protocol.py: change that
// file, not this one.

export const VERSION = 2

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
} as const

/** The limits of the server that a screen should know beforehand. */
export const LIMITS = {
  MESSAGE_BYTES: 65_536,
  PENDING_NAMES: 500,
  NOTE_CODE_POINTS: 2_000,
  NOTE_BYTES: 8_192,
  NOTE_BUDGET: 240,
  TITLE_CODE_POINTS: 200,
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
] as const

export type Id = string

export type Name = string

export type Role = 'deelnemer' | 'begeleider' | 'wand' | 'bureau'

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
  | 'vraag'
  | 'klok'
  | 'teller'
  | 'citaten'
  | 'oogst'
  | 'stemmen'
  | 'stilte'
  | 'bord'

export type Kind = 'sprint' | 'board' | 'zone' | 'step' | 'stem' | 'note' | 'cluster'

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
}

/** One werkvorm laid out in this sprint. */
export interface Board {
  kind: 'board'
  id: Id
  werkvorm: string
  title: string
  purpose: string
  rank: number
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

export type AnyRecord = Evening | Board | Zone | Step | Stem | Note | Cluster

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

export interface GoToStep {
  do: 'step.go'
  step: Id
}

/** *Toon de briefjes*: every note that is still private, of whatever step of the board that is on. */
export interface Reveal {
  do: 'step.reveal'
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

/** The first command of every sprint: its evening, boards, zones, steps and voices. */
export interface FoundSprint {
  do: 'sprint.found'
  records: AnyRecord[]
}

export type AnyCommand =
  | CreateNote
  | EditNote
  | GiveStem
  | MoveNote
  | GatherNote
  | BinNote
  | RestoreNote
  | NameCluster
  | MoveCluster
  | DissolveCluster
  | Undo
  | GoToStep
  | Reveal
  | SetTimer
  | AddToTimer
  | SetDoors
  | RenewCode
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
