// A project as one zip file: `project.json`, and its contents as `data/HH/HASH`.

import { EngraftError } from "../core/errors.js";
import { parseJson } from "../core/parse-json.js";
import { readZip, writeZip, type ZipInput } from "../platform/zip.js";
import { hashOf } from "./content-hash.js";
import type { Project } from "./project.js";
import { parseProject } from "./project-log.js";

/** Most bytes of `project.json`: 500 bytes for each of 100,000 samples, and as much again. */
const longestProject = 100_000_000;

/** Hashes of the contents that a project names, each once. */
export const hashesOf = ({ samples, files, base }: Project): readonly string[] => [
  ...new Set([...samples, ...files, ...(base ? [base] : [])].flatMap(({ hash }) => hash ?? [])),
];

const pathOf = (hash: string): string => `data/${hash.slice(0, 2)}/${hash}`;

/** Packs a project. @param contentOf content by hash */
export function packProject(project: Project, contentOf: (hash: string) => Promise<Blob>): Promise<Blob> {
  async function* files(): AsyncGenerator<ZipInput> {
    yield { path: "project.json", content: new Blob([JSON.stringify(project)]) };
    for (const hash of hashesOf(project)) yield { path: pathOf(hash), content: await contentOf(hash) };
  }
  return writeZip(files());
}

/** A project in a zip file. */
interface PackedProject {
  readonly project: Project;
  /** Unpacks a content. @throws DataError if it is missing or has another hash */
  content(hash: string): Promise<Blob>;
}

/** Reads a project from a zip file. @throws DataError for a zip of something else, a hostile zip, or a project of a newer version */
export async function unpackProject(zip: Blob): Promise<PackedProject> {
  const entries = await readZip(zip);
  const file = entries.get("project.json");
  if (!file || file.size > longestProject) throw refused("It has no project.json.");
  const project = parseProject(await jsonOf(await file.read()));
  const content = async (hash: string): Promise<Blob> => {
    const blob = await entries.get(pathOf(hash))?.read();
    if (!blob || (await hashOf(blob)) !== hash)
      throw refused(`The content ${hash.slice(0, 12)}… is missing or damaged.`);
    return blob;
  };
  return { project, content };
}

async function jsonOf(content: Blob): Promise<unknown> {
  try {
    return parseJson(await content.text());
  } catch {
    throw refused("Its project.json is damaged.");
  }
}

const refused = (why: string): EngraftError =>
  new EngraftError("DataError", `This zip file is no project of the studio. ${why}`, {
    help: 'Choose the file that "Download project" wrote: its name ends in .engraft.zip.',
    code: "no-project-zip",
    details: {},
  });
