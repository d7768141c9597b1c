import { EngraftError } from "../../core/errors.js";

export function problem(
  name: string,
  what: string,
  line: number | undefined,
  help: string,
  cause?: unknown,
): EngraftError {
  return new EngraftError(
    "DataError",
    `${JSON.stringify(name)}${line === undefined ? "" : `, line ${line}`} ${what}`,
    { help, details: line === undefined ? { file: name } : { file: name, line }, cause },
  );
}

/**
 * UTF-8 with or without byte order mark, UTF-16 with one (as spreadsheets save "Unicode text"), or, of what is not UTF-8, GB18030
 * where all of it is sound and reads like Chinese. @throws DataError for any other encoding, and for two in one file, with line and column
 */
export async function decodeTexts(bytes: Uint8Array, name: string): Promise<string> {
  const marked =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : undefined;
  try {
    if (marked || !bytes.includes(0))
      return new TextDecoder(marked ?? "utf-8", { fatal: true }).decode(bytes);
  } catch {}
  // Loaded where it is needed: a page mostly has UTF-8.
  const found = (await import("./stray-bytes.js")).decodeOthers(bytes, marked);
  if (typeof found === "string") return found;
  throw problem(name, found.what, found.line, found.help);
}
