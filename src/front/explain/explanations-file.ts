import type { Explanation, RunExplanations } from "../../core/explanation.js";
import type { Platform } from "../../platform/platform.js";

const file = "explanations.json";
/** A hundred rows of a thousand columns are 10 MB. */
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

/** The file may be somebody's: what the report reads must be there. */
function isSound(json: unknown): json is RunExplanations {
  const { format, rows } = (json ?? {}) as Partial<RunExplanations>;
  return format === 1 && Array.isArray(rows) && rows.every(isExplanation);
}

function isExplanation(json: unknown): json is Explanation {
  const {
    input,
    class: output,
    class_score: score,
    base_value: base,
    columns,
  } = (json ?? {}) as Partial<Explanation>;
  return (
    [input, output].every((text) => typeof text === "string") &&
    [score, base].every(Number.isFinite) &&
    Array.isArray(columns) &&
    columns.every(
      ({ name, value, weight }) =>
        typeof name === "string" && typeof value === "string" && Number.isFinite(weight),
    )
  );
}
