// New projects from elsewhere: a zip file with a project or a model, or the examples.

import { readZip } from "../../src/platform/zip.js";
import { hashOf } from "../../src/studio/content-hash.js";
import { type Change, longestName, type Project } from "../../src/studio/project.js";
import type { SampleKind } from "../../src/studio/project-kinds.js";
import { hashesOf, unpackProject } from "../../src/studio/project-zip.js";
import { classNameOf } from "./class-name.js";
import { type Draft, newId, type Store } from "./store.js";

/**
 * Stores the project of a zip file as a new one and opens it. A model in the zip is the base of a new project. A refused zip leaves
 * nothing behind.
 * @param onContent called with the number of stored contents, and of all
 * @returns its id
 */
export async function openZip(
  store: Store,
  zip: File,
  onContent: (done: number, all: number) => void,
): Promise<string> {
  const paths = [...(await readZip(zip)).keys()];
  if (!paths.includes("project.json") && paths.some((path) => /(^|\/)model\.json$/.test(path)))
    return openModelZip(store, zip);
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
  store.dispatch({ do: "clear-undo" });
  await store.stored();
  return id;
}

/**
 * Makes a project of pictures whose base is the model of an archive, as Teachable Machine writes it, with its classes.
 * @throws ModelError for a project of sounds or poses
 */
async function openModelZip(store: Store, zip: File): Promise<string> {
  const { archiveFacts } = await import("../../src/bases/formats/tfjs.js");
  const { labels = [] } = await archiveFacts(zip, zip.name);
  const hash = await hashOf(zip);
  const name = zip.name.replace(/\.zip$/i, "").slice(0, longestName) || "model";
  const id = await store.create("pictures" satisfies SampleKind, name);
  await store.storage.put(id, hash, zip);
  const names = [...new Set(labels.map((label) => classNameOf(label.slice(0, longestName)) || "-"))];
  store.dispatchTogether([
    { do: "set-base", base: { name, hash } },
    ...names.map((one): Change => ({ do: "add-class", id: newId(), name: one })),
  ]);
  store.dispatch({ do: "clear-undo" });
  await store.stored();
  return id;
}

/** Changes that make a project from an empty one. Classes that a training would read as one become one. */
const changesOf = ({ classes, samples, files, base, options }: Project): Change[] => [
  ...classes.map(({ id, name }): Change => ({ do: "add-class", id, name: classNameOf(name) || "-" })),
  { do: "add-samples", samples },
  ...classes.flatMap(({ id, name }): Change[] => {
    const into = classes.find((one) => classNameOf(one.name) === classNameOf(name))!.id;
    return into === id ? [] : [{ do: "merge-class", id, into }];
  }),
  { do: "add-files", files },
  { do: "set-base", base },
  ...Object.entries(options).map(([name, value]): Change => ({ do: "set-option", name, value })),
];

/** Addresses of the files of each class. */
type FilesOfClasses = Readonly<Record<string, readonly string[]>>;

/** Example samples by class. */
type Examples = ReadonlyMap<string, readonly Draft[]>;

/** Makes a project from example samples, and opens it. @returns its id */
export async function openExamples(store: Store, kind: string, name: string): Promise<string> {
  const index = JSON.parse(await (await loadFile("examples.json")).text()) as Readonly<
    Record<string, string | FilesOfClasses>
  >;
  const found = index[kind]!;
  const examples = await (typeof found === "string" ? exampleTexts(found) : exampleFiles(found));
  const id = await store.create(kind, name);
  await store.addLabelled(examples);
  store.dispatch({ do: "clear-undo" });
  await store.stored();
  return id;
}

async function exampleFiles(classes: FilesOfClasses): Promise<Examples> {
  const draftOf = async (path: string): Promise<Draft> => {
    const name = path.split("/").at(-1)!;
    // Two sounds of one machine are one group: machine03-1.wav, machine03-2.wav.
    const group = /^machine\d+/.exec(name)?.[0];
    return { content: await loadFile(path), name, ...(group !== undefined && { group }) };
  };
  const entries = Object.entries(classes).map(
    async ([label, paths]) => [label, await Promise.all(paths.map(draftOf))] as const,
  );
  return new Map(await Promise.all(entries));
}

/** Rows of a list whose last two columns are label and split. */
async function exampleTexts(path: string): Promise<Examples> {
  const [, ...lines] = (await (await loadFile(path)).text()).trim().split("\n");
  const examples = new Map<string, Draft[]>();
  for (const line of lines) {
    const [, cell, label, split] = /^(.*),([^,]*),([^,]*)$/.exec(line.trim())!;
    const content = cell!.replace(/^"(.*)"$/, "$1").replaceAll('""', '"');
    if (split === "train") examples.set(label!, [...(examples.get(label!) ?? []), { content }]);
  }
  return examples;
}

/** Returns a file of the site. */
export async function loadFile(path: string): Promise<Blob> {
  const response = await fetch(new URL(path, document.baseURI));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return await response.blob();
}
