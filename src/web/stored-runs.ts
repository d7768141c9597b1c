import { EngraftError } from "../core/errors.js";
import { isTrained, type TrainedResult } from "../core/events/events.js";
import type { Files } from "../platform/platform.js";
import { openStorage, webPlatform } from "../platform/web.js";
import { RunFolder } from "../run/folder/run-folder.js";
import type { KeptRun, Trained, TrainedFile } from "./messages.js";

/** Opens the volumes that the browser stores for the site. */
export async function storedVolumes() {
  const { runs, cache } = await openStorage();
  return { runs, cache };
}

/** Returns the path of a run. @throws OptionError for a name that is a path */
export function runPath(name: string): string {
  if (/^[^/\\]+$/.test(name) && name !== "." && name !== "..") return `/runs/${name}`;
  throw new EngraftError("OptionError", `${JSON.stringify(name)} is no name for a run`, {
    help: "give a name without slashes",
  });
}

/** Returns an unused name for a run: 2026-01-31, else 2026-01-31-2 and so on. */
export async function freeName(files: Files): Promise<string> {
  const today = new Date().toISOString().slice(0, 10);
  for (let n = 1; ; n++) {
    const name = n === 1 ? today : `${today}-${n}`;
    if (!(await files.stat(runPath(name)))) return name;
  }
}

/** Returns the result of a run with the files of its model, and its report. */
export async function readTrained(files: Files, result: TrainedResult): Promise<Trained> {
  const found: TrainedFile[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const { name, kind } of await files.list(folder)) {
      const path = files.join(folder, name);
      if (kind === "folder") await walk(path);
      else found.push({ path: files.relative(result.model, path), content: await files.read(path) });
    }
  };
  await walk(result.model);
  const report = files.join(result.run, "report.html");
  const text = (await files.stat(report)) && new TextDecoder().decode(await files.read(report));
  return { result, files: found, report: text };
}

/** Returns the runs in the storage of the browser, the newest first. */
export async function listStoredRuns(): Promise<KeptRun[]> {
  const platform = webPlatform(await storedVolumes());
  const kept: KeptRun[] = [];
  for (const { name } of await platform.files.list("/runs")) {
    try {
      const { manifest } = await RunFolder.open(platform, `/runs/${name}`);
      const { status, started, options, decided, result } = manifest;
      const strategy = decided?.strategy ?? options.strategy;
      kept.push({
        name,
        status,
        started,
        ...(typeof strategy === "string" && { strategy }),
        ...(result?.event === "result" && isTrained(result) && { result }),
      });
    } catch {
      // No run, or one that was closed before its manifest was written.
    }
  }
  return kept.sort((a, b) => (a.started < b.started ? 1 : -1));
}

/** Removes a run that no other tab uses. */
export async function removeStoredRun(name: string): Promise<undefined> {
  const path = runPath(name);
  const { files } = webPlatform(await storedVolumes());
  await files.withLock(path, () => files.remove(path), { what: `the run ${JSON.stringify(name)}` });
}

/** Returns the error for other data than those of the run, with help for pages. Undefined for another error. */
export function otherData(error: unknown, name: string): EngraftError | undefined {
  if (!(error instanceof EngraftError) || error.details.changed !== "data") return undefined;
  const { how } = error.details;
  return new EngraftError("RunError", `these are other data than the run's: ${how}`, {
    at: error.at,
    help: `choose the data that the run was started with, or start over: removeRun(${JSON.stringify(name)})`,
    details: error.details,
    cause: error,
  });
}
