import { EngraftError } from "../../core/errors.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import type { Platform } from "../../platform/platform.js";
import { downloadFile, type HubFile, isWhole } from "./hub-download.js";
import { hubError, offline, patientFetch } from "./hub-fetch.js";
import { type HubRef, hubEndpoint, isSafePath, webAddress } from "./hub-ref.js";
import { tokenOfEnvironment } from "./hub-token.js";

export interface HubOptions {
  readonly platform: Platform;
  readonly onEvent?: OnProgress;
  readonly signal?: AbortSignal;
  /** Milliseconds without an answer after which an attempt fails. Default 60,000. */
  readonly patience?: number;
  /** Milliseconds before the second attempt of a download. Default 1000. */
  readonly pause?: number;
}

/** Files of a repository's commit on this machine. */
export interface HubSnapshot {
  readonly repo: string;
  readonly commit: string;
  /** Licence in the model card: "apache-2.0", the name of another licence, or "not stated". */
  readonly license: string;
  /** Address of another licence's text: the card's link, else the repository's page. */
  readonly licenseLink: string;
  /** Absolute path of each file, by its path in the repository. */
  readonly paths: ReadonlyMap<string, string>;
}

/** The stored listing of a revision, so that it can be opened without a network. */
interface Listing {
  readonly commit: string;
  readonly license: string;
  readonly licenseLink: string;
  readonly files: readonly HubFile[];
}

/** Longest listing that is accepted; no model repository has so many files. */
const mostFiles = 20_000;
const commitPattern = /^[0-9a-f]{40}$/;

/**
 * Returns the chosen files of a repository, downloading those that are not here yet. Without a network (or with
 * HF_HUB_OFFLINE=1) earlier downloads are used.
 *
 * Environment: HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE; the cache is `hub/` in the cache folder.
 *
 * @param choose returns the wanted paths of the repository; throws if a required one is missing
 * @param more returns further paths, by the contents of those
 * @throws NetworkError
 */
export async function fetchFromHub(
  ref: HubRef,
  choose: (files: readonly HubFile[]) => readonly string[],
  options: HubOptions,
  more?: (files: readonly HubFile[], here: ReadonlyMap<string, string>) => Promise<readonly string[]>,
): Promise<HubSnapshot> {
  const { platform } = options;
  const { files } = platform;
  const endpoint = hubEndpoint(platform);
  const token = tokenOfEnvironment(platform);
  const folder = files.join(platform.cacheDir(), "hub", ref.repo.replace("/", "--"));
  const listingPath = files.join(folder, "refs", `${encodeURIComponent(ref.revision)}.json`);
  await files.ensureDir(folder);

  return files.withLock(
    files.join(folder, "download"),
    async () => {
      const listing = await currentListing(ref, listingPath, endpoint, token, options);
      const byPath = new Map(listing.files.map((file) => [file.path, file]));
      const paths = new Map<string, string>();
      const fetchOne = async (path: string): Promise<void> => {
        const file = byPath.get(path);
        if (!file || !isSafePath(path)) throw damaged(ref, endpoint, `a file called ${JSON.stringify(path)}`);
        const target = files.join(folder, listing.commit, ...path.split("/"));
        if (!(await isWhole(platform, target, file))) {
          if (isOffline(platform))
            throw offline(endpoint, `HF_HUB_OFFLINE is set, and ${path} is not kept here`);
          await downloadFile(ref, listing.commit, file, target, { ...options, endpoint, token });
        }
        paths.set(path, target);
      };
      for (const path of choose(listing.files)) await fetchOne(path);
      for (const path of (await more?.(listing.files, paths)) ?? []) await fetchOne(path);
      const { commit, license, licenseLink } = listing;
      return { repo: ref.repo, commit, license, licenseLink, paths };
    },
    { wait: 3_600_000, what: `the download of ${ref.repo}` },
  );
}

export function isOffline(platform: Platform): boolean {
  return /^(1|true|yes|on)$/i.test(platform.env("HF_HUB_OFFLINE") ?? "");
}

/** Returns the listing from the hub if it can be reached, else the stored one; a commit never changes. */
async function currentListing(
  ref: HubRef,
  path: string,
  endpoint: string,
  token: string | undefined,
  options: HubOptions,
): Promise<Listing> {
  const { platform } = options;
  const kept = await readListing(platform, path);
  if (kept && commitPattern.test(ref.revision)) return kept;
  if (isOffline(platform)) {
    if (kept) return kept;
    throw offline(endpoint, `HF_HUB_OFFLINE is set, and ${ref.repo}@${ref.revision} is not kept here`);
  }
  try {
    const fresh = await fetchListing(ref, endpoint, token, options);
    await platform.files.writeAtomic(path, JSON.stringify(fresh));
    return fresh;
  } catch (error) {
    const failure = hubError(error, `${ref.repo}@${ref.revision}`, endpoint, options);
    if (!kept || failure.details.offline !== true) throw failure;
    options.onEvent?.({
      event: "warning",
      code: "offline",
      message: `${failure.message}; using the copy of ${ref.repo} that is kept here`,
    });
    return kept;
  }
}

async function fetchListing(
  ref: HubRef,
  endpoint: string,
  token: string | undefined,
  { platform, signal, patience = 60_000 }: HubOptions,
): Promise<Listing> {
  const { listFiles, modelInfo } = await import("@huggingface/hub");
  const shared = {
    hubUrl: endpoint,
    fetch: patientFetch(platform, signal, patience),
    ...(token === undefined ? {} : { accessToken: token }),
  };
  const info = await modelInfo({
    ...shared,
    name: ref.repo,
    revision: ref.revision,
    additionalFields: ["sha", "cardData", "tags"],
  });
  const { sha } = info;
  if (typeof sha !== "string" || !commitPattern.test(sha))
    throw damaged(ref, endpoint, `a commit ${JSON.stringify(sha)}`);
  const found: HubFile[] = [];
  for await (const entry of listFiles({
    ...shared,
    repo: { type: "model", name: ref.repo },
    revision: sha,
    recursive: true,
  })) {
    if (entry.type !== "file") continue;
    found.push({ path: entry.path, size: entry.size, sha256: entry.lfs?.oid, oid: entry.oid });
    if (found.length > mostFiles) throw damaged(ref, endpoint, `more than ${mostFiles} files`);
  }
  return {
    commit: sha,
    ...licenseOf(info, ref),
    files: found.map((file) => checkFile(file, ref, endpoint)),
  };
}

/** Returns the address of a repository's page. */
export const pageOf = ({ repo }: HubRef): string => `https://huggingface.co/${repo}`;

function licenseOf(
  info: { readonly cardData?: unknown; readonly tags?: unknown },
  ref: HubRef,
): { readonly license: string; readonly licenseLink: string } {
  const card = (info.cardData ?? {}) as Readonly<Record<string, unknown>>;
  const tags = Array.isArray(info.tags) ? info.tags : [];
  const tag = tags.find((t): t is string => typeof t === "string" && t.startsWith("license:"));
  const stated = typeof card.license === "string" ? card.license : tag?.slice("license:".length);
  const name =
    stated === "other" && typeof card.license_name === "string" ? card.license_name.slice(0, 200) : stated;
  return { license: name ?? "not stated", licenseLink: webAddress(card.license_link) ?? pageOf(ref) };
}

function checkFile(file: HubFile, ref: HubRef, endpoint: string): HubFile {
  const ok =
    typeof file.path === "string" &&
    Number.isSafeInteger(file.size) &&
    file.size >= 0 &&
    (file.sha256 === undefined || /^[0-9a-f]{64}$/.test(file.sha256));
  if (!ok) throw damaged(ref, endpoint, `a file ${JSON.stringify(file)}`);
  // For large files git's hash is that of the pointer; only the sha256 identifies the content.
  const oid = file.sha256 === undefined && commitPattern.test(file.oid ?? "") ? file.oid : undefined;
  return { path: file.path, size: file.size, sha256: file.sha256, oid };
}

function damaged(ref: HubRef, endpoint: string, what: string): EngraftError {
  return new EngraftError("NetworkError", `the hub's answer for ${ref.repo} holds ${what}`, {
    at: endpoint,
    help: "the address in HF_ENDPOINT may not be a hub",
  });
}

async function readListing(platform: Platform, path: string): Promise<Listing | undefined> {
  if (!(await platform.files.stat(path))) return undefined;
  try {
    const text = new TextDecoder().decode(await platform.files.read(path, { limit: 2 ** 26 }));
    const listing = JSON.parse(text) as Listing;
    return commitPattern.test(listing.commit) && Array.isArray(listing.files) ? listing : undefined;
  } catch {
    // A damaged listing counts as missing: it is requested again.
    return undefined;
  }
}
