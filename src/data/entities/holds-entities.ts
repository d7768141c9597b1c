import type { Files } from "../../platform/platform.js";
import { listLimit } from "../images/listed-images.js";
import { partFiles } from "../split/part-files.js";
import { decodeTexts } from "../tables/list-bytes.js";
import { taggedName } from "./read-entities.js";
import { parseTag } from "./tags.js";

/** Lines that are looked at. */
const looked = 50;

/** Does a file, or the training part of a folder, hold words with their tags: columns or JSONL? */
export async function holdsEntities(files: Files, path: string): Promise<boolean> {
  const state = await files.stat(path);
  if (state?.kind === "folder") {
    const train = (await partFiles(files, path, taggedName)).find(({ part }) => part === "train");
    return train !== undefined && holdsEntities(files, files.join(path, train.name));
  }
  if (state?.kind !== "file" || !taggedName.test(path)) return false;
  let text: string;
  try {
    text = await decodeTexts(await files.read(path, { limit: listLimit }), path);
  } catch {
    // Whoever reads it as something else says what is wrong.
    return false;
  }
  const lines = text.split(/\r?\n/, looked).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (/\.(jsonl|ndjson)$/i.test(path)) return lines.length > 0 && isTaggedRow(lines[0]!);
  const tags = lines.filter((line) => {
    const values = line.trim().split(/\s+/);
    return values.length >= 2 && parseTag(values.at(-1)!) !== undefined;
  });
  return lines.length > 0 && tags.length > 0.9 * lines.length;
}

function isTaggedRow(line: string): boolean {
  try {
    const { tokens, words, tags, ner_tags } = JSON.parse(line) ?? {};
    return Array.isArray(tokens ?? words) && Array.isArray(tags ?? ner_tags);
  } catch {
    return false;
  }
}
