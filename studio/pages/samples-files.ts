// Files that are chosen, dropped or pasted become samples.
import { signal } from "@preact/signals";
import { type Change, longestName } from "../../src/studio/project.js";
import { errorWords } from "../app/error-notice.js";
import { newId, type Store } from "../store/store.js";
import type { Draft, TaskRow } from "../tasks/task-row.js";

/** A file with the name of the folder that holds it. */
export interface FoundFile {
  readonly file: File;
  readonly folder?: string | undefined;
}

/** A file that was not added. */
export interface SkippedFile {
  readonly name: string;
  readonly reason: string;
}

export const skipped = signal<readonly SkippedFile[]>([]);

/** Files that are read at the same time. */
const together = 16;
/** Most files of one change of the project. The page follows each change, so many files make larger ones. */
const mostOfChange = 128;
/** Files that systems put into folders by themselves. */
const ofSystem = /^(\.|Thumbs\.db$|desktop\.ini$)/i;

/** Adds files to a class. Files that cannot be used are listed in {@link skipped}. */
export async function addFiles(
  store: Store,
  row: TaskRow,
  into: string,
  files: readonly File[],
  step = newId(),
) {
  const project = store.project.value?.id;
  const left = files.filter(({ name }) => !ofSystem.test(name));
  const { adding } = store;
  const count = left.length;
  let rest = count;
  adding.value = { ...adding.value, total: adding.value.total + count };
  try {
    while (left.length > 0 && store.project.value?.id === project) {
      const size = Math.min(mostOfChange, Math.max(together, Math.floor((count - rest) / 8)));
      const part = left.splice(0, size);
      const read: PromiseSettledResult<readonly Draft[]>[] = [];
      while (read.length < part.length) {
        const next = part.slice(read.length, read.length + together);
        read.push(...(await Promise.allSettled(next.map((file) => row.draftsOf([file])))));
      }
      const failed = await Promise.all(part.flatMap(({ name }, i) => skippedOf(name, read[i]!)));
      if (failed.length > 0) skipped.value = [...skipped.value, ...failed];
      const drafts = read.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
      await store.addDrafts(into, drafts, undefined, step);
      adding.value = { ...adding.value, done: adding.value.done + part.length };
      rest -= part.length;
    }
  } catch (error) {
    store.fail(error);
  }
  // Other calls may still add.
  const { done, total } = adding.value;
  adding.value = done + rest >= total ? { done: 0, total: 0 } : { done: done + rest, total };
}

function skippedOf(name: string, read: PromiseSettledResult<unknown>): Promise<SkippedFile>[] {
  if (read.status === "fulfilled") return [];
  return [
    errorWords(read.reason).then(({ text, help = "" }) => ({ name, reason: `${text} ${help}`.trim() })),
  ];
}

/**
 * Adds files to the class with the name of their folder, as one step. Missing classes are added. Empty classes with a name that
 * the page gave are removed.
 * @returns false if no file is in a folder
 */
export async function addFolders(
  store: Store,
  row: TaskRow,
  found: readonly FoundFile[],
  isGivenName: (name: string) => boolean,
) {
  const folders = new Map<string, File[]>();
  for (const { file, folder } of found) {
    const name = folder?.trim().slice(0, longestName);
    if (!name || ofSystem.test(file.name)) continue;
    const files = folders.get(name) ?? [];
    folders.set(name, [...files, file]);
  }
  if (folders.size === 0) return false;
  const { classes, samples } = store.project.value!;
  const step = newId();
  const used = new Set(samples.map((sample) => sample.class));
  const empty = classes.filter(({ id, name }) => !used.has(id) && isGivenName(name) && !folders.has(name));
  const changes: Change[] = empty.map(({ id }) => ({ do: "remove-class", id, step }));
  const ids = new Map(classes.map(({ id, name }) => [name, id]));
  const byName = new Intl.Collator(undefined, { numeric: true });
  for (const name of [...folders.keys()].sort(byName.compare)) {
    if (ids.has(name)) continue;
    const id = newId();
    ids.set(name, id);
    changes.push({ do: "add-class", id, name, step });
  }
  for (const change of changes) store.dispatch(change);
  for (const [name, files] of folders) await addFiles(store, row, ids.get(name)!, files, step);
  return true;
}

/** Files of a folder input. */
export const chosenFiles = (files: Iterable<File>): FoundFile[] =>
  Array.from(files, (file) => ({ file, folder: file.webkitRelativePath.split("/").at(-2) }));

/** Files that are dropped, with those in folders. Call it before anything is awaited: the browser empties `data` then. */
export async function droppedFiles(data: DataTransfer): Promise<FoundFile[]> {
  const entries = Array.from(data.items, (item) => item.webkitGetAsEntry());
  const loose = Array.from(data.files, (file) => ({ file }));
  if (entries.every((entry) => entry === null || entry.isFile)) return loose;
  const found: FoundFile[] = [];
  for (const entry of entries) if (entry) await collect(entry, undefined, found);
  return found;
}

async function collect(
  entry: FileSystemEntry,
  folder: string | undefined,
  found: FoundFile[],
): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed));
    found.push({ file, folder });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives at most 100 entries at a time.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
    if (entries.length === 0) return;
    for (const one of entries) await collect(one, entry.name, found);
  }
}
