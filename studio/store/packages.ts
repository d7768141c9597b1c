// Packages of the page Use: a model, the data of a project, and a page that runs a model.
import { freePaths, hasFormula, layoutFiles } from "../../src/data/lists/layout-files.js";
import { writeZip, type ZipInput } from "../../src/platform/zip.js";
import type { Project } from "../../src/studio/project.js";
import { fileNames, rowsOf } from "../../src/studio/project-rows.js";
import type { ModelFile } from "../../src/web/index.js";
import { loadFile } from "./import-project.js";
import { runtimeFiles } from "./web.js";

/** Content of a project by hash. */
export type ContentOf = (hash: string) => Promise<Blob>;

/** Packs a model folder. */
export const packModel = (files: readonly ModelFile[]): Promise<Blob> => writeZip(modelInputs(files));

const modelInputs = (files: readonly ModelFile[]): ZipInput[] =>
  files.map(({ path, content }) => ({ path: `model/${path}`, content: new Blob([content as BlobPart]) }));

/**
 * Packs the data of a project so that `engraft train` reads them: a folder for each class with `metadata.csv`, a list of texts, or the
 * files as they were added. A list is JSONL if a spreadsheet would run one of its cells.
 */
export function packData(project: Project, contentOf: ContentOf): Promise<Blob> {
  const { samples, files } = project;
  const rowOf = rowsOf(project);
  const names = fileNames(project);
  const given = samples.map((sample, i) =>
    sample.hash === undefined ? rowOf(sample) : { file: sample.hash, name: names[i]!, ...rowOf(sample) },
  );
  async function* inputs(): AsyncGenerator<ZipInput> {
    const free = freePaths();
    for (const { path, hash } of files)
      yield { path: free(path.split(/[\\/]/)), content: await contentOf(hash) };
    if (samples.length === 0) return;
    const list = given.some(hasFormula) ? "jsonl" : "csv";
    const hasFiles = samples.every(({ hash }) => hash !== undefined);
    for (const one of layoutFiles<string>(given, hasFiles ? "folders" : list))
      yield {
        path: one.path,
        content: "list" in one ? new Blob([one.list]) : await contentOf(one.content),
      };
  }
  return writeZip(inputs());
}

/** Packs a page that runs a model without a connection: the page, the model, this library and the runtime. */
export async function packPage(html: string, files: readonly ModelFile[]): Promise<Blob> {
  const names = JSON.parse(await (await loadFile("library.json")).text()) as readonly string[];
  const more = [
    ...names.map((name) => [`engraft/${name}`, `package/dist/browser/${name}`]),
    ["engraft/LICENSE", "LICENSE"],
    ...runtimeFiles.map((name) => [`ort/${name}`, `ort/${name}`]),
  ] as const;
  async function* inputs(): AsyncGenerator<ZipInput> {
    yield { path: "index.html", content: new Blob([html]) };
    yield* modelInputs(files);
    for (const [path, from] of more) yield { path: path!, content: await loadFile(from!) };
  }
  return await writeZip(inputs());
}
