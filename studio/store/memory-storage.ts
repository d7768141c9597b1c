import { EngraftError } from "../../src/core/errors.js";
import { type Action, type History, historyOf, type Project, reduce } from "../../src/studio/project.js";
import { currentWords } from "../words/current-words.js";
import type { OpenedProject, ProjectEntry, ProjectStorage } from "./storage.js";

/** Projects in memory, for a tab without storage: everything is lost when the tab closes. */
export class MemoryStorage implements ProjectStorage {
  readonly home = "memory";
  readonly #projects = new Map<string, { history: History; readonly contents: Map<string, Blob> }>();

  async list(): Promise<ProjectEntry[]> {
    return [...this.#projects.values()]
      .map(({ history: { project } }) => ({
        ...{ id: project.id, name: project.name, kind: project.kind },
        ...{ samples: project.samples.length, changed: project.created },
      }))
      .reverse();
  }

  async create(project: Project): Promise<void> {
    this.#projects.set(project.id, { history: historyOf(project), contents: new Map() });
  }

  async open(id: string): Promise<OpenedProject> {
    return { history: this.#of(id).history, readOnly: false };
  }

  async append(id: string, actions: readonly Action[]): Promise<void> {
    const one = this.#of(id);
    one.history = actions.reduce(reduce, one.history);
  }

  async put(id: string, hash: string, content: Blob): Promise<void> {
    this.#of(id).contents.set(hash, content);
  }

  async get(id: string, hash: string): Promise<Blob> {
    const content = this.#of(id).contents.get(hash);
    if (!content) throw missing();
    return content;
  }

  async remove(id: string): Promise<void> {
    this.#projects.delete(id);
  }

  async close(): Promise<void> {}

  #of(id: string) {
    const one = this.#projects.get(id);
    if (!one) throw missing();
    return one;
  }
}

const missing = (): EngraftError => {
  const { storage } = currentWords().start;
  return new EngraftError("FileError", storage.missing, { help: storage.missingHelp });
};
