import { EngraftError, messageOf } from "../core/errors.js";
import type { Platform } from "../platform/platform.js";
import type { Lang } from "../report/words/langs.js";

/** The page of a folder of many runs. */
export interface PageOfMany {
  /** "stopped": not done, and no process works on it. */
  readonly status: "running" | "stopped" | "done";
  readonly page: string;
  /** What was asked for, with the user's paths. */
  readonly manifest: object;
}

/** What such a folder holds, by its manifest's name: what it is called, how it goes on, and its page as far as it is known. */
const kinds = {
  "comparison.json": {
    ...{ what: "comparison", command: "compare" },
    async open(platform: Platform, path: string, lang: Lang | undefined) {
      const { ComparisonFolder } = await import("../studies/compare/comparison-folder.js");
      const { renderComparison } = await import("../report/pages/comparison.js");
      const { manifest } = await ComparisonFolder.open(platform, path);
      const { status, result } = manifest;
      return { done: status !== "running", page: result && (() => renderComparison(result, lang)), manifest };
    },
  },
  "curve.json": {
    ...{ what: "learning curve", command: "curve" },
    async open(platform: Platform, path: string, lang: Lang | undefined) {
      const { CurveFolder } = await import("../studies/curve/curve-folder.js");
      const { renderCurve } = await import("../report/pages/curve-report.js");
      const { manifest } = await CurveFolder.open(platform, path);
      const { status, result } = manifest;
      return { done: status === "done", page: result && (() => renderCurve(result, lang)), manifest };
    },
  },
  "diagnosis.json": {
    ...{ what: "diagnosis", command: "diagnose" },
    async open(platform: Platform, path: string, lang: Lang | undefined) {
      const { DiagnosisFolder } = await import("../studies/diagnose/diagnosis-folder.js");
      const { renderDiagnosis } = await import("../report/pages/diagnosis.js");
      const { manifest } = await DiagnosisFolder.open(platform, path);
      const { status, result } = manifest;
      return { done: status === "done", page: result && (() => renderDiagnosis(result, lang)), manifest };
    },
  },
};

/**
 * The page of a comparison, a learning curve or a diagnosis, from its manifest.
 * @returns undefined for a folder that is none of them
 * @throws RunError when its manifest is damaged, or nothing in it has come to an end
 */
export async function pageOfMany(
  platform: Platform,
  path: string,
  lang: Lang | undefined,
): Promise<PageOfMany | undefined> {
  const { files } = platform;
  for (const [file, { what, command, open }] of Object.entries(kinds)) {
    if (!(await files.stat(files.join(path, file)))) continue;
    const { done, page, manifest } = await open(platform, path, lang);
    if (!page)
      throw new EngraftError("RunError", `the ${what} at "${path}" has no result yet`, {
        help: `go on with it: engraft ${command} --resume ${path}`,
      });
    const status = done ? "done" : (await files.lockState?.(path)) === "held" ? "running" : "stopped";
    try {
      return { status, page: page(), manifest };
    } catch (error) {
      // What was read is somebody's file: a result that cannot be drawn is damaged.
      throw new EngraftError("RunError", `the ${what}'s result is damaged: ${messageOf(error)}`, {
        at: files.join(path, file),
        help: `go on with a copy that is whole, or start anew with another --out`,
        cause: error,
      });
    }
  }
  return undefined;
}
