import { EngraftError, messageOf } from "../core/errors.js";

/** Reason and remedy for each system error code. */
const meanings: Readonly<Record<string, readonly [why: string, help: string]>> = {
  ENOENT: ["there is no such file or folder", "check the spelling of the path and the folder you are in"],
  EACCES: ["permission denied", "change its permissions or owner, or choose another place"],
  EPERM: ["the system does not allow it", "change its permissions or owner, or choose another place"],
  EROFS: ["the disk is read-only", "choose a folder on a disk that can be written to"],
  ENOSPC: ["the disk is full", "free some space, or choose a folder on another disk"],
  EDQUOT: ["your disk quota is used up", "free some space, or choose a folder on another disk"],
  EMFILE: ["too many files are open at once", "close other programs, or raise the limit (ulimit -n)"],
  ENFILE: ["too many files are open at once on this machine", "close other programs"],
  EISDIR: ["it is a folder, not a file", "name a file inside it"],
  ENOTDIR: ["a part of the path is a file, not a folder", "check the path"],
  EEXIST: ["something of that name is already there", "choose another name, or move it away"],
  ENOTEMPTY: ["the folder is not empty", "choose another folder"],
  ELOOP: ["its symbolic links lead in a circle", "remove the link that points back to itself"],
  ENAMETOOLONG: ["the path is too long", "use shorter folder names"],
  EIO: ["the disk reported an error", "check the disk; copy the data elsewhere and try again"],
  EBUSY: ["it is in use by another program", "close that program and try again"],
  EXDEV: ["it would have to move between two disks", "choose a folder on the same disk"],
  ESTALE: [
    "it is on a network drive, which no longer knows it",
    "see whether the drive is there and the file was not replaced, and try again",
  ],
  EFBIG: [
    "the file would be larger than the file system, or the limit of this shell, allows",
    "raise the limit (ulimit -f), or choose a folder on another disk",
  ],
};

/** Number of ESTALE on Linux. */
const staleHandle = -116;

/** Codes of errors that a user can cause. */
const userCodes: Readonly<Record<string, "storage-full" | "storage-refused" | "file-missing">> = {
  ENOSPC: "storage-full",
  EDQUOT: "storage-full",
  EACCES: "storage-refused",
  EPERM: "storage-refused",
  EROFS: "storage-refused",
  ENOENT: "file-missing",
};

/**
 * Turns a system error into an EngraftError: what was tried, why it failed, what to do.
 * @example throw fileError("write", "/runs/a/model.onnx", error)
 */
export function fileError(action: string, path: string, error: unknown): EngraftError {
  if (error instanceof EngraftError) return error;
  const code = codeOf(error) ?? "";
  const known = meanings[code];
  return new EngraftError(
    "FileError",
    `cannot ${action} ${JSON.stringify(path)}: ${known === undefined ? messageOf(error) : known[0]}`,
    {
      ...(code === "" ? {} : { at: `the system's code ${code}` }),
      help: known === undefined ? "check the path and its permissions" : known[1],
      ...(userCodes[code] && { code: userCodes[code] }),
      details: { action, path, code },
      cause: error,
    },
  );
}

/** Returns the system code of an error ("ENOENT"), if it has one. */
export function codeOf(error: unknown): string | undefined {
  const { code, errno } = (error ?? {}) as { readonly code?: unknown; readonly errno?: unknown };
  // Node has no name for this one.
  if (errno === staleHandle) return "ESTALE";
  return typeof code === "string" ? code : undefined;
}
