// Projects in the private storage of the browser: a folder `studio/ID` for each.
import { EngraftError } from "../../src/core/errors.js";
import type { Action, Project } from "../../src/studio/project.js";
import { linesOf, readLog, startOfLog } from "../../src/studio/project-log.js";
import { currentWords } from "../words/current-words.js";
import type { FileCalls } from "./opfs-files.js";
import type { OpenedProject, ProjectEntry, ProjectStorage } from "./storage.js";
import { TabLocks } from "./tab-locks.js";

const logName = "actions.jsonl";
/** Entry of the list of projects, computed again after the log changed. */
const entryName = "entry.json";
/** A log is compacted above this many bytes, if the project needs less than half of them. */
const longLog = 1_000_000;
/** After this many samples, the page asks the browser to keep the data for good. */
const worthKeeping = 10;

/**
 * Folder `studio/ID` of each project: `actions.jsonl`, its log, and `data/HH/HASH`, its contents. Every file is replaced
 * as a whole, so a tab that is closed while it writes keeps the earlier file.
 */
export class OpfsStorage implements ProjectStorage {
  readonly home = "browser";
  readonly #locks = new TabLocks();
  #added = 0;

  constructor(readonly files: FileCalls) {}

  async list(): Promise<ProjectEntry[]> {
    const entries: ProjectEntry[] = [];
    for (const { kind, name } of await this.files.list([]))
      if (kind === "directory") entries.push(...(await this.#entriesOf(name)));
    return entries.sort((a, b) => (a.changed < b.changed ? 1 : -1));
  }

  async create(project: Project): Promise<void> {
    await explained(async () => {
      await this.files.write([project.id, logName], new Blob([startOfLog(project)]), 0);
    });
  }

  async open(id: string): Promise<OpenedProject> {
    return await explained(async () => {
      const readOnly = !(await this.#locks.take(id));
      const log = await this.files.read([id, logName]);
      const history = readLog(await log.text());
      const short = startOfLog(history.project);
      if (readOnly || log.size < longLog || log.size < 2 * short.length) return { history, readOnly };
      await this.files.write([id, logName], new Blob([short]), 0);
      await this.#removeUnnamed(history.project);
      return { history: readLog(short), readOnly };
    });
  }

  async append(id: string, actions: readonly Action[]): Promise<void> {
    await explained(async () => {
      const path = [id, logName];
      await this.files.write(path, new Blob([linesOf(actions)]), await this.files.size(path));
    });
    const before = this.#added;
    for (const action of actions) if (action.do === "add-samples") this.#added += action.samples.length;
    // Firefox asks the user, so nothing waits for the answer.
    if (before < worthKeeping && this.#added >= worthKeeping) void navigator.storage.persist();
  }

  async put(id: string, hash: string, content: Blob): Promise<void> {
    await explained(async () => {
      const path = contentPath(id, hash);
      const size = await this.files.size(path).catch(() => undefined);
      // A closed tab left a file of another size behind.
      if (size !== content.size) await this.files.write(path, content, 0);
    });
  }

  async get(id: string, hash: string): Promise<Blob> {
    return await explained(() => this.files.read(contentPath(id, hash)));
  }

  async remove(id: string): Promise<void> {
    await explained(async () => {
      if (!(await this.#locks.take(id))) throw new EngraftError("FileError", currentWords().app.readOnly);
      await this.files.remove([id]);
    });
    await this.close(id);
  }

  freed(id: string): Promise<void> {
    return this.#locks.freed(id);
  }

  async close(id: string): Promise<void> {
    this.#locks.release(id);
  }

  /** Returns the entry of a project; none for a folder that a closed tab left behind. */
  async #entriesOf(id: string): Promise<ProjectEntry[]> {
    const log = await this.files.read([id, logName]).catch(() => undefined);
    if (!log || log.size === 0) return [];
    const changed = new Date(log.lastModified).toISOString();
    const kept = await this.files
      .read([id, entryName])
      .then(async (file) => JSON.parse(await file.text()) as ProjectEntry & { readonly bytes: number })
      .catch(() => undefined);
    if (kept?.changed === changed && kept.bytes === log.size) return [kept];
    const common = { id, changed };
    try {
      const { name, kind, samples, files } = readLog(await log.text()).project;
      const entry = { ...common, name, kind, samples: samples.length + files.length };
      const content = new Blob([JSON.stringify({ ...entry, bytes: log.size })]);
      // A full storage has no place for it.
      await this.files.write([id, entryName], content, 0).catch(() => {});
      return [entry];
    } catch {
      // The page says what is wrong when the user opens it.
      return [{ ...common, name: id, kind: "", samples: 0 }];
    }
  }

  /** Removes the contents that a project does not name. */
  async #removeUnnamed({ id, samples, files }: Project): Promise<void> {
    const named = new Set([...samples, ...files].map(({ hash }) => hash));
    for (const { kind, name: part } of await this.files.list([id, "data"]))
      if (kind === "directory")
        for (const { name } of await this.files.list([id, "data", part]))
          if (!named.has(name)) await this.files.remove([id, "data", part, name]);
  }
}

/** Path of a content: in a folder with the first two digits of its hash. */
const contentPath = (id: string, hash: string): string[] => [id, "data", hash.slice(0, 2), hash];

/** Runs a function, and turns an exception of the browser into a sentence that says what to do. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EngraftError) throw error;
    const { name, message } = error as DOMException;
    const { storage } = currentWords().start;
    if (name === "QuotaExceededError")
      throw new EngraftError("FileError", storage.full, { help: storage.fullHelp, cause: error });
    if (name === "NotFoundError")
      throw new EngraftError("FileError", storage.missing, { help: storage.missingHelp, cause: error });
    throw new EngraftError("FileError", storage.failed(message), { help: storage.failedHelp, cause: error });
  }
}
