import { EngraftError, messageOf } from "../core/errors.js";
import { type EngraftEvent, isTrained, type TrainedResult } from "../core/events/events.js";
import type { Files, Platform } from "../platform/platform.js";
import { RunFolder } from "../run/folder/run-folder.js";
import { encodeError } from "../runtime/protocol.js";
import type { KeptRun, Trained, TrainedFile } from "./messages.js";

/** Returns the path of a run. @throws OptionError for a name that is a path */
export function runPath(name: string): string {
  if (typeof name === "string" && /^[^/\\]+$/.test(name) && name !== "." && name !== "..")
    return `/runs/${name}`;
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

/** Returns the files of a folder and of its folders. */
export async function readFolder(files: Files, top: string): Promise<TrainedFile[]> {
  const found: TrainedFile[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const { name, kind } of await files.list(folder)) {
      const path = files.join(folder, name);
      if (kind === "folder") await walk(path);
      else found.push({ path: files.relative(top, path), content: await files.read(path) });
    }
  };
  await walk(top);
  return found;
}

/** Returns the result of a run with the files of its model, and its report. */
export async function readTrained(files: Files, result: TrainedResult): Promise<Trained> {
  const report = files.join(result.run, "report.html");
  const text = (await files.stat(report)) && new TextDecoder().decode(await files.read(report));
  return { result, files: await readFolder(files, result.model), report: text };
}

/** Returns the runs and the saved sessions in the storage of the browser, the newest first. */
export async function listStoredRuns(platform: Platform): Promise<KeptRun[]> {
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
    } catch (error) {
      const timeOf = async (path: string): Promise<string | undefined> => {
        const file = await platform.files.stat(`/runs/${name}/${path}`);
        return file && new Date(file.modified).toISOString();
      };
      const [manifest, model] = [await timeOf("run.json"), await timeOf("model/engraft.json")];
      const reason = { reason: messageOf(error), error: encodeError(error) };
      if (manifest) kept.push({ name, status: "damaged", started: manifest, ...reason });
      // The model of a session. Else it is no run, or one that was closed before its manifest was written.
      else if (model) kept.push({ name, status: "done", started: model, strategy: "probe" });
    }
  }
  return kept.sort((a, b) => (a.started < b.started ? 1 : -1));
}

/** Returns the recorded events of a run. */
export async function readStoredEvents(platform: Platform, name: string): Promise<readonly EngraftEvent[]> {
  const { recordOf } = await import("../run/report/run-report.js");
  return (await recordOf(platform, await RunFolder.open(platform, runPath(name)))).events;
}

/** Removes a run that no other tab uses. */
export async function removeStoredRun({ files }: Platform, name: string): Promise<undefined> {
  const path = runPath(name);
  await files.withLock(path, () => files.remove(path), { what: `the run ${JSON.stringify(name)}` });
}

/** Returns the error for other data than those of the run, with help for pages. Undefined for another error. */
export function otherData(error: unknown, name: string): EngraftError | undefined {
  if (!(error instanceof EngraftError) || error.details.changed !== "data") return undefined;
  const { how } = error.details;
  return new EngraftError("RunError", `these are other data than the run's: ${how}`, {
    at: error.at,
    help: `choose the data that the run was started with, or start over: removeRun(${JSON.stringify(name)})`,
    code: "other-data",
    details: error.details,
    cause: error,
  });
}
