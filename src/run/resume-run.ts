import type { OnEvent } from "../core/events/events.js";
import type { Platform } from "../platform/platform.js";
import { RunFolder, type RunManifest } from "./folder/run-folder.js";

/** How runs of one kind are resumed. */
interface ResumedKind<Result> {
  /** @throws RunError for a run of another kind */
  readonly check: (run: RunFolder) => void | Promise<void>;
  /** Returns the result of a finished run of this kind. */
  readonly resultIn: (manifest: RunManifest) => Result | undefined;
  readonly execute: (run: RunFolder) => Promise<Result>;
  /** Threads of the runtime. Default: as before. */
  readonly threads?: number | undefined;
  readonly onEvent?: OnEvent | undefined;
}

/** Resumes a run, locked meanwhile. A finished run returns its result again, with the current paths of its folder. */
export async function resumeRun<Result extends Parameters<OnEvent>[0] & { run: string; model: string }>(
  platform: Platform,
  path: string,
  { check, resultIn, execute, threads, onEvent }: ResumedKind<Result>,
): Promise<Result> {
  const folder = platform.files.resolve(path);
  const warn = (code: string, message: string): void => onEvent?.({ event: "warning", code, message });
  const finished = async (): Promise<RunFolder | Result> => {
    const run = await RunFolder.open(platform, folder);
    await check(run);
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
      const run = await finished();
      if (!(run instanceof RunFolder)) return run;
      const { machine, threads: started } = run.manifest;
      if (machine !== platform.machine())
        warn("machine", `the run was started on ${machine}: the result will not be bit-identical here`);
      if (threads !== undefined && threads !== started)
        warn(
          "threads",
          `the run was started with ${started} threads: with ${threads} the result may differ in the last bits`,
        );
      return execute(run);
    },
    {
      what: `the run folder "${folder}"`,
      // The lock of a process that was killed on another machine is free after 15 s.
      wait: 20_000,
      onWait: () =>
        warn("lock", `waiting for the process that held "${folder}" to give it back, at most 20 s`),
    },
  );
}
