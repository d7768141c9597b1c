import { knownKind, type ProjectKind } from "../../src/studio/project-kinds.js";
import { useStudio } from "../engine/studio.js";
import { useLoaded } from "./controls.js";
import type { TaskRow } from "./task-row.js";

/** Kinds of data, in the order of the start page. Each is loaded when a project of its kind is opened. */
const rows: Readonly<Record<ProjectKind, () => Promise<TaskRow>>> = {
  pictures: async () => (await import("./pictures/index.js")).pictures,
  sounds: async () => (await import("./sounds/index.js")).sounds,
  texts: async () => (await import("./texts/index.js")).texts,
  table: async () => (await import("./table/index.js")).table,
  /** Every other task: files as `engraft train` reads them. */
  files: async () => (await import("./files/index.js")).files,
};

export const kinds = Object.keys(rows) as readonly ProjectKind[];

/** Rows that were loaded in this visit, by kind. */
const loadedRows = new Map<string, TaskRow>();

/** Returns the row of a kind. A kind of a later version has the pages of files. */
export async function taskRow(kind: string): Promise<TaskRow> {
  const row = await rows[knownKind(kind)]();
  loadedRows.set(kind, row);
  return row;
}

/** Returns the row of the open project, in a component; null if it could not be loaded. */
export function useTaskRow(): TaskRow | null | undefined {
  const { kind } = useStudio().store.project.value!;
  const loaded = useLoaded(() => taskRow(kind), [kind]);
  return loadedRows.get(kind) ?? loaded;
}
