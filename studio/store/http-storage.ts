import { type Action, actionSchema, type Project } from "../../src/studio/project.js";
import { linesOf, readLog } from "../../src/studio/project-log.js";
import { mostJson, type OpenedLog } from "../../src/studio/protocol.js";
import { callServer } from "./call-server.js";
import type { OpenedProject, ProjectEntry, ProjectStorage } from "./storage.js";
import { TabLocks } from "./tab-locks.js";

/** Projects in a folder behind `engraft studio`. */
export class HttpStorage implements ProjectStorage {
  readonly home = "folder";
  /** Lines of the log of each open project. */
  readonly #lines = new Map<string, number>();
  /** Actions without an answer, by project: the log may have them. */
  readonly #sent = new Map<string, readonly Action[]>();
  readonly #locks = new TabLocks();

  async list(): Promise<ProjectEntry[]> {
    return (await callServer("api/projects")).json();
  }

  async create(project: Project): Promise<void> {
    await callServer("api/projects", { json: project });
    this.#lines.set(project.id, 1);
  }

  async open(id: string): Promise<OpenedProject> {
    const isFirst = await this.#locks.take(id);
    const opened = (await (await callServer(`api/projects/${id}`)).json()) as OpenedLog;
    const readOnly = opened.readOnly || !isFirst;
    const rows = opened.log.split(/(?<=\n)/);
    const after = this.#lines.get(id) ?? rows.length;
    const sent = (readOnly ? [] : (this.#sent.get(id) ?? [])).map(
      (action) => actionSchema.safeParse(action).data ?? action,
    );
    // The history does not count actions that are sent again.
    const isOwn = linesOf(sent).startsWith(rows.slice(after).join(""));
    const known = isOwn ? Math.min(after, rows.length) : rows.length;
    this.#lines.set(id, known);
    return { history: readLog(rows.slice(0, known).join("")), readOnly };
  }

  async append(id: string, actions: readonly Action[]): Promise<void> {
    let after = this.#lines.get(id)!;
    const all = actions.flatMap((action, i) => split(action, `part-${after}-${i}`));
    this.#sent.set(id, all);
    for (const part of requestsOf(all)) {
      await callServer(`api/projects/${id}/actions`, { json: { after, actions: part } });
      after += part.length;
    }
    // Until all are stored, the next try begins with the first one: the server knows what it has.
    this.#lines.set(id, after);
    this.#sent.delete(id);
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

/** Divides an action that is too long for a request. Its parts are one step of undo: `own`, if it has none. */
function split(action: Action, own: string): Action[] {
  if (bytesOf(action) <= most) return [action];
  const [name, list] =
    Object.entries(action).find(([, value]) => Array.isArray(value) && value.length > 1) ?? [];
  if (name === undefined) return [action];
  const step = "step" in action && action.step !== undefined ? action.step : own;
  const half = list.length / 2;
  return [list.slice(0, half), list.slice(half)].flatMap((part) =>
    split({ ...action, step, [name]: part } as Action, own),
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
