import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import { type SplitOrigin, splitOrigin } from "../../data/split/split-origin.js";
import type { Platform } from "../../platform/platform.js";
import { decodeTexts } from "../lists/list-bytes.js";
import { byCodePoint, count, listName } from "../split/found.js";
import { holdBack } from "../split/hold-back.js";
import { textsOfFile } from "./listed-texts.js";

/** Texts without labels: a training part and a held-out part. */
export interface UnlabelledTexts extends SplitOrigin {
  readonly root: string;
  readonly train: readonly string[];
  readonly heldOut: readonly string[];
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  /** Number of removed copies. */
  readonly duplicates: number;
  /** sha256 of both parts. */
  readonly fingerprint: string;
}

const minTexts = 4;
/** Largest size of a file with one text, in bytes. */
const maxTextBytes = 2 ** 28;

/**
 * Reads texts for language modelling. The source is a `.txt` file with a text a line, or a CSV, TSV or JSONL file with a column of
 * texts. In a folder, each `.txt` file is one text.
 *
 * Copies are removed. The seed selects a tenth of the texts to hold out.
 * @throws DataError for fewer than four texts
 */
export async function openUnlabelledTexts(
  platform: Platform,
  path: string,
  { seed = 0 }: { readonly seed?: number } = {},
): Promise<UnlabelledTexts> {
  const root = platform.files.resolve(path);
  const skipped: { item: string; reason: string }[] = [];
  const found = (await findTexts(platform, path, skipped)).map(({ text }) => text);
  const texts = [...new Set(found.map((text) => text.trim()).filter((text) => text !== ""))];
  const duplicates = found.filter((text) => text.trim() !== "").length - texts.length;
  if (texts.length < minTexts)
    throw new EngraftError(
      "DataError",
      texts.length === 0
        ? `"${path}" holds no texts`
        : `"${path}" holds ${count(texts.length, "text")}: some are held back to see whether it helps`,
      {
        help: `give at least ${minTexts} different texts: a .txt file with a text a line, a .csv or .jsonl with a column of texts, or a folder of .txt files`,
        details: { texts: texts.length },
      },
    );
  const chosen = holdBack(texts, seed);
  const part = (held: boolean): string[] => texts.filter((_, i) => chosen.has(i) === held);
  const [train, heldOut] = [part(false), part(true)];
  return {
    root,
    train,
    heldOut,
    skipped,
    duplicates,
    ...splitOrigin([message("texts-held-back", { held: heldOut.length, texts: texts.length, seed })]),
    fingerprint: await platform.sha256(JSON.stringify([train, heldOut])),
  };
}

/** A text with the name of its place. */
interface FoundText {
  readonly id: string;
  readonly text: string;
}

/**
 * Reads the texts at a path: the lines of a file, the column of texts of a list, or all of a folder.
 * @param skipped receives files without a text
 * @throws DataError if there is nothing
 */
export async function findTexts(
  platform: Platform,
  path: string,
  skipped: { item: string; reason: string }[],
): Promise<readonly FoundText[]> {
  const { files } = platform;
  const root = files.resolve(path);
  const stat = await files.stat(root);
  if (!stat)
    throw new EngraftError("DataError", `there are no texts at "${path}"`, {
      help: "give a .txt file with a text a line, a .csv or .jsonl with a column of texts, or a folder of them",
    });
  if (stat.kind === "folder") return folderTexts(platform, root, "", skipped);
  return fileTexts(platform, root, files.relative(files.dirname(root), root));
}

async function fileTexts(platform: Platform, path: string, name: string): Promise<readonly FoundText[]> {
  const texts = await textsOfFile(platform, path);
  return texts.map(({ id, text }) => ({ id: id.replace(path, name), text }));
}

/** Reads the texts of a folder and its subfolders, in the order of their names. */
async function folderTexts(
  platform: Platform,
  folder: string,
  below: string,
  skipped: { item: string; reason: string }[],
): Promise<readonly FoundText[]> {
  const { files } = platform;
  const texts: FoundText[] = [];
  const entries = [...(await files.list(folder))].sort((a, b) => byCodePoint(a.name, b.name));
  for (const { name, kind } of entries) {
    if (name.startsWith(".")) continue;
    const [path, id] = [files.join(folder, name), `${below}${name}`];
    if (kind === "folder") texts.push(...(await folderTexts(platform, path, `${id}/`, skipped)));
    else if (/\.txt$/i.test(name)) {
      const text = (await decodeTexts(await files.read(path, { limit: maxTextBytes }), id)).trim();
      if (text === "") skipped.push({ item: id, reason: "has no text" });
      else texts.push({ id, text });
    } else if (listName.test(name)) {
      try {
        texts.push(...(await fileTexts(platform, path, id)));
      } catch (error) {
        if (!(error instanceof EngraftError) || error.kind !== "DataError") throw error;
        skipped.push({ item: id, reason: error.message });
      }
    }
  }
  return texts;
}
