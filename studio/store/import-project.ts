// New projects from elsewhere: a zip file, or the examples.
import type { Change, Project } from "../../src/studio/project.js";
import { hashesOf, unpackProject } from "../../src/studio/project-zip.js";
import { classNameOf } from "./class-name.js";
import type { Draft, Store } from "./store.js";

/**
 * Stores the project of a zip file as a new one and opens it. A refused zip leaves nothing behind.
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
  store.dispatch({ do: "clear-undo" });
  await store.stored();
  return id;
}

/** Changes that make a project from an empty one. Classes that a training would read as one become one. */
const changesOf = ({ classes, samples, files, options }: Project): Change[] => [
  ...classes.map(({ id, name }): Change => ({ do: "add-class", id, name: classNameOf(name) || "-" })),
  { do: "add-samples", samples },
  ...classes.flatMap(({ id, name }): Change[] => {
    const into = classes.find((one) => classNameOf(one.name) === classNameOf(name))!.id;
    return into === id ? [] : [{ do: "merge-class", id, into }];
  }),
  { do: "add-files", files },
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
