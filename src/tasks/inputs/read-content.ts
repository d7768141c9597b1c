import { EngraftError } from "../../core/errors.js";
import type { LabelUnit } from "../../core/results/labels.js";
import type { Platform } from "../../platform/platform.js";
import { writeWav } from "../../report/write-wav.js";
import type { OpenedBase } from "../../run/setup.js";

/** Input of one sample: the path or the bytes of a file, the samples of a sound as float32[n] at the rate of the base, or a text. */
export type SampleInput = string | Uint8Array | Float32Array;

/** What the inputs of a base need of a sample besides its name. */
export interface Content {
  /** Hash of the content, as a run has it. */
  readonly sha256: string;
  /** Absolute path of its file. Not the path of a file if there are bytes. */
  readonly path: string;
  readonly bytes?: Uint8Array;
  readonly text?: string;
}

/** Where content is read, and what for. */
interface Reading {
  readonly platform: Platform;
  readonly opened: OpenedBase;
  /** Name of the sample, for errors. */
  readonly id: string;
}

/** Reads an input of a kind; undefined for an input of another kind. */
type ReadContent = (input: unknown, reading: Reading) => Promise<Content | undefined>;

const readFile: ReadContent = async (input, { platform, id }) => {
  const { files } = platform;
  if (typeof input === "string") {
    const path = files.resolve(input);
    return { path, sha256: await files.sha256(path) };
  }
  if (!(input instanceof Uint8Array)) return undefined;
  // No absolute path: no file has it.
  return { path: `bytes of ${id}`, bytes: input, sha256: await platform.sha256(input) };
};

const readSoundFile: ReadContent = (input, reading) =>
  readFile(
    input instanceof Float32Array ? writeWav(input, reading.opened.base.audio!.extractor.rate, 32) : input,
    reading,
  );

const readText: ReadContent = async (text, { platform }) =>
  typeof text === "string" && text.trim() !== ""
    ? { path: "", text, sha256: await platform.sha256(text) }
    : undefined;

const readers: Readonly<Record<LabelUnit, readonly [read: ReadContent, takes: string]>> = {
  pictures: [readFile, "the path of a picture, or the bytes of its file"],
  clips: [readSoundFile, "the path of a sound, the bytes of its file, or its samples as a Float32Array"],
  texts: [readText, "a text with words"],
};

/** Reads the input of a sample as the inputs of a base take it. @throws DataError for an input of another kind; FileError */
export async function readContent(unit: LabelUnit, input: unknown, reading: Reading): Promise<Content> {
  const [read, takes] = readers[unit];
  const content = await read(input, reading);
  if (content) return content;
  const found =
    typeof input === "string" ? "an empty text" : Array.isArray(input) ? "a list" : `of type ${typeof input}`;
  throw new EngraftError("DataError", `the input of ${JSON.stringify(reading.id)} is ${found}`, {
    at: `base ${reading.opened.base.name}, which takes ${unit}`,
    help: `give ${takes}`,
    details: { id: reading.id },
  });
}
