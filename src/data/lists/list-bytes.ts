import { EngraftError } from "../../core/errors.js";

/** Returns a DataError about a file and a line. */
export function listError(
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
 * Decodes a text file. It accepts UTF-8, UTF-16 with a byte order mark (which spreadsheets save as "Unicode text"), and GB18030 if
 * the text reads like Chinese.
 * @throws DataError with line and column for any other encoding, and for two encodings in one file
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
  // Loaded on demand, since most files are UTF-8.
  const found = (await import("./stray-bytes.js")).decodeNonUtf8(bytes, marked);
  if (typeof found === "string") return found;
  throw listError(name, found.what, found.line, found.help);
}
