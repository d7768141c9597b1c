// The static studio as a folder for any web host: page, library, bases of the quick model, and onnxruntime-web.

import { copyFile } from "node:fs/promises";
import * as z from "zod/mini";
import { EngraftError } from "../core/errors.js";
import { parseJson } from "../core/parse-json.js";
import { engraftVersion } from "../core/version.js";
import { nodePlatform } from "../platform/node.js";
import { sampleKindFacts, sampleKinds } from "./project-kinds.js";
import { servedFolders } from "./static-node.js";

const { files } = nodePlatform;
const { join } = files;

/** Bases of the quick models, and the examples of the start page. */
const assets = sampleKinds.flatMap((kind) => {
  const { base, examples } = sampleKindFacts(kind)!;
  return [base, examples];
});
/** File that marks a folder as written by this command, with the paths of its files. */
const mark = "engraft-studio.json";
/** Files of onnxruntime-web that a page loads. */
const runtimeFile = /^ort\.wasm\.min\.mjs$|^ort-wasm-simd-threaded\.(mjs|wasm)$/;

/**
 * Writes the static studio. A folder that an earlier call wrote is written again.
 * @throws FileError for another folder that is not empty
 */
export async function exportStudio(
  target: string,
): Promise<{ readonly folder: string; readonly bytes: number }> {
  const folder = files.resolve(target);
  const state = await files.stat(folder);
  if (state && state.kind !== "folder") throw refused(target, "is a file");
  const inside = state ? await files.list(folder) : [];
  if (inside.length > 0 && !inside.some(({ name }) => name === mark)) throw refused(target, "is not empty");
  const before = inside.length > 0 ? await writtenFiles(folder) : [];
  await files.ensureDir(folder);
  await writeMark(folder, before);
  const written: string[] = [];
  let bytes = 0;
  const copy = async (from: string, to: string, wanted = /(?:)/): Promise<void> => {
    await files.ensureDir(to);
    for (const { name, kind } of await files.list(from)) {
      const [source, copied] = [join(from, name), join(to, name)];
      if (kind === "folder") await copy(source, copied);
      else if (wanted.test(name)) {
        await copyFile(source, copied);
        written.push(files.relative(folder, copied));
        bytes += (await files.stat(copied))!.size;
      }
    }
  };
  await copy(servedFolders["/"], folder);
  await copy(servedFolders["/package/dist/browser/"], join(folder, "package/dist/browser"));
  await copy(servedFolders["/ort/"], join(folder, "ort"), runtimeFile);
  for (const asset of assets)
    await copy(join(servedFolders["/package/assets/"], asset), join(folder, "package/assets", asset));
  for (const path of before) if (!written.includes(path)) await files.remove(join(folder, path));
  await writeMark(folder, written);
  return { folder, bytes };
}

const writeMark = (folder: string, written: readonly string[]): Promise<void> =>
  files.writeAtomic(join(folder, mark), `${JSON.stringify({ engraft: engraftVersion, files: written })}\n`);

const markSchema = z.object({ files: z.array(z.string()) });

/** Returns the paths of the files that earlier calls wrote into a folder, and that are there. */
async function writtenFiles(folder: string): Promise<string[]> {
  const text = new TextDecoder().decode(await files.read(join(folder, mark)));
  let paths: readonly string[] = [];
  try {
    paths = markSchema.parse(parseJson(text)).files;
  } catch {
    // Without a list, every file stays.
  }
  const found: string[] = [];
  for (const path of paths) {
    const isInside = !path.split(/[\\/]/).includes("..");
    if (isInside && (await files.stat(join(folder, path)))?.kind === "file") found.push(path);
  }
  return found;
}

const refused = (target: string, what: string): EngraftError =>
  new EngraftError("FileError", `"${target}" ${what}`, { help: "give a new or empty folder: --export DIR" });
