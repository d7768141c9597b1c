import type { OnEvent } from "../core/events/events.js";
import { type Message, message, warningText } from "../core/messages/message.js";
import type { Platform } from "../platform/platform.js";
import type { Extension } from "../train/fit.js";
import { RunFolder } from "./folder/run-folder.js";
import type { RunKind } from "./folder/run-kinds.js";
import type { RunManifest } from "./folder/run-manifest.js";

/** How runs of one kind are resumed. */
interface ResumedKind<Result> {
  /** Kinds of runs that are resumed. A run of another kind is refused. */
  readonly kinds: readonly RunKind[];
  /** @throws EngraftError for a run that cannot be resumed here. Default: nothing is checked */
  readonly check?: (run: RunFolder) => Promise<unknown>;
  /** Returns the result of a finished run of this kind. */
  readonly resultIn: (manifest: RunManifest) => Result | undefined;
  readonly execute: (run: RunFolder) => Promise<Result>;
  /** Adds to the result of a finished run what its user has filled in since. Default: nothing. */
  readonly filledIn?: (run: RunFolder, result: Result) => Promise<Result>;
  /** Trains a finished run further. Default: its result is returned. */
  readonly more?: Extension;
  /** Threads of the runtime. Default: as before. */
  readonly threads?: number | undefined;
  readonly onEvent?: OnEvent | undefined;
}

/** Removes the lock of a process that was killed after its run was done. A folder that cannot be written keeps it. */
async function removeLeftLock({ files }: Platform, folder: string): Promise<void> {
  if ((await files.lockState?.(folder)) !== "left") return;
  await files.withLock(folder, async () => undefined).catch(() => undefined);
}

/**
 * Resumes a run, locked meanwhile. A finished run returns its result again, with the current paths of its folder, or is trained
 * further.
 * @throws RunError if a run shall be trained further that is not finished, or that trains nothing by steps
 */
export async function resumeRun<Result extends Parameters<OnEvent>[0] & { run: string; model: string }>(
  platform: Platform,
  path: string,
  { kinds, check, resultIn, execute, filledIn, more, threads, onEvent }: ResumedKind<Result>,
): Promise<Result> {
  const folder = platform.files.resolve(path);
  const warn = (code: string, sentence: Message): void =>
    onEvent?.({ event: "warning", ...warningText(code, sentence) });
  const open = async () => {
    await (await import("./folder/run-kinds.js")).requireKind(platform, folder, kinds);
    const run = await RunFolder.open(platform, folder);
    await check?.(run);
    return { run, result: run.manifest.status === "done" ? resultIn(run.manifest) : undefined };
  };
  const again = async ({ run }: { readonly run: RunFolder }, result: Result): Promise<Result> => {
    const moved = { ...result, run: run.path, model: run.file("model") };
    const here = filledIn ? await filledIn(run, moved) : moved;
    onEvent?.(here);
    return here;
  };
  const before = await open();
  if (more) await (await import("./folder/extend-run.js")).requireExtendable(platform, before.run);
  else if (before.result) {
    await removeLeftLock(platform, folder);
    return again(before, before.result);
  }
  return platform.files.withLock(
    folder,
    async () => {
      // Reload: another process may have resumed this run.
      const { run, result } = await open();
      if (result && !more) return again({ run }, result);
      if (more) (await import("./folder/extend-run.js")).extendRun(run, more);
      const { machine, threads: started } = run.manifest;
      if (machine !== platform.machine()) warn("machine", message("other-machine", { machine }));
      if (threads !== undefined && threads !== started)
        warn("threads", message("other-threads", { before: started, now: threads }));
      return execute(run);
    },
    {
      what: `the run folder "${folder}"`,
      // The lock of a process that was killed on another machine is free after 15 s.
      wait: 20_000,
      onWait: () => warn("lock", message("waits-for-run", { folder })),
    },
  );
}

/** Returns the options of a resumed run: those that it recorded, and those given now. A missing value leaves the recorded one. */
export function resumedOptions<Recorded extends object, Given extends object>(
  recorded: Recorded,
  threads: number | undefined,
  now: Given,
): Recorded & { readonly threads: number | undefined } & Given {
  const given = Object.entries(now).filter(([, value]) => value !== undefined);
  return { ...recorded, threads, ...(Object.fromEntries(given) as Given) };
}
