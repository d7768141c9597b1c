import type { OnEvent } from "../core/events/events.js";
import type { Platform } from "../platform/platform.js";
import { RunFolder, type RunManifest } from "./folder/run-folder.js";

/** How runs of one kind are resumed. */
interface ResumedKind<Result> {
  /** @throws RunError for a run of another kind */
  readonly check: (manifest: RunManifest) => void;
  /** Returns the result of a finished run of this kind. */
  readonly resultIn: (manifest: RunManifest) => Result | undefined;
  readonly execute: (run: RunFolder) => Promise<Result>;
  readonly onEvent?: OnEvent | undefined;
}

/** Resumes a run, locked meanwhile. A finished run returns its result again, with the paths that its folder has now. */
export async function resumeRun<Result extends Parameters<OnEvent>[0] & { run: string; model: string }>(
  platform: Platform,
  path: string,
  { check, resultIn, execute, onEvent }: ResumedKind<Result>,
): Promise<Result> {
  const folder = platform.files.resolve(path);
  const finished = async (): Promise<RunFolder | Result> => {
    const run = await RunFolder.open(platform, folder);
    check(run.manifest);
    const result = run.manifest.status === "done" ? resultIn(run.manifest) : undefined;
    if (!result) return run;
    const here = { ...result, run: run.path, model: run.file("model") };
    onEvent?.(here);
    return here;
  };
  const before = await finished();
  if (!(before instanceof RunFolder)) return before;
  return platform.files.withLock(
    folder,
    async () => {
      // Reload: another process may have resumed this run.
      const now = await finished();
      return now instanceof RunFolder ? execute(now) : now;
    },
    { what: `the run folder "${folder}"`, wait: 20_000 },
  );
}
