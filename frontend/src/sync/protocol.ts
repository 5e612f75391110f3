// The messages of the socket. Written out by `scripts/protocol` from backend/opgavebord/protocol.py.

export const VERSION = 2;

export type Id = string;
export type Name = string;
export type Role = 'deelnemer' | 'begeleider' | 'wand' | 'bureau';
export type Visibility = 'alleen_ik' | 'tafel' | 'zaal';
export type Right =
  | 'schrijven'
  | 'wijzigen'
  | 'verplaatsen'
  | 'groeperen'
  | 'koppelen'
  | 'stemmen'
  | 'bezwaar';
export type Scene =
  | 'welkom'
  | 'vraag'
  | 'klok'
  | 'teller'
  | 'citaten'
  | 'oogst'
  | 'stemmen'
  | 'stilte'
  | 'bord';
export type Kind = 'sprint' | 'board' | 'zone' | 'step' | 'stem' | 'note' | 'cluster';
export type RefusalCode =
  | 'bad_command'
  | 'bad_text'
  | 'too_long'
  | 'empty'
  | 'bad_edit'
  | 'not_allowed'
  | 'not_in_this_step'
  | 'not_yours'
  | 'unknown'
  | 'exists'
  | 'in_the_bin'
  | 'full'
  | 'changed_since'
  | 'wrong_device'
  | 'founded';

export interface Evening {
  kind: 'sprint';
  id: Id;
  title: string;
  question: string;
  number: number;
  place: string;
  date: string;
  notice: string;
  board: Id | null;
  step: Id | null;
  timer_started: number | null;
  timer_ends: number | null;
  doors_open: boolean;
  code: string;
  token: string;
}
export interface Board {
  kind: 'board';
  id: Id;
  werkvorm: string;
  title: string;
  purpose: string;
  rank: number;
}
export interface Zone {
  kind: 'zone';
  id: Id;
  board: Id;
  title: string;
  question: string;
  colour: string;
  rank: number;
}
export interface Step {
  kind: 'step';
  id: Id;
  board: Id;
  title: string;
  instruction: string;
  minutes: number;
  visible: Visibility;
  may: Right[];
  scene: Scene;
  rank: number;
  visited: boolean;
  revealed: boolean;
}
export interface Stem {
  kind: 'stem';
  id: Id;
  code: string;
  title: string;
  rank: number;
}
export interface Note {
  kind: 'note';
  id: Id;
  zone: Id;
  cluster: Id | null;
  rank: number;
  text: string;
  author: string | null;
  stem: Id | null;
  step: Id | null;
  at: number;
  hidden: boolean;
  late: boolean;
  gone: boolean;
  literal: string | null;
}
export interface Cluster {
  kind: 'cluster';
  id: Id;
  zone: Id;
  rank: number;
  title: string;
  gone: boolean;
}
export type AnyRecord = Evening | Board | Zone | Step | Stem | Note | Cluster;

export type Edit = (number | string)[];
export interface Put {
  op: 'put';
  record: AnyRecord;
}
export interface Patch {
  op: 'patch';
  kind: Kind;
  id: Id;
  set: { [field: string]: unknown };
}
export interface Drop {
  op: 'drop';
  kind: Kind;
  id: Id;
}
export interface TextEdit {
  op: 'text';
  id: Id;
  edit: Edit;
}
export type Operation = Put | Patch | Drop | TextEdit;
export type Change = Operation[];

export interface CreateNote {
  do: 'note.create';
  note: Id;
  zone: Id;
  text: string;
  stem?: Id | null;
  step?: Id | null;
}
export interface EditNote {
  do: 'note.edit';
  note: Id;
  base: number;
  edit: Edit;
}
export interface GiveStem {
  do: 'note.stem';
  note: Id;
  stem: Id | null;
}
export interface MoveNote {
  do: 'note.move';
  note: Id;
  zone: Id;
  cluster?: Id | null;
  before?: Id | null;
}
export interface GatherNote {
  do: 'note.gather';
  note: Id;
  target: Id;
  cluster: Id;
}
export interface BinNote {
  do: 'note.bin';
  note: Id;
}
export interface RestoreNote {
  do: 'note.restore';
  note: Id;
}
export interface NameCluster {
  do: 'cluster.name';
  cluster: Id;
  title: string;
}
export interface MoveCluster {
  do: 'cluster.move';
  cluster: Id;
  zone: Id;
  before?: Id | null;
}
export interface DissolveCluster {
  do: 'cluster.dissolve';
  cluster: Id;
}
export interface Undo {
  do: 'undo';
  of: Name;
}
export interface GoToStep {
  do: 'step.go';
  step: Id;
}
export interface Reveal {
  do: 'step.reveal';
}
export interface SetTimer {
  do: 'timer.set';
  seconds: number | null;
}
export interface AddToTimer {
  do: 'timer.add';
  seconds: number;
}
export interface SetDoors {
  do: 'doors.set';
  open: boolean;
}
export interface RenewCode {
  do: 'code.renew';
}
export interface FoundSprint {
  do: 'sprint.found';
  records: AnyRecord[];
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
  | FoundSprint;

export interface Hello {
  t: 'hello';
  v: number;
  device: Id;
  head?: number | null;
  pending?: Name[];
  gzip?: boolean;
  unsent?: number;
}
export interface Do {
  t: 'do';
  id: Name;
  c: AnyCommand;
}
export interface Drag {
  note: Id;
  zone: Id;
  x: number;
  y: number;
}
export interface Here {
  t: 'here';
  drag?: Drag | null;
  typing?: Id | null;
  unsent?: number;
}
export interface Since {
  t: 'since';
  head: number;
}
export interface Ping {
  t: 'ping';
  at: number;
}
export type ClientMessage = Hello | Do | Here | Since | Ping;

export type Ack = [id: string, seq: number] | [id: string, seq: number, refusal: RefusalCode];
export interface Event {
  seq: number;
  at: number;
  change: Change;
}
export interface Me {
  id: string;
  role: Role;
}
export interface Welcome {
  t: 'welcome';
  v: number;
  build: string;
  sprint: string;
  seat: Me;
  who: string;
  head: number;
  now: number;
  acks: Ack[];
}
export interface Snapshot {
  t: 'snapshot';
  head: number;
  records: AnyRecord[];
}
export interface Mine {
  t: 'mine';
  records: AnyRecord[];
}
export interface Frame {
  t: 'frame';
  from: number;
  to: number;
  events: Event[];
  acks: Ack[];
}
export interface Held {
  drag?: Drag | null;
  typing?: Id | null;
}
export interface There {
  t: 'there';
  who: { [key: string]: Held | null };
}
export interface People {
  t: 'people';
  count: number;
}
export interface Device {
  who: string;
  role: Role;
  online: boolean;
  unsent: number;
  since: number;
}
export interface Devices {
  t: 'devices';
  devices: Device[];
}
export interface Trouble {
  t: 'trouble';
  on: boolean;
}
export interface Pong {
  t: 'pong';
  at: number;
  now: number;
}
export interface Bad {
  t: 'bad';
  why: 'size' | 'json' | 'shape' | 'order';
}
export interface Bye {
  t: 'bye';
  code: number;
  retry_ms: number | null;
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
  | Bye;
