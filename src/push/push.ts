import { findModelFolder } from "../bases/model-folder/model-folder.js";
import { EngraftError } from "../core/errors.js";
import type { OnProgress } from "../core/events/progress-events.js";
import { engraftVersion } from "../core/version.js";
import type { Platform } from "../platform/platform.js";
import { openMachine } from "../run/machine.js";
import { publishable } from "./publishable.js";

/** Options of a push. */
export interface PushOptions {
  /** True to make a new repository public; an existing public one also requires it. Default false. */
  readonly public?: boolean;
  /** True to check everything and send nothing. Default false. */
  readonly dryRun?: boolean;
  /**
   * True to confirm that a licence which is not on the list of the hub, or forbids changes, allows publishing. Default false.
   */
  readonly iMayPublish?: boolean;
  /** Token of the hub. Default: HF_TOKEN, else the token stored by `hf auth login`. */
  readonly token?: string;
  readonly onEvent?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Result of a push, or of a dry run. */
export interface Pushed {
  readonly repository: string;
  readonly dry_run: boolean;
  /** The card's licence; missing if it states none. */
  readonly license?: string;
  /** The card's front matter, YAML. */
  readonly front_matter: string;
  /** All files of the model; `sent` is false for unchanged ones. */
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sent: boolean }[];
  /** Files beside the model that Engraft did not write. They were not sent. */
  readonly left_out: readonly string[];
  /** Address of the repository. Missing in a dry run, as are all fields below. */
  readonly url?: string;
  readonly created?: boolean;
  readonly private?: boolean;
  /** Missing if nothing had changed. */
  readonly commit?: string;
}

/**
 * Publishes a model folder on the Hugging Face hub in one commit. A new repository is private. Data that identifies
 * training items is never sent.
 *
 * Environment: HF_TOKEN, HF_HOME, HF_ENDPOINT.
 * @param model a model folder, an adapter's folder, or its run folder
 * @param repository "org/name"
 * @throws ModelError for a card against the hub's rules; OptionError for the licence, or without a token; NetworkError
 * @example const { files } = await push("runs/2026-01-31-flowers", "me/flowers", { dryRun: true });
 */
export async function push(model: string, repository: string, options: PushOptions = {}): Promise<Pushed> {
  return pushOn((await openMachine()).platform, model, repository, options);
}

/** Runs {@link push} on a given platform. */
export async function pushOn(
  platform: Platform,
  model: string,
  repository: string,
  options: PushOptions & { readonly pause?: number } = {},
): Promise<Pushed> {
  const {
    public: open = false,
    dryRun = false,
    iMayPublish = false,
    token,
    onEvent,
    signal,
    pause,
  } = options;
  checkRepository(repository);
  const dir = await findModelFolder(platform, model);
  const { files: disk } = platform;
  const given = disk.resolve(model);
  if (dir !== given && (await disk.realPath(dir)) !== disk.join(await disk.realPath(given), "model"))
    throw new EngraftError("ModelError", "model/ in the run is a link: what it points to may lie elsewhere", {
      at: dir,
      help: "give the model folder itself",
    });
  const { files, leftOut, frontMatter, license } = await publishable(platform, dir, {
    mayPublish: iMayPublish,
  });
  const checked = {
    repository,
    dry_run: dryRun,
    ...(license !== undefined && { license }),
    front_matter: frontMatter,
    left_out: leftOut,
  };
  const listed = (sent: readonly string[]): Pushed["files"] =>
    files.map(({ path, bytes }) => ({ path, bytes, sent: sent.includes(path) }));
  if (dryRun) return { ...checked, files: listed([]) };
  const { uploadToHub } = await import("../bases/hub/hub-upload-node.js");
  const { sent, ...done } = await uploadToHub(repository, files, {
    platform,
    public: open,
    title: `Upload with Engraft ${engraftVersion}`,
    token,
    onEvent,
    signal,
    pause,
  });
  return { ...checked, ...done, files: listed(sent) };
}

/** Checks the name of a repository. @throws OptionError */
function checkRepository(repository: string): void {
  const part = "(?!.*(?:--|\\.\\.))[A-Za-z0-9](?:[\\w.-]{0,94}[A-Za-z0-9_])?";
  if (new RegExp(`^${part}/${part}$`).test(repository)) return;
  throw new EngraftError("OptionError", `${JSON.stringify(repository)} is no name of a repository`, {
    help: "write org/name: your name on the hub or an organisation's, then letters, digits, -, _ and .",
    details: { repository },
  });
}
