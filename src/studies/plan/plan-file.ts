import { EngraftError, messageOf } from "../../core/errors.js";
import { checkOptions } from "../../options/check-options.js";
import type { TrainOptions } from "../../options/options.js";
import { writeOutput } from "../../platform/disk/write-output.js";
import type { Platform } from "../../platform/platform.js";
import type { PlanResult } from "./result.js";

/** Most bytes of a plan file. A plan is about a page of text. */
const largest = 16 * 2 ** 20;

/** Saves a plan for `train --plan`. @throws OptionError for a file that is no plan, FileError */
export async function savePlan({ files }: Platform, path: string, plan: PlanResult): Promise<void> {
  await writeOutput(files, path, `${JSON.stringify(plan, undefined, 2)}\n`, "plan", "--save");
}

/** Part of a plan that a training needs. */
export type SavedPlan = Pick<PlanResult, "data"> & { readonly options: TrainOptions };

/**
 * Reads a saved plan.
 * @throws FileError for a missing file; OptionError for a file without a plan, or a plan with invalid options
 */
export async function readPlan({ files }: Platform, path: string): Promise<SavedPlan> {
  const at = files.resolve(path);
  if (!(await files.stat(at)))
    throw new EngraftError("OptionError", `there is no plan at "${path}"`, {
      help: "make one: engraft plan <data> --save FILE",
    });
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(await files.read(at, { limit: largest })));
  } catch (error) {
    throw noPlan(path, messageOf(error));
  }
  const { task, data, options } = (value ?? {}) as Partial<PlanResult>;
  if (task !== "plan" || typeof data?.path !== "string" || typeof options !== "object" || options === null)
    throw noPlan(path, `its task is ${JSON.stringify(task)}`);
  checkOptions({ ...options });
  return { data, options };
}

function noPlan(path: string, why: string): EngraftError {
  return new EngraftError("OptionError", `"${path}" holds no plan: ${why}`, {
    help: "give a file that `engraft plan <data> --save FILE` wrote",
  });
}
