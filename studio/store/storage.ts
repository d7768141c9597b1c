import type { Action, History, Project } from "../../src/studio/project.js";

/** A stored project, as the start page lists it. */
export interface ProjectEntry {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly samples: number;
  /** ISO 8601 */
  readonly changed: string;
}

/** An open project. */
export interface OpenedProject {
  readonly history: History;
  /** True if another tab or program has it open. This page then cannot change it. */
  readonly readOnly: boolean;
}

/**
 * Storage of projects: the private storage of the browser, a folder behind `engraft studio`, or memory.
 * Every method throws EngraftError, whose sentence the page shows.
 */
export interface ProjectStorage {
  /** "memory": closing the tab deletes everything. */
  readonly home: "browser" | "folder" | "memory";
  /** Returns the stored projects, the newest first. */
  list(): Promise<ProjectEntry[]>;
  /** Stores a new project: an empty one, which fits into a request. */
  create(project: Project): Promise<void>;
  open(id: string): Promise<OpenedProject>;
  /** Appends actions to the log of a project. Returns when they are stored. */
  append(id: string, actions: readonly Action[]): Promise<void>;
  /** Stores a content by its SHA-256. Storing it again is free. */
  put(id: string, hash: string, content: Blob): Promise<void>;
  get(id: string, hash: string): Promise<Blob>;
  remove(id: string): Promise<void>;
  /** Waits until a project that was opened `readOnly` is free. Missing: the user reloads the page. */
  freed?(id: string): Promise<void>;
  /** Releases the project for other tabs. */
  close(id: string): Promise<void>;
}
