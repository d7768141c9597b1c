// Projects in a folder: each has a log of actions, its contents by hash, and its runs.
import { createHash, randomUUID } from "node:crypto";
import { constants, createWriteStream } from "node:fs";
import { open, rename, rm, truncate } from "node:fs/promises";
import { basename } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as z from "zod/mini";
import { EngraftError, type ErrorOptions, messageOf } from "../core/errors.js";
import { fileError } from "../platform/file-errors.js";
import { nodePlatform } from "../platform/node.js";
import {
  folderChanges,
  type HashCache,
  nameOf,
  type PlacedFile,
  projectOfFolders,
  readClassFolders,
} from "./class-folders-node.js";
import { pathInside } from "./path-inside-node.js";
import {
  type Action,
  type History,
  hashSchema,
  historyOf,
  type Project,
  reduce,
  type Sample,
} from "./project.js";
import { linesOf, readLog, startOfLog } from "./project-log.js";
import { mostBytes, type OpenedLog } from "./protocol.js";

const { files } = nodePlatform;
const { join } = files;

const logFile = "actions.jsonl";

/** An open project with its folders. */
export interface PlacedProject {
  /** Folder of its log. */
  readonly folder: string;
  /** Folder of its runs. */
  readonly runs: string;
  history: History;
  /** Lines and bytes of its log. */
  lines: number;
  bytes: number;
  changed: string;
  /** The end of the last work on its log. */
  written: Promise<unknown>;
}

/** A problem of a request, with its HTTP status. */
export class RequestError extends EngraftError {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 409 | 411 | 413 | 415 | 421,
    message: string,
    help?: string,
    coded: ErrorOptions = {},
  ) {
    super("OptionError", message, help === undefined ? coded : { ...coded, help });
  }
}

export interface FoldersOptions {
  /** Folder of the studio. */
  readonly root: string;
  /** Folder whose class folders are a project. */
  readonly data?: string;
  /** Folder of runs that every project shows. Default: each has its own. */
  readonly runs?: string;
  readonly readOnly: boolean;
}

/** The projects of a studio's folder. */
export class ProjectFolders {
  readonly #projects = new Map<string, PlacedProject>();
  /** Files of the data folder by hash and name of their sample, and by hash. */
  readonly #placed = new Map<string, PlacedFile>();

  /** Sentences about projects that cannot be opened. Their folders are left as they are. */
  readonly damaged: string[] = [];
  #dataProject: string | undefined;

  private constructor(readonly options: FoldersOptions) {}

  /** Project of the class folders; undefined if there are none. */
  get dataProject(): string | undefined {
    return this.#dataProject;
  }

  get readOnly(): boolean {
    return this.options.readOnly;
  }

  /** Opens the projects of a folder, and makes one of its class folders. @throws DataError for a damaged project of the folder itself */
  static async open(options: FoldersOptions): Promise<ProjectFolders> {
    const folders = new ProjectFolders(options);
    const { root } = options;
    const inside = (await files.stat(root)) ? await files.list(root) : [];
    const names = inside.filter(({ kind }) => kind === "folder").map(({ name }) => name);
    for (const folder of [root, ...names.map((name) => join(root, name))]) {
      if (!(await files.stat(join(folder, logFile)))) continue;
      await folders.#load(folder).catch((error) => {
        if (folder === root) throw Object.assign(error, { at: join(folder, logFile) });
        folders.damaged.push(`${folder}: ${messageOf(error)}`);
      });
    }
    if (!options.readOnly)
      for (const folder of new Set([root, ...folders.list().map((project) => project.folder)]))
        await removeHalfFiles(folder);
    if (options.data !== undefined) await folders.#openData(options.data);
    return folders;
  }

  /** File of the data folder that a sample is; undefined for a sample of the page. */
  placedFile(
    { folder }: PlacedProject,
    { hash, name }: Pick<Sample, "hash" | "name">,
  ): PlacedFile | undefined {
    return folder === this.options.root ? this.#placed.get(`${hash} ${name}`) : undefined;
  }

  /** The projects, the newest first. */
  list(): PlacedProject[] {
    return [...this.#projects.values()].sort((a, b) => b.changed.localeCompare(a.changed));
  }

  /** @throws RequestError if there is none */
  of(id: string): PlacedProject {
    const project = this.#projects.get(id);
    if (!project)
      throw new RequestError(404, "there is no such project", "choose one on the start page", {
        code: "project-missing",
        details: {},
      });
    return project;
  }

  /** Returns the log of a project as text, with what another program changed. */
  log(id: string): Promise<OpenedLog> {
    const project = this.of(id);
    return inTurn(project, async () => {
      const { text, ...state } = await this.#read(project.folder);
      Object.assign(project, state);
      return { log: text, readOnly: this.readOnly };
    });
  }

  async create(project: Project, folder = join(this.options.root, project.id)): Promise<void> {
    if (this.#projects.has(project.id) || (await files.stat(join(folder, logFile))))
      throw new RequestError(409, "there is a project with this id");
    const start = startOfLog(project);
    await files.writeAtomic(join(folder, logFile), start);
    const state = { history: historyOf(project), lines: 1, bytes: Buffer.byteLength(start) };
    this.#add(folder, state, Date.now());
  }

  /** Creates a project, unless it exists or the folder is read-only. */
  async ensure(project: Project): Promise<void> {
    if (!this.readOnly && !this.#projects.has(project.id)) await this.create(project);
  }

  /** Makes a copy of a file the only file of a project. Does nothing without the file, or in a read-only folder. */
  async place(id: string, path: string): Promise<void> {
    if (this.readOnly || (await files.stat(path))?.kind !== "file") return;
    const { folder, history, lines } = this.of(id);
    const file = { path: basename(path), hash: await files.sha256(path) };
    const stored = contentOf(folder, file.hash);
    if (!(await files.stat(stored))) await files.writeAtomic(stored, await files.read(path));
    const others = history.project.files.filter((one) => one.path !== file.path);
    if (others.length === 0 && history.project.files[0]?.hash === file.hash) return;
    await this.append(id, lines, [
      { do: "remove-files", paths: others.map((one) => one.path) },
      { do: "add-files", files: [file] },
    ]);
  }

  /**
   * Appends actions to a log. Leaves out actions that the log has already: the answer to their request was lost.
   * @param after number of lines that the writer knows
   */
  append(id: string, after: number, actions: readonly Action[]): Promise<void> {
    const project = this.of(id);
    const path = join(project.folder, logFile);
    return inTurn(project, async () => {
      const known = project.lines === after ? [] : (await readText(path)).split("\n").slice(after, -1);
      if (after > project.lines || actions.some((one, i) => (known[i] ?? rowOf(one)) !== rowOf(one)))
        throw changedElsewhere();
      const added = actions.slice(known.length);
      if (added.length === 0) return;
      const bytes = await appendRows(path, linesOf(added), project.bytes);
      if (bytes === undefined) throw changedElsewhere();
      const history = added.reduce(reduce, project.history);
      const lines = project.lines + added.length;
      Object.assign(project, { history, lines, bytes, changed: new Date().toISOString() });
    });
  }

  /** Removes a project with its contents and runs. Files of a data folder and of a folder of runs stay. */
  async remove(id: string): Promise<void> {
    const { folder } = this.of(id);
    if (folder === this.options.root)
      for (const name of [logFile, "data", "runs", "training", "reports"])
        await files.remove(join(folder, name));
    else await files.remove(folder);
    this.#projects.delete(id);
  }

  /** Stores a content. Its file appears when all bytes are there and have the hash. */
  async put(id: string, hash: string, length: number, body: ReadableStream<Uint8Array>): Promise<void> {
    const { folder } = this.of(id);
    if (!(length <= mostBytes))
      throw new RequestError(
        413,
        `the file has ${length} bytes, at most ${mostBytes} are taken`,
        "use a smaller file",
        { code: "content-too-large", details: { most: mostBytes } },
      );
    const path = contentOf(folder, hash);
    await files.ensureDir(files.dirname(path));
    if ((await pathInside(folder, files.dirname(path))) === undefined)
      throw new RequestError(404, `a link leads out of the project's folder: ${files.dirname(path)}`);
    const half = `${path}.${randomUUID()}.tmp`;
    const digest = createHash("sha256");
    let bytes = 0;
    const counted = new Transform({
      transform(piece: Uint8Array, _encoding, done) {
        bytes += piece.length;
        digest.update(piece);
        done(bytes > length ? new RequestError(400, "the file is longer than announced") : null, piece);
      },
    });
    const file = createWriteStream(half, { flags: "wx" });
    const closed = new Promise<void>((resolve) => file.once("close", resolve));
    try {
      await pipeline(Readable.fromWeb(body as never), counted, file);
      if (bytes !== length || digest.digest("hex") !== hash)
        throw new RequestError(400, "the bytes that arrived do not have this hash", "send the file again", {
          code: "content-broken",
          details: {},
        });
      await rename(half, path);
    } finally {
      // A broken upload may end while its file is being opened: the file would appear after its removal.
      await closed;
      await rm(half, { force: true });
    }
  }

  /** Path of a content. @param name name of its sample. @throws RequestError if it is not there, or was changed */
  async content(id: string, hash: string, name?: string): Promise<string> {
    const project = this.of(id);
    const { folder, history } = project;
    const named = this.placedFile(project, { hash, name });
    const own = named ? undefined : await pathInside(folder, contentOf(folder, hash));
    const sample = history.project.samples.find((one) => one.hash === hash);
    if (own !== undefined && (await files.stat(own))?.kind === "file")
      return await unchanged(own, hash, sample?.name ?? "this content");
    const placed = named ?? (folder === this.options.root ? this.#placed.get(hash) : undefined);
    if (!placed) throw contentGone(sample?.name ?? "this content");
    const path = await pathInside(this.options.data!, placed.path);
    if (path === undefined) throw contentGone(placed.id);
    return await unchanged(path, hash, placed.id);
  }

  async #openData(data: string): Promise<void> {
    const { root } = this.options;
    const cache = join(root, "hashes.json");
    const before = await readHashes(cache);
    const known = { ...before };
    const found = await readClassFolders(data, known);
    if (!found) return;
    for (const file of found.files)
      for (const key of [file.hash, `${file.hash} ${nameOf(file.id)}`]) this.#placed.set(key, file);
    const existing = this.list().find(({ folder }) => folder === root);
    this.#dataProject = existing?.history.project.id;
    if (this.readOnly) return;
    if (!existing) {
      const project = projectOfFolders(data, found);
      await this.create(project, root);
      this.#dataProject = project.id;
    } else {
      const { lines, history } = existing;
      const changes = folderChanges(history.project, found.files, before);
      if (changes.length > 0) await this.append(history.project.id, lines, changes);
    }
    const present = found.files.map(({ id }) => [id, known[id]]);
    // A full disk costs the next start some time.
    await files.writeAtomic(cache, JSON.stringify(Object.fromEntries(present))).catch(() => undefined);
  }

  async #load(folder: string): Promise<void> {
    const state = await this.#read(folder);
    const { id } = state.history.project;
    const other = this.#projects.get(id)?.folder;
    // The page gives a folder the name of its project.
    const [shown, copy] = basename(folder) === id ? [folder, other] : [other, folder];
    if (other !== undefined) this.damaged.push(`${copy}: it is a copy of ${shown}, and is not shown`);
    if (copy === folder && other !== undefined) return;
    this.#add(folder, state, (await files.stat(join(folder, logFile)))!.modified);
  }

  /** Reads a log, and removes half a line that a killed writer left at its end. This needs no space on the disk. */
  async #read(folder: string) {
    const path = join(folder, logFile);
    const content = await files.read(path);
    const bytes = content.lastIndexOf(0x0a) + 1;
    const text = new TextDecoder().decode(content.subarray(0, bytes));
    const state = { text, history: readLog(text), lines: text.split("\n").length - 1, bytes };
    if (bytes < content.length && !this.readOnly) await truncate(path, bytes);
    return state;
  }

  #add(folder: string, state: Pick<PlacedProject, "history" | "lines" | "bytes">, changed: number): void {
    const { history, lines, bytes } = state;
    this.#projects.set(history.project.id, {
      ...{ folder, runs: this.options.runs ?? join(folder, "runs"), history, lines, bytes },
      ...{ changed: new Date(changed).toISOString(), written: Promise.resolve() },
    });
  }
}

/** Does work on the log of a project after the work before it. */
function inTurn<T>(project: PlacedProject, work: () => Promise<T>): Promise<T> {
  const done = project.written.then(work);
  project.written = done.catch(() => undefined);
  return done;
}

/**
 * Appends rows to a log.
 * @param bytes its known size @returns its new size; undefined if another program changed it
 * @throws FileError if the disk refuses; the log is as before
 */
async function appendRows(path: string, rows: string, bytes: number): Promise<number | undefined> {
  // Without O_CREAT: a log that is gone has no first line.
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND).catch((error: unknown) => {
    throw fileError("write", path, error);
  });
  try {
    if ((await file.stat()).size !== bytes) return undefined;
    await file.writeFile(rows).catch(async (error: unknown) => {
      await file.truncate(bytes);
      throw fileError("write", path, error);
    });
    return bytes + Buffer.byteLength(rows);
  } finally {
    await file.close();
  }
}

const changedElsewhere = (): RequestError =>
  new RequestError(
    409,
    "another tab or program changed this project",
    "reload the page to see its changes; yours since then are not stored",
    { code: "project-changed", details: {} },
  );

const rowOf = (action: Action): string => JSON.stringify(action);

const contentGone = (name: string): RequestError =>
  new RequestError(404, `${name} is no longer in the folder`, "put it back, or remove the sample", {
    code: "content-missing",
    details: { name },
  });

/** Returns the path of a content if its bytes have its hash. @throws RequestError */
async function unchanged(path: string, hash: string, name: string): Promise<string> {
  if ((await files.sha256(path)) === hash) return path;
  throw new RequestError(
    409,
    `${name} was changed on the disk`,
    "start the studio again, which follows its folder; or remove the sample and add it again",
    { code: "content-changed", details: { name } },
  );
}

const readText = async (path: string): Promise<string> => new TextDecoder().decode(await files.read(path));

/** Names of files that are not written to their end: uploads, and those of `writeAtomic`. */
const halfName = /^([0-9a-f]{64}\.[0-9a-f-]{36}|\..+\.[0-9a-f]{12})\.tmp$/;

/** Removes what a killed studio left in a project's folder, and in `data/HH` of it. Links are not followed. */
async function removeHalfFiles(folder: string, below = /^data$/): Promise<void> {
  for (const { kind, name } of await files.list(folder).catch(() => [])) {
    if (kind === "file" && halfName.test(name)) await files.remove(join(folder, name)).catch(() => undefined);
    if (kind === "folder" && below.test(name)) await removeHalfFiles(join(folder, name), /^[0-9a-f]{2}$/);
  }
}

const contentOf = (folder: string, hash: string): string => join(folder, "data", hash.slice(0, 2), hash);

const hashesSchema = z.record(z.string(), z.tuple([z.number(), z.number(), hashSchema]));

async function readHashes(path: string): Promise<HashCache> {
  try {
    return hashesSchema.parse(JSON.parse(await readText(path)));
  } catch {
    return {};
  }
}
