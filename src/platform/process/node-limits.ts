import { readFileSync } from "node:fs";
import { EngraftError } from "../../core/errors.js";

/** Limits of a process; missing if unlimited or unknown. */
export interface ProcessLimits {
  /** Open files, pipes and threads' event queues: `ulimit -n`. */
  readonly files?: number;
  /** Bytes of addresses: `ulimit -v`. */
  readonly addressBytes?: number;
}

/**
 * Fewest of each with which Node does not abort while it loads the program and starts its threads. Measured with a text model on two
 * cores: 100 files are too few and 128 enough, 1 GiB is too little and 1.25 GiB enough.
 */
export const least = { files: 200, addressBytes: 2 * 2 ** 30 } as const;
/** Addresses that Node and the runtime reserve without using the memory: about this many bytes. */
const reserved = 2 ** 30;

/** Returns the limits in the text of Linux' /proc/self/limits. */
export function limitsIn(text: string): ProcessLimits {
  const soft = (name: string): number | undefined => {
    const [, value] = new RegExp(`^${name} +(\\d+) `, "m").exec(text) ?? [];
    return value === undefined ? undefined : Number(value);
  };
  const [files, addressBytes] = [soft("Max open files"), soft("Max address space")];
  return { ...(files !== undefined && { files }), ...(addressBytes !== undefined && { addressBytes }) };
}

/** Returns the bytes of memory that the address space leaves for the work; infinite without a limit. */
export function addressableBytes({ addressBytes }: ProcessLimits = ownLimits()): number {
  return addressBytes === undefined ? Number.POSITIVE_INFINITY : Math.max(0, addressBytes - reserved);
}

/** Returns the limits of this process. Only Linux states them without a process of its own. */
function ownLimits(): ProcessLimits {
  try {
    return limitsIn(readFileSync("/proc/self/limits", "utf8"));
  } catch {
    return {};
  }
}

/** @throws OptionError for a limit of the feature cache that is no number above 0 */
export function requireCacheLimit(given = process.env.ENGRAFT_CACHE_LIMIT): void {
  if (!given || (Number(given) > 0 && Number.isFinite(Number(given)))) return;
  throw new EngraftError("OptionError", `ENGRAFT_CACHE_LIMIT is ${JSON.stringify(given)}`, {
    help: "give the largest size of cached features in GB, as in ENGRAFT_CACHE_LIMIT=12",
  });
}

/**
 * Refuses limits under which Node would abort when it starts a thread.
 * @throws FileError for too few open files, OptionError for too little address space
 */
export function requireLimits({ files, addressBytes }: ProcessLimits = ownLimits()): void {
  if (files !== undefined && files < least.files)
    throw new EngraftError(
      "FileError",
      `this process may open ${files} files at once, Engraft needs at least ${least.files}`,
      { help: "raise the limit: ulimit -n 1024", details: { limit: files, needs: least.files } },
    );
  if (addressBytes !== undefined && addressBytes < least.addressBytes)
    throw new EngraftError(
      "OptionError",
      `this process has ${gib(addressBytes)} of addresses, Engraft needs at least ${gib(least.addressBytes)}`,
      {
        help: "raise the limit: ulimit -v unlimited; --memory-limit bounds the memory that a run uses",
        details: { limit: addressBytes, needs: least.addressBytes },
      },
    );
}

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
