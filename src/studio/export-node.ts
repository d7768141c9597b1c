// The static studio as a folder for any web host: page, library, bases of the quick model, and onnxruntime-web.
import { copyFile } from "node:fs/promises";
import { EngraftError } from "../core/errors.js";
import { engraftVersion } from "../core/version.js";
import { nodePlatform } from "../platform/node.js";
import { servedFolders } from "./static-node.js";

const { files } = nodePlatform;
const { join } = files;

/** Bases of the quick models, and the examples of the start page. */
const assets = ["vision-open", "text-mini", "audio-mini", "demo/train", "demo-sounds/train", "demo-texts"];
/** File that says that a folder was written by this command. */
const mark = "engraft-studio.json";
/** What a page loads of onnxruntime-web. */
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
  await files.ensureDir(folder);
  await files.writeAtomic(join(folder, mark), `${JSON.stringify({ engraft: engraftVersion })}\n`);
  let bytes = 0;
  const copy = async (from: string, to: string, wanted = /(?:)/): Promise<void> => {
    await files.ensureDir(to);
    for (const { name, kind } of await files.list(from)) {
      const [source, copied] = [join(from, name), join(to, name)];
      if (kind === "folder") await copy(source, copied);
      else if (wanted.test(name)) {
        await copyFile(source, copied);
        bytes += (await files.stat(copied))!.size;
      }
    }
  };
  await copy(servedFolders["/"], folder);
  await copy(servedFolders["/package/dist/browser/"], join(folder, "package/dist/browser"));
  await copy(servedFolders["/ort/"], join(folder, "ort"), runtimeFile);
  for (const asset of assets)
    await copy(join(servedFolders["/package/assets/"], asset), join(folder, "package/assets", asset));
  return { folder, bytes };
}

const refused = (target: string, what: string): EngraftError =>
  new EngraftError("FileError", `"${target}" ${what}`, { help: "give a new or empty folder: --export DIR" });
