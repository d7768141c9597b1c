import { EngraftError } from "../core/errors.js";
import type { Platform } from "../platform/platform.js";
import { RunFolder } from "./folder/run-folder.js";
import { manifestFormat, type RunManifest } from "./folder/run-manifest.js";

/**
 * Executes a run in a new, locked folder.
 * @param started manifest fields to write first; the rest comes from the machine
 * @param isDry the run ends where its training would begin, and its folder is removed
 */
export async function newRun<Result>(
  platform: Platform,
  path: string,
  started: Omit<RunManifest, "format" | "status" | "started" | "versions" | "machine" | "threads"> & {
    readonly threads: number | undefined;
  },
  executeRun: (run: RunFolder) => Promise<Result>,
  isDry = false,
): Promise<Result> {
  const { files } = platform;
  const manifest: RunManifest = {
    format: manifestFormat,
    status: "running",
    ...started,
    started: new Date().toISOString(),
    versions: {},
    machine: platform.machine(),
    threads: started.threads ?? platform.cores(),
  };
  await files.ensureDir(files.dirname(path));
  return files.withLock(
    path,
    async () => {
      const run = await RunFolder.create(platform, path, manifest);
      run.isDry = isDry;
      try {
        return await executeRun(run);
      } catch (error) {
        if (isDry) {
          await run.discard();
          throw error;
        }
        // Wrong input or a full disk, and nothing to resume: remove the folder, so that the corrected command can use
        // it.
        const wrong = error instanceof EngraftError && error.exitCode === 2;
        if (wrong && !(await run.isWorthKeeping())) await run.discard().catch(() => undefined);
        throw error;
      }
    },
    { what: `the run folder "${path}"` },
  );
}
