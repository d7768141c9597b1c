import type { Explanation, RunExplanations } from "../../core/results/explanation.js";
import type { Platform } from "../../platform/platform.js";

const file = "explanations.json";
/** Largest file, in bytes: a hundred rows of a thousand columns are 10 MB. */
const largest = 2 ** 25;

/** Writes the explanations of a run into its folder. */
export async function keepExplanations(
  { files }: Platform,
  run: string,
  explanations: RunExplanations,
): Promise<void> {
  await files.writeAtomic(files.join(run, file), `${JSON.stringify(explanations)}\n`);
}

/** Reads the explanations of a run; undefined if there are none, or the file is damaged. */
export async function explanationsIn({ files }: Platform, run: string): Promise<RunExplanations | undefined> {
  const path = files.join(run, file);
  if (!(await files.stat(path))) return undefined;
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(await files.read(path, { limit: largest })));
    return isSound(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** The file may come from anywhere: everything that the report reads is checked. */
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
