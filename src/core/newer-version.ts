import { EngraftError, type ErrorKind } from "./errors.js";

/**
 * Returns the error for a file that a newer version of Engraft wrote.
 * @param why what this version does not know: "format 2", 'the task "object-detection"'
 */
export const newerVersion = (kind: ErrorKind, why: string, at: string): EngraftError =>
  new EngraftError(kind, `this version of Engraft does not know ${why}`, {
    at,
    help: "update Engraft: npm install engraft@latest",
  });

/** True if a file's format is later than the one that this version writes. */
export const isLaterFormat = (format: unknown): format is number => typeof format === "number" && format > 1;
