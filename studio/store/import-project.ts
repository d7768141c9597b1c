// New projects from elsewhere: a zip file, or the examples.
import type { Change, Project } from "../../src/studio/project.js";
import { hashesOf, unpackProject } from "../../src/studio/project-zip.js";
import type { Draft } from "../tasks/task-row.js";
import { newId, type Store } from "./store.js";

/** Samples of one action. */
const batch = 500;

/**
 * Stores the project of a zip file as a new one and opens it. Nothing stays if the zip is refused.
 * @param onContent called with the number of stored contents, and of all
 * @returns its id
 */
export async function openZip(
  store: Store,
  zip: Blob,
  onContent: (done: number, all: number) => void,
): Promise<string> {
  const { project, content } = await unpackProject(zip);
  const hashes = hashesOf(project);
  const id = await store.create(project.kind, project.name);
  try {
    for (const [i, hash] of hashes.entries()) {
      onContent(i, hashes.length);
      await store.storage.put(id, hash, await content(hash));
    }
  } catch (error) {
    await store.close();
    await store.storage.remove(id);
    throw error;
  }
  store.dispatchTogether(changesOf(project));
  await store.stored();
  return id;
}

/** Changes that make a project from an empty one. */
function changesOf({ classes, samples, files, options }: Project): Change[] {
  const parts = <T>(list: readonly T[]): T[][] =>
    Array.from({ length: Math.ceil(list.length / batch) }, (_, i) => list.slice(i * batch, (i + 1) * batch));
  return [
    ...classes.map(({ id, name }): Change => ({ do: "add-class", id, name })),
    ...parts(samples).map((some): Change => ({ do: "add-samples", samples: some })),
    ...parts(files).map((some): Change => ({ do: "add-files", files: some })),
    ...Object.entries(options).map(([name, value]): Change => ({ do: "set-option", name, value })),
  ];
}

export type ExampleKind = "pictures" | "sounds" | "texts";

/** Example of a class, as drafts of one recording. */
interface Example {
  readonly label: string;
  readonly drafts: readonly Draft[];
  readonly group?: string;
}

/** Makes a project from example samples, and opens it. @returns its id */
export async function openExamples(store: Store, kind: ExampleKind, name: string): Promise<string> {
  const index = JSON.parse(await (await loaded("examples.json")).text()) as {
    readonly [kind in "pictures" | "sounds"]: Readonly<Record<string, readonly string[]>>;
  } & { readonly texts: string };
  const examples = kind === "texts" ? await exampleTexts(index.texts) : await exampleFiles(index[kind]);
  const id = await store.create(kind, name);
  const ids = new Map<string, string>();
  const step = newId();
  for (const { label, drafts, group } of examples) {
    const known = ids.get(label) ?? newId();
    if (!ids.has(label)) store.dispatch({ do: "add-class", id: known, name: label, step });
    ids.set(label, known);
    await store.addDrafts(known, drafts, group, step);
  }
  await store.stored();
  return id;
}

/** @param classes addresses of the files of each class */
async function exampleFiles(classes: Readonly<Record<string, readonly string[]>>): Promise<Example[]> {
  const all = Object.entries(classes).flatMap(([label, paths]) => paths.map((path) => ({ label, path })));
  return await Promise.all(
    all.map(async ({ label, path }) => {
      const name = path.split("/").at(-1)!;
      // Two sounds of one machine are one group: machine03-1.wav, machine03-2.wav.
      const group = /^machine\d+/.exec(name)?.[0];
      const drafts = [{ content: await loaded(path), name }];
      return { label, drafts, ...(group !== undefined && { group: `${label}-${group}` }) };
    }),
  );
}

/** Rows of a list without quoted commas, whose last two columns are label and split. */
async function exampleTexts(path: string): Promise<Example[]> {
  const [, ...lines] = (await (await loaded(path)).text()).trim().split("\n");
  const byLabel = new Map<string, Draft[]>();
  for (const line of lines) {
    const [, quoted, label, split] = /^(.*),([^,]*),([^,]*)$/.exec(line.trim())!;
    const content = quoted!.replace(/^"(.*)"$/, "$1").replaceAll('""', '"');
    if (split === "train") byLabel.set(label!, [...(byLabel.get(label!) ?? []), { content }]);
  }
  return [...byLabel].map(([label, drafts]) => ({ label, drafts }));
}

async function loaded(path: string): Promise<Blob> {
  const response = await fetch(new URL(path, document.baseURI));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return await response.blob();
}
