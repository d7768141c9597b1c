// Projects in the private storage of the browser: a folder `studio/ID` for each.
import { EngraftError } from "../../src/core/errors.js";
import type { Action, Project } from "../../src/studio/project.js";
import { linesOf, readLog, startOfLog } from "../../src/studio/project-log.js";
import { currentWords } from "../app/studio.js";
import type { OpenedProject, ProjectEntry, ProjectStorage } from "./storage.js";
import { TabLocks } from "./tab-locks.js";

const logName = "actions.jsonl";
/** Entry of the list of projects, computed again after the log changed. */
const entryName = "entry.json";
/** A log is compacted above this many bytes, if the project needs less than half of them. */
const longLog = 1_000_000;
/** The browser is asked to keep the data for good after this many samples. */
const worthKeeping = 10;

/**
 * Folder `studio/ID` of each project: `actions.jsonl`, its log, and `data/HH/HASH`, its contents. Every file is replaced
 * as a whole, so a tab that is closed while it writes keeps the earlier file.
 */
export class OpfsStorage implements ProjectStorage {
  readonly home = "browser";
  readonly #locks = new TabLocks();
  #added = 0;

  constructor(readonly root: FileSystemDirectoryHandle) {}

  async list(): Promise<ProjectEntry[]> {
    const entries: ProjectEntry[] = [];
    for await (const handle of this.root.values())
      if (handle.kind === "directory") entries.push(...(await entriesOf(handle)));
    return entries.sort((a, b) => (a.changed < b.changed ? 1 : -1));
  }

  async create(project: Project): Promise<void> {
    await explained(async () => {
      const folder = await this.root.getDirectoryHandle(project.id, { create: true });
      await write(folder, logName, new Blob([startOfLog(project)]));
    });
  }

  async open(id: string): Promise<OpenedProject> {
    return await explained(async () => {
      const readOnly = !(await this.#locks.take(id));
      const folder = await this.#folder(id);
      const log = await fileIn(folder, logName);
      const history = readLog(await log.text());
      const short = startOfLog(history.project);
      if (readOnly || log.size < longLog || log.size < 2 * short.length) return { history, readOnly };
      await write(folder, logName, new Blob([short]));
      await removeUnnamed(folder, history.project);
      return { history: readLog(short), readOnly };
    });
  }

  async append(id: string, actions: readonly Action[]): Promise<void> {
    await explained(async () => {
      const folder = await this.#folder(id);
      const { size } = await fileIn(folder, logName);
      await write(folder, logName, new Blob([linesOf(actions)]), size);
    });
    const before = this.#added;
    for (const action of actions) if (action.do === "add-samples") this.#added += action.samples.length;
    // Firefox asks the user, so nothing waits for the answer.
    if (before < worthKeeping && this.#added >= worthKeeping) void navigator.storage.persist();
  }

  async put(id: string, hash: string, content: Blob): Promise<void> {
    await explained(async () => {
      const folder = await shelf(await this.#folder(id), hash, true);
      const stored = await fileIn(folder, hash).catch(() => undefined);
      // A file of another size was left behind by a closed tab.
      if (stored?.size !== content.size) await write(folder, hash, content);
    });
  }

  async get(id: string, hash: string): Promise<Blob> {
    return await explained(async () => await fileIn(await shelf(await this.#folder(id), hash), hash));
  }

  async remove(id: string): Promise<void> {
    await explained(async () => {
      if (!(await this.#locks.take(id))) throw new EngraftError("FileError", currentWords().app.readOnly);
      await this.root.removeEntry(id, { recursive: true });
    });
    await this.close(id);
  }

  freed(id: string): Promise<void> {
    return this.#locks.freed(id);
  }

  async close(id: string): Promise<void> {
    this.#locks.release(id);
  }

  #folder(id: string): Promise<FileSystemDirectoryHandle> {
    return this.root.getDirectoryHandle(id);
  }
}

/** Returns the entry of a project; none for a folder that a closed tab left behind. */
async function entriesOf(folder: FileSystemDirectoryHandle): Promise<ProjectEntry[]> {
  const log = await fileIn(folder, logName).catch(() => undefined);
  if (!log || log.size === 0) return [];
  const changed = new Date(log.lastModified).toISOString();
  const kept = await fileIn(folder, entryName)
    .then(async (file) => JSON.parse(await file.text()) as ProjectEntry & { readonly bytes: number })
    .catch(() => undefined);
  if (kept?.changed === changed && kept.bytes === log.size) return [kept];
  const common = { id: folder.name, changed };
  try {
    const { name, kind, samples, files } = readLog(await log.text()).project;
    const entry = { ...common, name, kind, samples: samples.length + files.length };
    // A full storage has no place for it.
    await write(folder, entryName, new Blob([JSON.stringify({ ...entry, bytes: log.size })])).catch(() => {});
    return [entry];
  } catch {
    // Opening it says what is wrong.
    return [{ ...common, name: folder.name, kind: "", samples: 0 }];
  }
}

/** Folder of a content: `data/HH` with the first two digits of its hash. */
async function shelf(folder: FileSystemDirectoryHandle, hash: string, create = false) {
  const data = await folder.getDirectoryHandle("data", { create });
  return await data.getDirectoryHandle(hash.slice(0, 2), { create });
}

const fileIn = async (folder: FileSystemDirectoryHandle, name: string): Promise<File> =>
  (await folder.getFileHandle(name)).getFile();

/** Writes a file, or its bytes from `at` on. */
async function write(folder: FileSystemDirectoryHandle, name: string, data: Blob, at = 0): Promise<void> {
  const handle = await folder.getFileHandle(name, { create: true });
  const writable = await handle.createWritable({ keepExistingData: at > 0 });
  try {
    await writable.write({ type: "write", position: at, data });
    await writable.close();
  } catch (error) {
    await writable.abort().catch(() => {});
    throw error;
  }
}

/** Removes the contents that a project does not name. */
async function removeUnnamed(folder: FileSystemDirectoryHandle, { samples, files }: Project): Promise<void> {
  const named = new Set([...samples, ...files].map(({ hash }) => hash));
  const data = await folder.getDirectoryHandle("data", { create: true });
  for await (const part of data.values())
    if (part.kind === "directory")
      for await (const name of part.keys()) if (!named.has(name)) await part.removeEntry(name);
}

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
