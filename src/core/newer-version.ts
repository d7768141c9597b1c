import { EngraftError, type ErrorKind } from "./errors.js";

/**
 * Returns the error for a file that a newer version of Engraft wrote.
 * @param why what this version does not know: "format 2", 'the task "keypoint-detection"'
 */
export const newerVersion = (kind: ErrorKind, why: string, at: string): EngraftError =>
  new EngraftError(kind, `this version of Engraft does not know ${why}`, {
    at,
    help: "update Engraft: npm install engraft@latest",
    details: { newer: why },
  });

/**
 * Checks the format number of a file. A file without one is checked by its content.
 * @param name name of the file: "run.json"
 * @param known the format that this version writes
 * @throws an error of the kind for a format that only a newer or an older version reads
 */
export function requireKnownFormat(
  kind: ErrorKind,
  format: unknown,
  name: string,
  at: string,
  known = 1,
): void {
  if (typeof format !== "number" || format === known) return;
  if (format > known) throw newerVersion(kind, `format ${format} of ${name}`, at);
  throw new EngraftError(kind, `this version of Engraft no longer reads format ${format} of ${name}`, {
    at,
    help: "use the version of Engraft that wrote it, or train again with another --out",
  });
}
