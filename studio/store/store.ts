// The state of the page. Components read its signals; `dispatch` is the only writer of the project.
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { hashOf } from "../../src/studio/content-hash.js";
import {
  type Action,
  type Change,
  type History,
  longestName,
  newProject,
  type Project,
  reduce,
  type Sample,
} from "../../src/studio/project.js";
import { classNameOf, requireClassName } from "./class-name.js";
import { type ErrorWords, errorWords } from "./error-words.js";
import type { ProjectStorage } from "./storage.js";

/** Samples of one action, and characters of their texts: an action must fit into a request of 1 MB. */
const [batch, batchCharacters] = [500, 100_000];
/** Pause before the next try to store changes (ms). */
const retryPause = 3000;
/** Contents that are stored at the same time. */
const together = 16;

/** Content of a new sample. */
export interface Draft {
  /** Bytes of a picture or a sound, or a text. */
  readonly content: Blob | string;
  /** Name of the file that it came from. */
  readonly name?: string;
  /** Recording, person or source that it belongs to. */
  readonly group?: string;
}

/** A sentence that the page shows until the user closes it. */
export interface Notice extends ErrorWords {
  readonly id: string;
  readonly kind: "error" | "info";
}

/** Returns an identifier of a class, a sample, a recording or a step. */
export const newId = (): string => crypto.randomUUID();

/** Project, its storage and the notices of the page. */
export class Store {
  readonly #history = signal<History | undefined>(undefined);
  readonly #readOnly = signal(false);
  readonly #notices = signal<readonly Notice[]>([]);
  /** Actions are stored one after the other. */
  #stored: Promise<unknown> = Promise.resolve();
  /** Samples that are being stored. */
  #beingAdded: Promise<unknown> = Promise.resolve();
  #isFailing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Actions that are not stored yet, by project. */
  readonly #unstored = new Map<string, Action[]>();

  readonly history: ReadonlySignal<History | undefined> = this.#history;
  /** The open project. */
  readonly project: ReadonlySignal<Project | undefined> = computed(() => this.#history.value?.project);
  /** True if another tab or program has the project open. */
  readonly readOnly: ReadonlySignal<boolean> = this.#readOnly;
  readonly notices: ReadonlySignal<readonly Notice[]> = this.#notices;
  /** Files that are read now. */
  readonly adding = signal({ done: 0, total: 0 });

  constructor(readonly storage: ProjectStorage) {}

  /** Creates a project and opens it. @returns its id */
  async create(kind: string, name: string): Promise<string> {
    const project = newProject(newId(), kind, name.slice(0, longestName), new Date().toISOString());
    await this.storage.create(project);
    await this.open(project.id);
    return project.id;
  }

  async open(id: string): Promise<void> {
    if (this.project.value?.id === id) return;
    await this.close();
    await this.#read(id);
  }

  async #read(id: string): Promise<void> {
    const { history: stored, readOnly } = await this.storage.open(id);
    // Another tab may have changed the project.
    if (readOnly) this.#unstored.delete(id);
    const history = (this.#unstored.get(id) ?? []).reduce(reduce, stored);
    this.#readOnly.value = readOnly;
    this.#history.value = history;
    this.#retry(id);
    if (readOnly) void this.#readWhenFree(id, history).catch((error) => this.fail(error));
  }

  /** Opens a project that another tab had, with the changes made there. */
  async #readWhenFree(id: string, history: History): Promise<void> {
    await this.storage.freed?.(id);
    if (this.storage.freed && this.#history.value === history) await this.#read(id);
  }

  async close(): Promise<void> {
    const id = this.project.value?.id;
    if (id === undefined) return;
    await this.#stored;
    // Actions that fail again wait until the project is opened.
    await this.#append(id).catch(() => undefined);
    this.#history.value = undefined;
    this.#readOnly.value = false;
    await this.storage.close(id);
  }

  /** Changes the project at once, and stores the action. */
  dispatch(action: Action): void {
    const history = this.#history.value;
    if (!history || this.#readOnly.value) return;
    const changed = reduce(history, action);
    if (changed === history) return;
    this.#history.value = changed;
    const { id } = history.project;
    this.#unstored.set(id, [...(this.#unstored.get(id) ?? []), action]);
    this.#stored = this.#stored
      .then(() => this.#append(id))
      .catch((error) => {
        this.#isFailing = true;
        this.fail(error);
        this.#retry(id);
      });
  }

  /** True while changes wait because they could not be stored. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** Stores the waiting actions. After a failure they wait for the next try. */
  async #append(id: string): Promise<void> {
    const actions = this.#unstored.get(id) ?? [];
    if (actions.length === 0) return;
    await this.storage.append(id, actions);
    const others = this.#unstored.get(id)!.slice(actions.length);
    if (others.length > 0) this.#unstored.set(id, others);
    else this.#unstored.delete(id);
    this.#isFailing = this.#unstored.size > 0 && this.#isFailing;
  }

  /** Tries again to store actions that failed, while their project is open. */
  #retry(id: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.project.peek()?.id !== id || !this.#unstored.has(id)) return;
      this.#stored = this.#stored.then(() => this.#append(id)).catch(() => this.#retry(id));
    }, retryPause);
  }

  /** Gives a sample another class while the user sees its prediction. */
  relabel(id: string, to: string, others: readonly string[] = []): void {
    this.dispatch({ do: "move-samples", ids: [id, ...others], class: to, seen: new Date().toISOString() });
  }

  /** Several changes that are undone together. */
  dispatchTogether(changes: readonly Change[]): void {
    const step = newId();
    for (const change of changes) this.dispatch({ ...change, step });
  }

  /** Waits until every action is stored. */
  async stored(): Promise<void> {
    await this.#stored;
  }

  /** Undoes the last step. Its samples that are still being stored come first. */
  async undo(): Promise<void> {
    await this.#beingAdded;
    this.dispatch({ do: "undo" });
  }

  /** Stores contents and adds their samples to a class. A content is stored before the project names it. */
  addDrafts(classId: string, drafts: readonly Draft[], group?: string, step = newId()): Promise<void> {
    const added = this.#addDrafts(classId, drafts, group, step);
    this.#beingAdded = Promise.allSettled([this.#beingAdded, added]);
    return added;
  }

  async #addDrafts(
    classId: string,
    drafts: readonly Draft[],
    group: string | undefined,
    step: string,
  ): Promise<void> {
    const id = this.project.value?.id;
    if (id === undefined || this.#readOnly.value) return;
    for (let from = 0; from < drafts.length && this.project.value?.id === id; ) {
      const samples: Sample[] = [];
      try {
        for (let characters = 0; from < drafts.length && samples.length < batch; ) {
          const part = drafts.slice(from, from + together);
          from += together;
          const kept = await Promise.allSettled(part.map((draft) => this.#sampleOf(draft, classId, group)));
          for (const one of kept) if (one.status === "fulfilled") samples.push(one.value);
          for (const one of kept) if (one.status === "rejected") throw one.reason;
          for (const { content } of part) if (typeof content === "string") characters += content.length;
          if (characters >= batchCharacters) break;
        }
      } finally {
        // If the storage is full, the samples before stay.
        if (this.project.value?.id === id) this.dispatch({ do: "add-samples", samples, step });
      }
    }
  }

  /**
   * Adds samples by the names of their classes, as one step. Missing classes are added.
   * @param isUnnamed true for the name of a class that the user did not name: it is removed if it is empty
   */
  async addLabelled(
    classes: ReadonlyMap<string, readonly Draft[]>,
    isUnnamed: (name: string) => boolean = () => false,
  ): Promise<void> {
    for (const name of classes.keys()) requireClassName(name);
    const step = newId();
    const known = new Map(this.project.value!.classes.map(({ id, name }) => [name, id]));
    let start = performance.now();
    for (const [given, drafts] of classes) {
      const name = classNameOf(given) || "-";
      const id = known.get(name) ?? newId();
      if (!known.has(name)) this.dispatch({ do: "add-class", id, name, step });
      known.set(name, id);
      await this.addDrafts(id, drafts, undefined, step);
      if (performance.now() - start < 50) continue;
      // The page draws between the classes of a long list.
      await new Promise((drawn) => setTimeout(drawn));
      start = performance.now();
    }
    const { classes: all, samples } = this.project.value!;
    const used = new Set(samples.map((sample) => sample.class));
    for (const { id, name } of all)
      if (!used.has(id) && isUnnamed(name)) this.dispatch({ do: "remove-class", id, step });
  }

  async #sampleOf(
    { content, name, group }: Draft,
    classId: string,
    common: string | undefined,
  ): Promise<Sample> {
    const own = group ?? common;
    return {
      ...{ id: newId(), class: classId },
      ...(name !== undefined && { name: name.slice(-longestName) }),
      ...(own !== undefined && { group: own }),
      ...(typeof content === "string" ? { text: content } : await this.keep(content)),
    };
  }

  /** Stores a content of the open project. */
  async keep(content: Blob): Promise<{ readonly hash: string; readonly type?: string }> {
    // The project may be closed while the hash is computed.
    const { id } = this.project.value!;
    const hash = await hashOf(content);
    await this.storage.put(id, hash, content);
    return { hash, ...(content.type !== "" && { type: content.type.slice(0, 100) }) };
  }

  /** Content of a sample or a file of the open project. */
  content(hash: string): Promise<Blob> {
    return this.storage.get(this.project.value!.id, hash);
  }

  notify(notice: Omit<Notice, "id">): void {
    const same = this.#notices.value.some(({ text, help }) => text === notice.text && help === notice.help);
    if (!same) this.#notices.value = [...this.#notices.value, { id: newId(), ...notice }];
  }

  /** Does something, and shows its error. */
  async attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Shows an error with its help. */
  fail(error: unknown): void {
    void errorWords(error).then((words) => this.notify({ kind: "error", ...words }));
  }

  dismiss(id: string): void {
    this.#notices.value = this.#notices.value.filter((notice) => notice.id !== id);
  }
}
