import { pathToFileURL } from "node:url";
import { EngraftError, messageOf } from "../../core/errors.js";
import { isOffline } from "./hub.js";
import { gitHash } from "./hub-download.js";
import { connectionError, isUnreachable } from "./hub-fetch.js";
import { hubEndpoint } from "./hub-ref.js";
import { mostTries, type PatientUpload, type RetryOptions, uploadFetch, withRetries } from "./hub-retry.js";
import { checkToken, requireToken, tokenPage } from "./hub-token.js";

/** A file to upload. */
export interface UploadFile {
  /** Path in the repository, with "/". */
  readonly path: string;
  readonly bytes: number;
  /** The file on this disk, or its content. */
  readonly content: { readonly file: string } | Uint8Array<ArrayBuffer>;
}

export interface UploadOptions extends RetryOptions {
  /** Create a new repository as public, and accept one that is public. */
  readonly public: boolean;
  /** First line of the commit. */
  readonly title: string;
  readonly token?: string;
}

/** Result of an upload. */
export interface Uploaded {
  readonly url: string;
  /** True if the repository was created. */
  readonly created: boolean;
  readonly private: boolean;
  /** Paths that were sent; empty if everything was there already. */
  readonly sent: readonly string[];
  /** Missing if nothing was sent. */
  readonly commit?: string;
}

/** Context of every request. */
interface Hub {
  readonly repo: { readonly type: "model"; readonly name: string };
  readonly endpoint: string;
  readonly token: string;
  readonly upload: PatientUpload;
  readonly options: UploadOptions;
}

/**
 * Uploads files to a model repository in one commit: nothing is visible before the last request. A new repository is
 * private unless `public` is set. Files that the repository already has are not sent.
 *
 * Environment: HF_ENDPOINT, HF_TOKEN, HF_HOME, HF_HUB_OFFLINE.
 * @throws OptionError without a token, or for a public repository without `public`; NetworkError; Interrupted
 */
export async function uploadToHub(
  name: string,
  files: readonly UploadFile[],
  options: UploadOptions,
): Promise<Uploaded> {
  const { platform } = options;
  if (isOffline(platform))
    throw new EngraftError("NetworkError", "HF_HUB_OFFLINE is set: nothing is sent", {
      help: "unset it to push",
    });
  const token =
    options.token === undefined
      ? await requireToken(platform)
      : checkToken(options.token, "the option token", "option token");
  const endpoint = hubEndpoint(platform);
  const repo = { type: "model", name } as const;
  const hub: Hub = { repo, endpoint, token, upload: uploadFetch(options), options };
  try {
    const { created, private: hidden } = await openRepository(hub);
    const url = `${endpoint}/${name}`;
    if (!hidden && !options.public)
      throw new EngraftError("OptionError", `${name} is public: everyone could read the model`, {
        at: url,
        help: "add --public if that is meant, make the repository private in its settings, or give another name",
      });
    const sent = created ? files : await changedFiles(hub, files);
    if (sent.length === 0) return { url, created, private: hidden, sent: [] };
    const commit = await withRetries(() => commitFiles(hub, sent), hub.upload, options);
    return { url, created, private: hidden, sent: sent.map(({ path }) => path), commit };
  } catch (error) {
    throw uploadError(error, hub);
  }
}

const access = ({ endpoint, token, upload }: Hub) =>
  ({ hubUrl: endpoint, accessToken: token, fetch: upload.fetch }) as const;

/** Creates the repository if it does not exist. */
async function openRepository(hub: Hub): Promise<{ readonly created: boolean; readonly private: boolean }> {
  const { createRepo, modelInfo } = await import("@huggingface/hub");
  const { repo, upload, options } = hub;
  const visibility = options.public ? "public" : "private";
  try {
    await withRetries(() => createRepo({ ...access(hub), repo, visibility }), upload, options);
    return { created: true, private: !options.public };
  } catch (error) {
    const { statusCode: status } = error as { readonly statusCode?: unknown };
    // 403: a token may write to a repository without being allowed to create one.
    if (status !== 409 && status !== 403) throw error;
    const info = await withRetries(
      () => modelInfo({ ...access(hub), name: repo.name }),
      upload,
      options,
    ).catch((second: unknown) => {
      throw status === 403 ? error : second;
    });
    return { created: false, private: info.private === true };
  }
}

/** Returns the files that the repository does not have with the same content. */
async function changedFiles(hub: Hub, files: readonly UploadFile[]): Promise<readonly UploadFile[]> {
  const { listFiles } = await import("@huggingface/hub");
  const { repo, upload, options } = hub;
  const { platform } = options;
  const there = await withRetries(
    async () => {
      const found = new Map<
        string,
        { readonly size: number; readonly sha256?: string; readonly oid?: string }
      >();
      for await (const { type, path, size, lfs, oid } of listFiles({ ...access(hub), repo, recursive: true }))
        if (type === "file") found.set(path, { size, ...(lfs ? { sha256: lfs.oid } : { oid: oid ?? "" }) });
      return found;
    },
    upload,
    options,
  );
  const changed: UploadFile[] = [];
  for (const file of files) {
    const { content } = file;
    const known = there.get(file.path);
    const read = async (): Promise<Uint8Array> =>
      content instanceof Uint8Array ? content : platform.files.read(content.file);
    const hash = async (): Promise<string> =>
      known?.sha256 === undefined
        ? gitHash(await read())
        : content instanceof Uint8Array
          ? platform.sha256(content)
          : platform.files.sha256(content.file, options.signal);
    const same = known?.size === file.bytes && (await hash()) === (known.sha256 ?? known.oid);
    if (!same) changed.push(file);
  }
  return changed;
}

/** Sends the files and commits them. @returns the commit's hash */
async function commitFiles(hub: Hub, files: readonly UploadFile[]): Promise<string> {
  const { commitIter } = await import("@huggingface/hub");
  const { signal, onEvent, title } = hub.options;
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const sizes = new Map(files.map(({ path, bytes }) => [path, bytes]));
  const sent = new Set<string>();
  const report = (done: number): void =>
    onEvent?.({ event: "progress", phase: "upload", done, total, unit: "bytes" });
  report(0);
  const steps = commitIter({
    ...access(hub),
    repo: hub.repo,
    title,
    operations: files.map(({ path, content }) => ({
      operation: "addOrUpdate" as const,
      path,
      content: content instanceof Uint8Array ? new Blob([content]) : pathToFileURL(content.file),
    })),
    // Whole files by their hash: received files are skipped at the next attempt, and a test server can implement it.
    useXet: false,
    ...(signal && { abortSignal: signal }),
  });
  for (;;) {
    const { done, value } = await steps.next();
    if (done) {
      report(total);
      return value?.commit.oid ?? "";
    }
    if (value.event !== "fileProgress" || value.state !== "uploading" || value.progress < 1) continue;
    sent.add(value.path);
    report([...sent].reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0));
  }
}

/** Explains an upload error; no message contains the token. */
function uploadError(error: unknown, { repo, endpoint, token, upload, options }: Hub): EngraftError {
  if (options.signal?.aborted)
    return new EngraftError("Interrupted", "the upload was stopped on request", {
      help: "run the command again: files that arrived are not sent again",
    });
  if (error instanceof EngraftError) return error;
  const { statusCode: status } = error as { readonly statusCode?: unknown };
  const details = { endpoint, status };
  const failed = (message: string, help: string): EngraftError =>
    new EngraftError("NetworkError", message, { at: `${endpoint}/${repo.name}`, help, details });
  const again = "run the command again: files that arrived are not sent again";
  if (status === 401)
    return failed(
      "the hub does not accept the token (HTTP 401)",
      `make one with write access at ${tokenPage}, then set HF_TOKEN, or run \`hf auth login\` once`,
    );
  if (status === 403)
    return failed(
      `the token may not write to ${repo.name} (HTTP 403)`,
      `it needs write access (${tokenPage}), and its owner has to be a member of the organisation`,
    );
  const retryAfter = upload.retryAfter();
  if (status === 429)
    return failed(
      "the hub answered HTTP 429: too many requests",
      retryAfter === undefined ? "wait a few minutes" : `wait ${Math.ceil(retryAfter)} s, then ${again}`,
    );
  const onTheWay = connectionError(error, endpoint, options.platform);
  if (onTheWay) return onTheWay;
  // The server's text: one line without control characters, and never the token.
  const answer = messageOf(error)
    .replaceAll(token, "…")
    .replace(/\. URL: \S+$/, "")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")
    .slice(0, 300);
  if (typeof status === "number" && status < 500)
    return failed(
      `the hub refused the upload to ${repo.name} (HTTP ${status}): ${answer}`,
      "check the name and the card",
    );
  if (typeof status === "number")
    return failed(`the hub answered HTTP ${status} in ${mostTries} tries`, `try again later; ${again}`);
  if (isUnreachable(error))
    return failed(
      `the connection to the hub failed in ${mostTries} tries: ${answer}`,
      `check the network; ${again}`,
    );
  return failed(`the upload to ${repo.name} failed: ${answer}`, again);
}
