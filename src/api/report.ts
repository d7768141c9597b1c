import { type Machine, openMachine } from "../run/machine.js";
import { hideUserFolders } from "../run/report/keep-report.js";
import { pageAt, type ReportOptions, type RunReport, requireLang } from "../run/report/run-report.js";
import { reportOn } from "../tasks/report/write-report.js";
import { pageOfMany } from "./report-of-many.js";

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
