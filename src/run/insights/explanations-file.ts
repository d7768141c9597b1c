import type { Explanation, RunExplanations } from "../../core/results/explanation.js";
import type { Platform } from "../../platform/platform.js";
import { readReportJson } from "../folder/report-json.js";

const file = "explanations.json";

/** Writes the explanations of a run into its folder. */
export async function keepExplanations(
  { files }: Platform,
  run: string,
  explanations: RunExplanations,
): Promise<void> {
  await files.writeAtomic(files.join(run, file), `${JSON.stringify(explanations)}\n`);
}

/** Reads the explanations of a run; undefined if there are none, or the file is damaged. */
export const explanationsIn = (platform: Platform, run: string): Promise<RunExplanations | undefined> =>
  readReportJson(platform, platform.files.join(run, file), isSound);

function isSound(json: unknown): json is RunExplanations {
  const { format, samples } = (json ?? {}) as Partial<RunExplanations>;
  return format === 1 && Array.isArray(samples) && samples.every(isExplanation);
}

function isExplanation(json: unknown): json is Explanation {
  const told = (json ?? {}) as Partial<Explanation>;
  const { columns = [], words = [], map, base_value: base } = told;
  // Maps of sounds are by occlusion, which has no base value.
  const numbers = [told.class_score, ...(base === undefined && map ? map.values : [base])];
  return (
    [told.input, told.class].every((text) => typeof text === "string") &&
    numbers.every(Number.isFinite) &&
    (map === undefined || map.values.length === map.rows * map.columns) &&
    Array.isArray(columns) &&
    columns.every(
      ({ name, value, weight }) =>
        typeof name === "string" && typeof value === "string" && Number.isFinite(weight),
    ) &&
    Array.isArray(words) &&
    words.every(({ text, weight = 0 }) => typeof text === "string" && Number.isFinite(weight))
  );
}
