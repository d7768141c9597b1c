// Runs the studio of a folder: finds its projects, takes its lock, and listens on this machine only.
import { createAdaptorServer, type ServerType } from "@hono/node-server";
import { EngraftError, messageOf } from "../core/errors.js";
import type { AnyResultEvent } from "../core/events/events.js";
import { studioFolder } from "../data/images/class-folders.js";
import { nodePlatform, withLock } from "../platform/node.js";
import { RunFolder } from "../run/folder/run-folder.js";
import { createApp } from "./app-node.js";
import { newProject } from "./project.js";
import { type FoldersOptions, ProjectFolders } from "./project-folders-node.js";
import { runId } from "./runs-node.js";
import { SignIn } from "./sign-in-node.js";

const { files } = nodePlatform;

/** This machine only, in both versions of the protocol. */
const hosts = ["127.0.0.1", "::1"] as const;
const firstPort = 4747;
/** Ports that are tried. */
const tries = 50;

export interface StudioOptions {
  /** First port that is tried. Default: the one of the last studio. */
  readonly port?: number;
  /** True: browsers that were signed in are no longer. */
  readonly reset?: boolean;
  /** Language of the page. Default: the one of the browser. */
  readonly lang?: string;
  /** Ends the studio, not its trainings. */
  readonly signal: AbortSignal;
  readonly onReady: (ready: StudioReady) => void;
}

/** A studio that listens. */
export interface StudioReady {
  /** Address with the token, for one browser. */
  readonly url: string;
  /** Folder of the projects. */
  readonly folder: string;
  /** True if another studio has the folder open. */
  readonly readOnly: boolean;
  /** Sentences about projects that cannot be opened. */
  readonly notes: readonly string[];
}

/**
 * Serves the studio until `signal` ends it.
 * @param path a folder of class folders, a folder for projects, or a run. Default: the current folder
 * @throws FileError if there is no such folder
 */
export async function serveStudio(path: string | undefined, options: StudioOptions): Promise<void> {
  const { start, ...place } = await placeOf(path);
  await files.ensureDir(place.root);
  const serve = async (readOnly: boolean): Promise<void> => {
    const folders = await ProjectFolders.open({ ...place, readOnly });
    const signIn = await SignIn.open(options.reset);
    const { port, close } = await listen(folders, signIn, options.port ?? signIn.lastPort ?? firstPort);
    await signIn.keep(port);
    const data = folders.dataProject;
    const at = start ? await projectOfRun(folders, start) : data && `/${data}/samples`;
    const lang = options.lang === undefined ? "" : `?lang=${options.lang}`;
    const url = `http://127.0.0.1:${port}/${lang}#token=${signIn.token}${at ?? ""}`;
    options.onReady({ url, folder: place.root, readOnly, notes: folders.damaged });
    if (!options.signal.aborted)
      await new Promise((done) => options.signal.addEventListener("abort", done, { once: true }));
    await close();
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

/** A run that the page opens first. */
interface StartRun {
  readonly run: string;
  readonly kind: string;
}

async function placeOf(
  given: string | undefined,
): Promise<Omit<FoldersOptions, "readOnly"> & { readonly start?: StartRun }> {
  const path = files.resolve(given ?? ".");
  if ((await files.stat(path))?.kind !== "folder")
    throw new EngraftError("FileError", `there is no folder at "${given}"`, {
      help: "give a folder of class folders, a folder for projects, or a run",
    });
  if (await files.stat(files.join(path, "run.json"))) {
    const { manifest } = await RunFolder.open(nodePlatform, path);
    const runs = files.dirname(path);
    const kind = kindOf((manifest.result as AnyResultEvent | undefined)?.task);
    return { root: files.join(runs, studioFolder), runs, start: { run: path, kind } };
  }
  return { root: files.join(path, studioFolder), ...(given !== undefined && { data: path }) };
}

/** Kinds of the page's projects whose samples have a class, by the beginning of the task. */
const kinds: Readonly<Record<string, string>> = { image: "pictures", audio: "sounds", text: "texts" };

/** Returns the kind of the page's projects for a task. */
function kindOf(task = ""): string {
  const [input = "", target] = task.split("-");
  if (input === "tabular") return "table";
  return (target === "classification" && kinds[input]) || "files";
}

/** Returns the address of a run in the page. Its project has the runs of the folder, and no samples. */
async function projectOfRun(folders: ProjectFolders, { run, kind }: StartRun): Promise<string> {
  const id = `runs-${kind}`;
  if (!folders.list().some(({ history }) => history.project.id === id) && !folders.readOnly) {
    const name = files.dirname(run).split(/[\\/]/).at(-1) || "runs";
    await folders.create(newProject(id, kind, name, new Date().toISOString()));
  }
  return `/${id}/result/${runId(run)}`;
}

/** Listens on the first free port. */
async function listen(folders: ProjectFolders, signIn: SignIn, first: number) {
  for (let port = first; port < first + tries && port <= 65_535; port++) {
    const app = createApp({ folders, signIn, port });
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
