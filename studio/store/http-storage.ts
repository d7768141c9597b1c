import { type Action, newProject, type Project } from "../../src/studio/project.js";
import { readLog } from "../../src/studio/project-log.js";
import { mostJson, type OpenedLog } from "../../src/studio/protocol.js";
import { callServer } from "./call-server.js";
import type { OpenedProject, ProjectEntry, ProjectStorage } from "./storage.js";
import { TabLocks } from "./tab-locks.js";

/** Projects in a folder behind `engraft studio`. */
export class HttpStorage implements ProjectStorage {
  readonly home = "folder";
  /** Lines of the log of each open project. */
  readonly #lines = new Map<string, number>();
  readonly #locks = new TabLocks();

  async list(): Promise<ProjectEntry[]> {
    return (await callServer("api/projects")).json();
  }

  async create(project: Project): Promise<void> {
    const { id, kind, name, created, classes, samples, files, options } = project;
    await callServer("api/projects", { json: newProject(id, kind, name, created) });
    this.#lines.set(id, 1);
    // A project from a zip is sent in parts.
    const settings = Object.entries(options).map(
      ([name, value]) => ({ do: "set-option", name, value }) as const,
    );
    const actions: Action[] = classes.map((one) => ({ do: "add-class", ...one }));
    if (samples.length > 0) actions.push({ do: "add-samples", samples });
    if (files.length > 0) actions.push({ do: "add-files", files });
    await this.append(id, [...actions, ...settings]);
  }

  async open(id: string): Promise<OpenedProject> {
    const isFirst = await this.#locks.take(id);
    const { log, readOnly } = (await (await callServer(`api/projects/${id}`)).json()) as OpenedLog;
    this.#lines.set(id, log.split("\n").length - 1);
    return { history: readLog(log), readOnly: readOnly || !isFirst };
  }

  async append(id: string, actions: readonly Action[]): Promise<void> {
    for (const part of requestsOf(actions.flatMap(split))) {
      const after = this.#lines.get(id)!;
      await callServer(`api/projects/${id}/actions`, { json: { after, actions: part } });
      this.#lines.set(id, after + part.length);
    }
  }

  async put(id: string, hash: string, content: Blob): Promise<void> {
    await callServer(`api/samples/${hash}?project=${id}`, { bytes: content });
  }

  async get(id: string, hash: string): Promise<Blob> {
    return new Blob([await (await callServer(`api/samples/${hash}?project=${id}`)).arrayBuffer()]);
  }

  async remove(id: string): Promise<void> {
    await callServer(`api/projects/${id}/remove`, { json: {} });
    await this.close(id);
  }

  freed(id: string): Promise<void> {
    return this.#locks.freed(id);
  }

  async close(id: string): Promise<void> {
    this.#locks.release(id);
  }
}

/** Most bytes of the actions of a request. The rest is for names around them. */
const most = mostJson - 10_000;
const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

/** Divides an action that is too long for a request. Its parts are one step of undo. */
function split(action: Action): Action[] {
  if (bytesOf(action) <= most) return [action];
  const [name, list] =
    Object.entries(action).find(([, value]) => Array.isArray(value) && value.length > 1) ?? [];
  if (name === undefined) return [action];
  const step = "step" in action && action.step !== undefined ? action.step : crypto.randomUUID();
  const half = list.length / 2;
  return [list.slice(0, half), list.slice(half)].flatMap((part) =>
    split({ ...action, step, [name]: part } as Action),
  );
}

/** Divides actions into requests. */
function requestsOf(actions: readonly Action[]): Action[][] {
  const requests: Action[][] = [];
  let bytes = most;
  for (const action of actions) {
    const own = bytesOf(action);
    bytes += own;
    if (bytes > most) {
      requests.push([]);
      bytes = own;
    }
    requests.at(-1)!.push(action);
  }
  return requests;
}
