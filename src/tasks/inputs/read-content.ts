import { EngraftError } from "../../core/errors.js";
import { type BaseModality, modalities } from "../../core/modalities.js";
import { normalText } from "../../data/texts/near-texts.js";
import type { Platform } from "../../platform/platform.js";
import { writeWav } from "../../report/write-wav.js";
import type { OpenedBase } from "../../run/setup.js";

/** Input of one sample: the path or the bytes of a file, the samples of a sound as float32[n] at the rate of the base, or a text. */
export type SampleInput = string | Uint8Array | Float32Array;

/** What the inputs of a base need of a sample besides its name. */
export interface Content {
  /** Hash of the content, as a run has it. */
  readonly sha256: string;
  /** Hash that the copies of a text share. */
  readonly copyHash?: string;
  /** Absolute path of its file. Another name for bytes. */
  readonly path: string;
  readonly bytes?: Uint8Array;
  readonly text?: string;
}

/** Reads an input; undefined for one of another kind. @param id name of the sample, for errors */
type ReadContent = (
  input: unknown,
  its: { readonly platform: Platform; readonly opened: OpenedBase; readonly id: string },
) => Promise<Content | undefined>;

const readFile: ReadContent = async (input, { platform, id }) => {
  const { files } = platform;
  if (typeof input === "string") return { path: files.resolve(input), sha256: await files.sha256(input) };
  if (!(input instanceof Uint8Array)) return undefined;
  return { path: `bytes of ${id}`, bytes: input, sha256: await platform.sha256(input) };
};

const readSound: ReadContent = (input, its) => {
  const { extractor } = its.opened.base.audio!;
  return readFile(input instanceof Float32Array ? writeWav(input, extractor.rate, 32) : input, its);
};

const readText: ReadContent = async (text, { platform: { sha256 } }) =>
  typeof text === "string" && text.trim() !== ""
    ? { path: "", text, sha256: await sha256(text), copyHash: await sha256(normalText(text)) }
    : undefined;

const readers: Readonly<Record<BaseModality, readonly [read: ReadContent, takes: string]>> = {
  image: [
    readFile,
    "the path of a picture or the bytes of its file; in a tab a Blob, an ImageBitmap or ImageData",
  ],
  audio: [
    readSound,
    "the path of a sound, the bytes of its file, or its samples as a Float32Array; in a tab a Blob",
  ],
  text: [readText, "a text with words"],
};

/** Reads the input of a sample as the inputs of a base take it. @throws DataError for an input of another kind; FileError */
export async function readContent(modality: BaseModality, ...how: Parameters<ReadContent>): Promise<Content> {
  const [read, takes] = readers[modality];
  const content = await read(...how);
  if (content) return content;
  const [input, { id, opened }] = how;
  throw new EngraftError("DataError", `the input of ${JSON.stringify(id)} is ${typeof input}`, {
    at: `base ${opened.base.name}, which takes ${modalities[modality].many}`,
    help: `give ${takes}`,
  });
}
