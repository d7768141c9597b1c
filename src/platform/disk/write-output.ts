import { EngraftError } from "../../core/errors.js";
import type { Files } from "../platform.js";

/** Text in the metadata of a drawn picture. */
export const drawingMark = "drawn by Engraft";

/** Files at paths that the user names: their noun, and whether a file's text shows that Engraft wrote it. */
const kinds = {
  page: { noun: "page", isOurs: (text) => text.includes('<meta name="generator" content="Engraft">') },
  drawing: { noun: "drawing", isOurs: (text) => text.includes(drawingMark) },
  samples: { noun: "record of samples", isOurs: (text) => text.startsWith('{"format":1,"data":') },
  card: { noun: "model", isOurs: (text) => /\bengraft\b/i.test(text) },
  sums: { noun: "file of feature sums", isOurs: (text) => text.startsWith("ENGFSUM1") },
  // The format has no place for a mark, so that another program's results cannot be told from ours.
  detections: { noun: "detections", isOurs: () => false },
} as const satisfies Readonly<
  Record<string, { readonly noun: string; readonly isOurs: (text: string) => boolean }>
>;

/** Kind of an output. */
export type OutputKind = keyof typeof kinds;

/** Files above this size in bytes are not ours. */
const largest = 2 ** 28;

/**
 * Checks that nothing would be lost by writing to a path: nothing is there, or a file of this kind that Engraft wrote.
 * @param option name of the option that gives the path, for the message
 * @throws OptionError for another file, FileError for a folder
 */
export async function requireOwnOutput(
  files: Files,
  path: string,
  kind: OutputKind,
  option: string,
): Promise<void> {
  const at = files.resolve(path);
  // Follows links, so that a link to another file counts as that file.
  const there = await files.stat(at);
  if (there === undefined) return;
  const { noun, isOurs } = kinds[kind];
  if (there.kind === "folder")
    throw new EngraftError("FileError", `"${path}" is a folder, the ${noun} is a file`, {
      help: `give the path of a file to ${option}`,
    });
  const ours =
    there.kind === "file" &&
    there.size <= largest &&
    isOurs(new TextDecoder("latin1").decode(await files.read(at)));
  if (ours) return;
  const unmarked = kind === "detections" ? "" : `, and it is no ${noun} that Engraft wrote`;
  throw new EngraftError("OptionError", `"${path}" is there already${unmarked}: it is not overwritten`, {
    at,
    help: `give another path to ${option}, or move the file away`,
    details: { path: at },
  });
}

/** Writes a file at a path that the user names. @throws as {@link requireOwnOutput}; FileError if it cannot be written */
export async function writeOutput(
  files: Files,
  path: string,
  content: Uint8Array | string,
  kind: OutputKind,
  option: string,
): Promise<void> {
  await requireOwnOutput(files, path, kind, option);
  await files.writeAtomic(files.resolve(path), content);
}
