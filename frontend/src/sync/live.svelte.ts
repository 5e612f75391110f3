// What a screen talks to: one sprint, live. (Being filled in; the public surface stands.)

import { SvelteMap } from 'svelte/reactivity';
import type {
  AnyCommand,
  Board,
  Cluster,
  Evening,
  Note,
  RefusalCode,
  Role,
  Stem,
  Step,
  Zone,
} from '../sprint/sprint';
import type { Device, Drag } from './protocol';

export type { Device, Drag } from './protocol';

/**
 * How safe something is. `vluchtig`: this browser can not keep it. `apparaat`: kept on this device.
 * `onderweg`: being written, or handed to an open socket. `bewaard`: the server kept it.
 */
export type Mark = 'vluchtig' | 'apparaat' | 'onderweg' | 'bewaard';

export class NoteView {
  readonly kind = 'note';
  readonly id: string;
  zone = $state('');
  cluster = $state<string | null>(null);
  rank = $state(0);
  text = $state('');
  author = $state<string | null>(null);
  stem = $state<string | null>(null);
  step = $state<string | null>(null);
  at = $state(0);
  hidden = $state(false);
  late = $state(false);
  gone = $state(false);
  literal = $state<string | null>(null);
  mark = $state<Mark>('bewaard');
  mine = $state(false);

  constructor(note: Note) {
    this.id = note.id;
    this.take(note);
  }

  /** Takes over what changed, field by field: a field that stays the same wakes nobody. */
  take(note: Note): void {
    this.zone = note.zone;
    this.cluster = note.cluster;
    this.rank = note.rank;
    this.text = note.text;
    this.author = note.author;
    this.stem = note.stem;
    this.step = note.step;
    this.at = note.at;
    this.hidden = note.hidden;
    this.late = note.late;
    this.gone = note.gone;
    this.literal = note.literal;
  }
}

export class ClusterView {
  readonly kind = 'cluster';
  readonly id: string;
  zone = $state('');
  rank = $state(0);
  title = $state('');
  gone = $state(false);

  constructor(cluster: Cluster) {
    this.id = cluster.id;
    this.take(cluster);
  }

  take(cluster: Cluster): void {
    this.zone = cluster.zone;
    this.rank = cluster.rank;
    this.title = cluster.title;
    this.gone = cluster.gone;
  }
}

/** Understood and refused. The text, if there was one, is still here. */
export interface Unplaced {
  id: string;
  code: RefusalCode;
  command: AnyCommand;
  text: string | null;
}

export interface LiveOptions {
  sprint: string;
  role: Role;
  url?: string; // of the server, such as "http://192.168.1.5:8000"; the page's own where it is left out
}

export class Live {
  readonly sprint: string;
  readonly role: Role;

  // connection
  link = $state<'opening' | 'open' | 'weg'>('opening');
  trouble = $state(false);
  unsent = $state(0);
  canKeep = $state(true);
  ended = $state<number | null>(null);
  people = $state(0);
  devices = $state.raw<Device[]>([]);
  me = $state.raw<{ id: string; role: Role } | null>(null);
  ready = $state(false);

  // what is shown
  evening = $state.raw<Evening | null>(null);
  board = $state.raw<Board | null>(null);
  step = $state.raw<Step | null>(null);
  steps = $state.raw<Step[]>([]);
  zones = $state.raw<Zone[]>([]);
  stems = $state.raw<Stem[]>([]);
  readonly notes = new SvelteMap<string, NoteView>();
  readonly clusters = new SvelteMap<string, ClusterView>();
  mine = $state.raw<NoteView[]>([]);
  unplaced = $state.raw<Unplaced[]>([]);
  readonly drags = new SvelteMap<string, Drag>();
  readonly typing = new SvelteMap<string, number>();
  canUndo = $state(false);
  canRedo = $state(false);

  constructor(options: LiveOptions) {
    this.sprint = options.sprint;
    this.role = options.role;
  }

  async start(): Promise<void> {}
  stop(): void {}

  /** The server's clock, in milliseconds. */
  now(): number {
    return Date.now();
  }

  /** What lies in a zone or cluster, in order, without the bin. Reactive per container. */
  items(_container: string): (NoteView | ClusterView)[] {
    return [];
  }

  forget(_id: string): void {}

  async write(
    _text: string,
    _zone: string,
    _stem: string | null,
    _draftKey?: string,
  ): Promise<string> {
    return '';
  }
  async ask(_command: AnyCommand): Promise<string> {
    return '';
  }
  typeInNote(_note: string, _text: string): void {}
  undo(): void {}
  redo(): void {}
  hold(_drag: Drag | null): void {}
  typingIn(_note: string | null): void {}
  async draft(_key: string): Promise<string> {
    return '';
  }
  keepDraft(_key: string, _text: string): void {}
  async wipe(): Promise<void> {}
}

/** Lets the page start without a network, where the browser allows it: a secure context. */
export function registerServiceWorker(): void {}
