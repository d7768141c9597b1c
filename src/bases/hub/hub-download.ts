import { EngraftError } from "../../core/errors.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import type { Platform } from "../../platform/platform.js";
import { hubError, patientFetch, readWithin } from "./hub-fetch.js";
import type { HubRef } from "./hub-ref.js";
import { sleep } from "./hub-retry.js";

/** One file of a repository, as the hub describes it. */
export interface HubFile {
  readonly path: string;
  readonly size: number;
  /** sha256 of the content, for large files (LFS). */
  readonly sha256: string | undefined;
  /** git's own hash, for other files: sha1("blob <size>\0" + content). */
  readonly oid: string | undefined;
}

export interface DownloadOptions {
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly platform: Platform;
  readonly onEvent?: OnProgress;
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte after which an attempt fails. Default 60,000. */
  readonly patience?: number;
  /** Milliseconds before the second attempt, doubled for each further one. Default 1000. */
  readonly pause?: number;
}

const tries = 4;
/** Size of writes: 4 MiB. */
const pieceSize = 2 ** 22;

/**
 * Downloads a file to `target`. After an interruption the received bytes stay in a partial file next to it (named by the
 * hash of the content). The next call requests only the rest. The file gets its name when its hash is right.
 *
 * @throws NetworkError if it cannot be downloaded, or differs from what the hub announced
 */
export async function downloadFile(
  { repo }: HubRef,
  commit: string,
  file: HubFile,
  target: string,
  options: DownloadOptions,
): Promise<void> {
  const { platform, endpoint, signal, pause = 1000 } = options;
  const { files } = platform;
  const hash = file.sha256 ?? file.oid ?? "unknown";
  const partial = `${target}.${hash.slice(0, 16)}.partial`;
  const what = `${file.path} of ${repo}`;
  const report = progressReporter(file.size, options.onEvent);
  let restarted = false;
  for (let attempt = 1; ; attempt++) {
    try {
      await fetchRest(repo, commit, file, partial, options, report);
    } catch (error) {
      const failure = hubError(error, what, endpoint, options);
      const { status } = failure.details;
      const lasting = typeof status === "number" && status < 500;
      if (failure.kind !== "NetworkError" || lasting || attempt === tries) throw failure;
      await sleep(pause * 2 ** (attempt - 1), signal);
      continue;
    }
    if (await isWhole(platform, partial, file)) break;
    await files.remove(partial);
    // A partial file from an earlier call may be damaged: restart once.
    if (restarted)
      throw new EngraftError("NetworkError", `${what} arrived damaged twice: its checksum is not ${hash}`, {
        at: endpoint,
        help: "try again later; a proxy or mirror on the way may change or cut files",
        details: { file: file.path, expected: hash },
      });
    restarted = true;
  }
  await files.rename(partial, target);
}

/** Joins small pieces of a download, so that a file is written in pieces of some megabytes. */
class PieceWriter {
  private pieces: Uint8Array[] = [];
  private size = 0;

  constructor(private readonly append: (bytes: Uint8Array) => Promise<void>) {}

  async push(piece: Uint8Array): Promise<void> {
    this.pieces.push(piece);
    this.size += piece.length;
    if (this.size >= pieceSize) await this.flush();
  }

  drop(): void {
    this.pieces = [];
    this.size = 0;
  }

  async flush(): Promise<void> {
    if (this.size === 0) return;
    const joined = new Uint8Array(this.size);
    let at = 0;
    for (const piece of this.pieces) {
      joined.set(piece, at);
      at += piece.length;
    }
    this.drop();
    await this.append(joined);
  }
}

async function fetchRest(
  repo: string,
  commit: string,
  file: HubFile,
  partial: string,
  { endpoint, token, platform, signal, patience = 60_000 }: DownloadOptions,
  report: (done: number) => void,
): Promise<void> {
  const { files } = platform;
  await files.ensureDir(files.dirname(partial));
  let have = (await files.stat(partial))?.size ?? 0;
  if (have > file.size) {
    await files.remove(partial);
    have = 0;
  }
  report(have);
  if (have === file.size && have > 0) return;
  const { downloadFile: open } = await import("@huggingface/hub");
  const blob = await open({
    repo: { type: "model", name: repo },
    path: file.path,
    revision: commit,
    hubUrl: endpoint,
    // Without xet a plain request with Range can resume the download.
    xet: false,
    fetch: patientFetch(platform, signal, patience),
    ...(token === undefined ? {} : { accessToken: token }),
  });
  if (!blob || blob.size !== file.size)
    throw new EngraftError(
      "NetworkError",
      `${file.path} of ${repo} has ${blob?.size ?? "no"} bytes, the hub's list says ${file.size}`,
      { at: endpoint, details: { file: file.path, status: 409 } },
    );
  if (file.size === 0) {
    await files.writeAtomic(partial, new Uint8Array(0));
    return;
  }
  const reader = (have > 0 ? blob.slice(have) : blob)
    .stream()
    .getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const writer = new PieceWriter((bytes) => files.append(partial, bytes));
  try {
    for (;;) {
      const piece = await readWithin(reader, patience);
      if (!piece) break;
      have += piece.length;
      if (have > file.size) {
        // The server ignores Range and sends the whole file: discard the partial file.
        writer.drop();
        await files.remove(partial);
        throw new EngraftError(
          "NetworkError",
          `the hub sends more than the ${file.size} bytes of ${file.path}`,
          {
            at: endpoint,
            details: { file: file.path },
          },
        );
      }
      await writer.push(piece);
      report(have);
    }
  } finally {
    await writer.flush();
    await reader.cancel().catch(() => {});
  }
  if (have < file.size)
    throw new EngraftError(
      "NetworkError",
      `the download of ${file.path} of ${repo} ended after ${have} of ${file.size} bytes`,
      {
        at: endpoint,
        help: "run the command again: it goes on from there",
        details: { file: file.path, have },
      },
    );
}

/** True when the file has the hash that the hub announced. */
export async function isWhole(platform: Platform, path: string, file: HubFile): Promise<boolean> {
  if ((await platform.files.stat(path))?.size !== file.size) return false;
  if (file.sha256 !== undefined) return (await platform.files.sha256(path)) === file.sha256;
  if (file.oid === undefined) return true;
  return (await gitHash(await platform.files.read(path))) === file.oid;
}

/** Returns git's hash of a file: sha1("blob <size>\0" + content), hex. */
export async function gitHash(content: Uint8Array): Promise<string> {
  const header = new TextEncoder().encode(`blob ${content.length}\0`);
  const blob = new Uint8Array(header.length + content.length);
  blob.set(header);
  blob.set(content, header.length);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", blob));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Reports progress at most five times per second, and once at the end. */
function progressReporter(total: number, onEvent: OnProgress | undefined): (done: number) => void {
  const begun = performance.now();
  let first: number | undefined;
  let last = Number.NEGATIVE_INFINITY;
  return (done) => {
    first ??= done;
    const now = performance.now();
    if (done < total && now - last < 200) return;
    last = now;
    const fresh = done - first;
    const left = fresh > 0 ? ((now - begun) / 1000 / fresh) * (total - done) : undefined;
    onEvent?.({
      event: "progress",
      phase: "download",
      done,
      total,
      unit: "bytes",
      ...(left === undefined ? {} : { seconds_left: left }),
    });
  };
}
