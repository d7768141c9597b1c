// What the page Use packs: a model, the data of a project, and a page that runs a model.
import type { Project, Sample } from "../../src/studio/project.js";
import { writeZip, type ZipInput } from "../../src/studio/zip.js";
import type { ModelFile } from "../../src/web/index.js";
import { runtimeFiles } from "../engine/web.js";
import { loaded } from "./import-project.js";
import { endingOfType } from "./training-data.js";

/** Content of a project by hash. */
export type ContentOf = (hash: string) => Promise<Blob>;

/** Returns a name that every system takes as a file or a folder. */
export const safeName = (name: string): string =>
  name
    .normalize("NFC")
    // Characters that Windows refuses, and those that nobody sees.
    .replace(/[\\/:*?"<>|\p{Cc}\p{Cf}]/gu, "_")
    .replace(/^[. ]+|[. ]+$/g, "_")
    .slice(0, 80) || "_";

/** Packs a model folder. */
export const packModel = (files: readonly ModelFile[]): Promise<Blob> => writeZip(modelInputs(files));

const modelInputs = (files: readonly ModelFile[]): ZipInput[] =>
  files.map(({ path, content }) => ({ path: `model/${path}`, content: new Blob([content as BlobPart]) }));

/**
 * Packs the data of a project so that `engraft train` reads them: a folder for each class with `metadata.csv`, `texts.csv`, or the files
 * as they were added.
 */
export function packData(project: Project, contentOf: ContentOf): Promise<Blob> {
  const labels = new Map(project.classes.map(({ id, name }) => [id, name]));
  const taken = new Set<string>();
  const folders = new Map(project.classes.map(({ id, name }) => [id, unused(safeName(name), taken)]));
  async function* inputs(): AsyncGenerator<ZipInput> {
    for (const { path, hash } of project.files)
      yield { path: path.split("/").map(safeName).join("/"), content: await contentOf(hash) };
    const texts: string[] = [];
    const rows: string[] = [];
    for (const sample of project.samples) {
      const label = labels.get(sample.class)!;
      const group = sample.group ?? sample.id;
      if (sample.text !== undefined) texts.push(csvLine([sample.text, label, group]));
      if (sample.hash === undefined) continue;
      const path = unused(`${folders.get(sample.class)}/${fileNameOf(sample)}`, taken);
      rows.push(csvLine([path, label, group]));
      yield { path, content: await contentOf(sample.hash) };
    }
    if (texts.length > 0) yield list("texts.csv", ["text,label,group", ...texts]);
    if (rows.length > 0) yield list("metadata.csv", ["file_name,label,group", ...rows]);
  }
  return writeZip(inputs());
}

const list = (path: string, lines: readonly string[]): ZipInput => ({
  path,
  content: new Blob([`${lines.join("\n")}\n`]),
});

const csvLine = (cells: readonly string[]): string =>
  cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",");

function fileNameOf({ id, name, type = "" }: Sample): string {
  const base = name?.split(/[\\/]/).at(-1);
  if (base && /\.\w+$/.test(base)) return safeName(base);
  return `${safeName(base ?? id)}${endingOfType(type) || ".bin"}`;
}

/** Returns a path that is not taken, also on systems that ignore case. */
function unused(path: string, taken: Set<string>): string {
  const [, stem, extension] = /^(.*?)(\.\w+)?$/s.exec(path)!;
  let free = path;
  for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${stem}-${n}${extension ?? ""}`;
  taken.add(free.toLowerCase());
  return free;
}

/** Packs a page that runs a model without a connection: the page, the model, this library and the runtime. */
export async function packPage(html: string, files: readonly ModelFile[]): Promise<Blob> {
  const names = JSON.parse(await (await loaded("library.json")).text()) as readonly string[];
  const more = [
    ...names.map((name) => [`engraft/${name}`, `package/dist/browser/${name}`]),
    ["engraft/LICENSE", "LICENSE"],
    ...runtimeFiles.map((name) => [`ort/${name}`, `ort/${name}`]),
  ] as const;
  async function* inputs(): AsyncGenerator<ZipInput> {
    yield { path: "index.html", content: new Blob([html]) };
    yield* modelInputs(files);
    for (const [path, from] of more) yield { path: path!, content: await loaded(from!) };
  }
  return await writeZip(inputs());
}
