// Files that are chosen, dropped or pasted become samples.
import { signal } from "@preact/signals";
import type { Change } from "../../src/studio/project.js";
import { classNameOf, requireClassName } from "../store/class-name.js";
import { errorWords } from "../store/error-words.js";
import { type FoundFile, isHidden } from "../store/found-files.js";
import { type Draft, newId, type Store } from "../store/store.js";
import type { SamplesRow } from "../tasks/task-row.js";
import { currentWords } from "../words/current-words.js";

/** A file that was not added. */
interface SkippedFile {
  readonly name: string;
  readonly reason: string;
}

export const skipped = signal<readonly SkippedFile[]>([]);

/** Files that are read at the same time. */
const together = 16;
/** Most files of one change of the project. The page follows each change, so many files make larger ones. */
const mostOfChange = 128;

/** Files are added one call after the other: the changes of two calls in turns would be many steps of undo. */
let last: Promise<unknown> = Promise.resolve();
function inTurn(store: Store, work: () => Promise<void>): Promise<void> {
  const id = store.project.value?.id;
  const own = last.then(() => (store.project.value?.id === id ? work() : undefined));
  last = own.catch(() => undefined);
  return own;
}

/** Adds files to a class. Files that cannot be used are listed in {@link skipped}. */
export const addFiles = (store: Store, row: SamplesRow, into: string, files: readonly File[]) =>
  inTurn(store, async () => {
    const name = store.project.value!.classes.find(({ id }) => id === into)?.name ?? "";
    const groups = await groupsOf(store, row, new Map([[name, files]]));
    await addNow(store, row, into, files, newId(), groups);
  });

/** Returns the recordings of pictures. Of a class that seems to be one recording, it asks the user. */
async function groupsOf(
  store: Store,
  { kind }: SamplesRow,
  classes: ReadonlyMap<string, readonly File[]>,
): Promise<ReadonlyMap<File, string>> {
  if (kind !== "pictures") return new Map();
  const { recordingsOfFiles } = await import("../store/file-recordings.js");
  const { groups, single } = await recordingsOfFiles(classes);
  if (single.length > 0) store.notify({ kind: "info", text: currentWords().samples.mayBeOne(single) });
  return groups;
}

async function addNow(
  store: Store,
  row: SamplesRow,
  into: string,
  files: readonly File[],
  step: string,
  groups: ReadonlyMap<File, string>,
): Promise<void> {
  const project = store.project.value?.id;
  const left = files.filter(({ name }) => !isHidden(name));
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
      const drafts = read.flatMap((one, i) => {
        const group = groups.get(part[i]!);
        if (one.status === "rejected") return [];
        return group === undefined ? one.value : one.value.map((draft) => ({ ...draft, group }));
      });
      await store.addDrafts(into, drafts, undefined, step);
      adding.value = { ...adding.value, done: adding.value.done + part.length };
      rest -= part.length;
    }
  } catch (error) {
    store.fail(error);
    if (count > 1) store.notify({ kind: "error", text: currentWords().samples.notAllAdded(count) });
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
  row: SamplesRow,
  found: readonly FoundFile[],
  isGivenName: (name: string) => boolean,
) {
  const folders = new Map<string, File[]>();
  for (const { file, path } of found) {
    const name = classNameOf(path.split("/").at(-2) ?? "");
    if (!name) continue;
    const own = folders.get(name);
    if (own) own.push(file);
    else folders.set(name, [file]);
  }
  if (folders.size === 0) return false;
  for (const name of folders.keys()) requireClassName(name);
  await inTurn(store, () => addNamed(store, row, folders, isGivenName));
  return true;
}

async function addNamed(
  store: Store,
  row: SamplesRow,
  folders: ReadonlyMap<string, readonly File[]>,
  isGivenName: (name: string) => boolean,
): Promise<void> {
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
  const groups = await groupsOf(store, row, folders);
  for (const [name, files] of folders) await addNow(store, row, ids.get(name)!, files, step, groups);
}
