import { messageOf } from "../core/errors.js";
import type { OnProgress } from "../core/events/progress-events.js";
import { message, warningText } from "../core/messages/message.js";
import type { Platform } from "../platform/platform.js";
import type { RunFolder } from "./folder/run-folder.js";

/** Fingerprints of test splits, and the runs that scored them. */
type Usage = Record<string, readonly string[]>;

/** Most runs that are stored for one test split. */
const most = 1000;

/** Returns the name under which a run is counted. A run that was trained further has scored its test split before. */
export function evaluationOf({ path, manifest }: Pick<RunFolder, "path" | "manifest">): string {
  const times = manifest.extensions?.length ?? 0;
  return times === 0 ? path : `${path}, trained further ${times} times`;
}

/**
 * Counts an evaluation of a test split. Choosing among many runs by their test score is training on the test split. The
 * count, cached by the fingerprint of the test items, shows how often that happened.
 * @param onEvent receives a warning if the count cannot be stored: then it is a lower bound
 * @returns how many *other* runs are known to have scored this test split
 */
export async function countTestEvaluations(
  platform: Platform,
  fingerprint: string,
  run: string,
  onEvent?: OnProgress,
): Promise<number> {
  const { files } = platform;
  const path = files.join(platform.cacheDir(), "test-looks.json");
  try {
    return await files.withLock(
      path,
      async () => {
        const usage = await read(platform, path);
        const before = usage[fingerprint] ?? [];
        if (!before.includes(run)) usage[fingerprint] = [...before, run].slice(-most);
        await files.writeAtomic(path, JSON.stringify(usage));
        return before.filter((other) => other !== run).length;
      },
      { wait: 5000, what: "the count of test looks" },
    );
  } catch (error) {
    // A read-only cache folder, or a damaged count: the run continues and reports that the count is unknown.
    const unknown = message("test-usage-unknown", { why: messageOf(error) });
    onEvent?.({ event: "warning", ...warningText("test-looks", unknown) });
    return 0;
  }
}

async function read({ files }: Platform, path: string): Promise<Usage> {
  if (!(await files.stat(path))) return {};
  return JSON.parse(new TextDecoder().decode(await files.read(path, { limit: 2 ** 26 }))) as Usage;
}
