// Runs the studio of a folder: finds its projects, takes its lock, and listens on this machine only.
import { createHash, randomUUID } from "node:crypto";
import { basename } from "node:path";
import { createAdaptorServer, type ServerType } from "@hono/node-server";
import { EngraftError, messageOf } from "../core/errors.js";
import { studioFolder } from "../data/images/class-folders.js";
import { ensureDir, nodePlatform, privateMode, withLock } from "../platform/node.js";
import { shellWord } from "../run/command-line.js";
import { RunFolder } from "../run/folder/run-folder.js";
import { kindOf as runKindOf, runKinds } from "../run/folder/run-kinds.js";
import { recordOf } from "../run/report/run-report.js";
import { inspectData } from "../tasks/inspect-data.js";
import { createApp } from "./app-node.js";
import type { AppOptions } from "./guards-node.js";
import { longestName, newProject } from "./project.js";
import { type FoldersOptions, ProjectFolders } from "./project-folders-node.js";
import { kindOfTask } from "./project-kinds.js";
import { runId, shownCommands } from "./runs-node.js";
import { SignIn } from "./sign-in-node.js";
import { TrainingLine } from "./training-line-node.js";

const { files } = nodePlatform;

/** This machine only, in both versions of the protocol. */
const hosts = ["127.0.0.1", "::1"] as const;
const firstPort = 4747;
/** Ports that are tried. */
const tries = 50;

export interface StudioOptions {
  /** First port that is tried. Default: the last one of the folder, or one that no other folder had. */
  readonly port?: number;
  /** Language of the page. Default: the one of the browser. */
  readonly lang?: string;
  /** Ends the studio, not its trainings. */
  readonly signal: AbortSignal;
  readonly onReady: (ready: StudioReady) => void;
  /** Called when a browser has signed in. */
  readonly onSignedIn?: () => void;
}

/** A studio that listens. */
export interface StudioReady {
  /** Address with the token, for one browser. */
  readonly url: string;
  /** Folder of the projects. */
  readonly folder: string;
  /** True if another studio has the folder open. */
  readonly readOnly: boolean;
  /** Warnings about projects that cannot be changed or opened. */
  readonly notes: readonly string[];
}

/**
 * Serves the studio until `signal` ends it.
 * @param path a folder of class folders, a table, a folder for projects, or a run. Default: the current folder
 * @throws FileError if there is none of them
 */
export async function serveStudio(path: string | undefined, options: StudioOptions): Promise<void> {
  const { run, table, ...place } = await placeOf(path);
  await ensureDir(place.root, privateMode);
  const serve = async (readOnly: boolean): Promise<void> => {
    const folders = await ProjectFolders.open({ ...place, readOnly });
    const signIn = await SignIn.open(place.root);
    signIn.onSignedIn = options.onSignedIn;
    const line = new TrainingLine();
    if (!readOnly) await line.find(folders);
    const { port, close } = await listen({ folders, signIn, line }, options.port ?? signIn.lastPort);
    // A second studio leaves the port to the first one, whose page finds it again. A full disk costs the next start its port.
    if (!readOnly) await signIn.keep(port).catch(() => undefined);
    const data = folders.dataProject;
    const at = run
      ? await addressOfRun(folders, run)
      : table
        ? await addressOfTable(folders, table)
        : data && `/${data}/samples`;
    const lang = options.lang === undefined ? "" : `?lang=${options.lang}`;
    const url = `http://127.0.0.1:${port}/${lang}#token=${signIn.token}${at ?? ""}`;
    const taken = readOnly ? ["another studio has this folder open: nothing can be changed here"] : [];
    const empty =
      place.data && !data
        ? [`${place.data} has no class folders of pictures or sounds: add data on the page`]
        : [];
    options.onReady({
      url,
      folder: place.root,
      readOnly,
      notes: [...taken, ...empty, ...folders.damaged],
    });
    if (!options.signal.aborted)
      await new Promise((done) => options.signal.addEventListener("abort", done, { once: true }));
    await close();
    await line.close();
  };
  let isFirst = false;
  try {
    await withLock(files.join(place.root, "studio"), () => {
      isFirst = true;
      return serve(false);
    });
  } catch (error) {
    const isTaken = error instanceof EngraftError && error.kind === "RunError" && !isFirst;
    if (!isTaken) throw error;
    await serve(true);
  }
}

/** Lists that open as the table of a project. */
const tableFile = /\.(csv|tsv|jsonl?|ndjson|parquet)$/i;

/** Returns the folders of a path, and what the page opens first. */
async function placeOf(
  given: string | undefined,
): Promise<Omit<FoldersOptions, "readOnly"> & { readonly run?: string; readonly table?: string }> {
  const path = files.resolve(given ?? ".");
  const kind = (await files.stat(path))?.kind;
  if (kind === "file" && tableFile.test(path))
    return { root: files.join(files.dirname(path), studioFolder), table: path };
  if (kind !== "folder")
    throw new EngraftError("FileError", `there is no ${kind ? "folder or table" : "folder"} at "${given}"`, {
      help: "give a folder of class folders, a table (CSV, TSV, JSON, JSONL or Parquet), a folder for projects, or a run",
    });
  if (await isRun(path)) {
    const runs = files.dirname(path);
    return { root: files.join(runs, studioFolder), runs, run: path };
  }
  return { root: files.join(path, studioFolder), ...(given !== undefined && { data: path }) };
}

/** True for the folder of a run. @throws RunError for a run of a command that the page does not show */
async function isRun(path: string): Promise<boolean> {
  const records = Object.values(runKinds).map((row) => ("record" in row ? row.record : "run.json"));
  const found = await Promise.all(records.map((record) => files.stat(files.join(path, record))));
  if (!found.some(Boolean)) return false;
  const kind = await runKindOf(nodePlatform, path);
  if (shownCommands.includes(kind)) return true;
  const names = shownCommands.map((command) => `engraft ${command}`);
  const shown = `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  throw new EngraftError(
    "RunError",
    `"${path}" is ${runKinds[kind].words}: the studio shows runs of ${shown}`,
    {
      help: `engraft report ${shellWord(path)}`,
    },
  );
}

/**
 * Returns the address of a run in the page: its result, or before that its training. Its project has the classes or the table of the
 * run, and no samples.
 */
async function addressOfRun(folders: ProjectFolders, path: string): Promise<string> {
  const run = await RunFolder.open(nodePlatform, path);
  const { result, data } = run.manifest;
  const opened = (await recordOf(nodePlatform, run)).events.find(({ event }) => event === "data");
  const { task, classes = [] } = (result ?? opened ?? {}) as {
    readonly task?: string;
    readonly classes?: readonly string[];
  };
  const name = runId(path);
  const kind = kindOfTask(task);
  // A run that has not opened its data yet gets another project later.
  const id = `${kind}-of-${name}`.slice(0, 64);
  await folders.ensure({
    ...newProject(id, kind, basename(path).slice(0, longestName), new Date().toISOString()),
    classes: classes.map((one) => ({ id: randomUUID(), name: one.slice(0, longestName) || "-" })),
  });
  if (kind === "table") await folders.place(id, data);
  return `/${id}/${result ? "result" : "train"}/${name}`;
}

/** Returns the address of the project of a table. A list of another task, such as of texts, has the pages of other files. */
async function addressOfTable(folders: ProjectFolders, path: string): Promise<string> {
  const name = basename(path);
  const id = `table-${createHash("sha256").update(name).digest("hex").slice(0, 32)}`;
  // The page says what is wrong with a table.
  const found = await inspectData(path).catch(() => undefined);
  const kind = found && kindOfTask(found.task) !== "table" ? "files" : "table";
  await folders.ensure(newProject(id, kind, name.slice(-longestName), new Date().toISOString()));
  await folders.place(id, path);
  return `/${id}/samples`;
}

/**
 * Listens on the first free port. Ports of other folders come last: their pages look for them.
 * @param own first port. Default: the usual one
 */
async function listen(parts: Omit<AppOptions, "port">, own: number | undefined) {
  const first = own ?? firstPort;
  const isOther = (port: number): boolean => port !== own && parts.signIn.otherPorts.has(port);
  const ports = Array.from({ length: tries }, (_, i) => first + i).filter((port) => port <= 65_535);
  for (const port of ports.sort((a, b) => Number(isOther(a)) - Number(isOther(b)))) {
    const app = createApp({ ...parts, port });
    const servers: ServerType[] = [];
    const close = async (): Promise<void> => {
      await Promise.all(servers.map(closeServer));
    };
    try {
      for (const host of hosts) {
        const server = createAdaptorServer({ fetch: app.fetch });
        if (await listenOn(server, port, host)) servers.push(server);
      }
      return { port, close };
    } catch (error) {
      await close();
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== "EADDRINUSE" && code !== "EACCES")
        throw new EngraftError("OptionError", `port ${port} cannot be used: ${messageOf(error)}`, {
          help: "give another --port",
        });
    }
  }
  throw new EngraftError("OptionError", `no port from ${first} to ${first + tries - 1} is free`, {
    help: "give another --port",
  });
}

/** @returns false on a machine without this version of the protocol */
function listenOn(server: ServerType, port: number, host: string): Promise<boolean> {
  return new Promise((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      host === "::1" && /^(EADDRNOTAVAIL|EAFNOSUPPORT)$/.test(error.code ?? "") ? done(false) : fail(error),
    );
    server.listen(port, host, () => done(true));
  });
}

function closeServer(server: ServerType): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
}
