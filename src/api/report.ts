import { EngraftError, messageOf } from "../core/errors.js";
import type { Platform } from "../platform/platform.js";
import type { Lang } from "../report/words/langs.js";
import { openFolder } from "../run/folder/manifest-folder.js";
import { type Machine, openMachine } from "../run/machine.js";
import { hideUserFolders } from "../run/report/keep-report.js";
import { pageAt, type ReportOptions, type RunReport, requireLang } from "../run/report/run-report.js";
import { reportOn } from "../tasks/report/write-report.js";

/**
 * Writes the report.html of a run from its record; for an unfinished run, its state so far. A comparison, a learning curve
 * and a diagnosis also have a page.
 * @throws RunError if the folder has no run, or its manifest is damaged
 * @example
 * const { report: page } = await report("runs/2026-01-31-flowers");
 */
export async function report(run: string, options: ReportOptions = {}): Promise<RunReport> {
  requireLang(options.lang);
  const machine = await openMachine();
  return (await reportOfMany(machine, run, options)) ?? reportOn(machine, run, options);
}

/** Writes the page of a comparison, a learning curve or a diagnosis. @returns undefined for another folder */
async function reportOfMany(
  machine: Machine,
  path: string,
  { lang, out }: ReportOptions,
): Promise<RunReport | undefined> {
  const { platform } = machine;
  const { files } = platform;
  const run = files.resolve(path);
  const many = await pageOfMany(platform, run, lang);
  if (!many) return undefined;
  const report = out === undefined ? files.join(run, "report.html") : await pageAt(platform, out);
  await files.writeAtomic(report, hideUserFolders(machine, many.page, [run, many.manifest]));
  return { run, report, status: many.status, events: 0, broken: 0 };
}

/** Page of a study, a folder of many runs. */
interface PageOfMany {
  /** State of the study. "stopped": not done, and no process works on it. */
  readonly status: "running" | "stopped" | "done";
  readonly page: string;
  /** Record of the study, which contains paths of the user. */
  readonly manifest: object;
}

type Place = readonly [platform: Platform, path: string];

/** How the folder of a study is opened, by the name of its manifest. */
const studies = {
  "comparison.json": async (...at: Place) =>
    openFolder((await import("../studies/compare/comparison-folder.js")).ComparisonFolder, ...at),
  "curve.json": async (...at: Place) =>
    openFolder((await import("../studies/curve/curve-folder.js")).CurveFolder, ...at),
  "diagnosis.json": async (...at: Place) =>
    openFolder((await import("../studies/diagnose/diagnosis-folder.js")).DiagnosisFolder, ...at),
};

/**
 * Returns the page of a comparison, a learning curve or a diagnosis, from its manifest.
 * @returns undefined for another folder
 * @throws RunError if the manifest is damaged, or there is no result yet
 */
async function pageOfMany(
  platform: Platform,
  path: string,
  lang: Lang | undefined,
): Promise<PageOfMany | undefined> {
  const { files } = platform;
  for (const [file, open] of Object.entries(studies)) {
    if (!(await files.stat(files.join(path, file)))) continue;
    const { kind, manifest } = await open(platform, path);
    const { result } = manifest;
    if (!result)
      throw new EngraftError("RunError", `the ${kind.what} at "${path}" has no result yet`, {
        help: `go on with it: ${kind.resume} ${path}`,
      });
    const status =
      manifest.status !== "running"
        ? "done"
        : (await files.lockState?.(path)) === "held"
          ? "running"
          : "stopped";
    try {
      const { studyPage } = await import("../report/studies/study-sheets.js");
      return { status, page: studyPage(result, lang), manifest };
    } catch (error) {
      // A result from a file that cannot be rendered is damaged.
      throw new EngraftError("RunError", `the ${kind.what}'s result is damaged: ${messageOf(error)}`, {
        at: files.join(path, file),
        help: `go on with a copy that is whole, or start anew with another --out`,
        cause: error,
      });
    }
  }
  return undefined;
}
