import { EngraftError } from "../../core/errors.js";
import type { CustomResultEvent } from "../../core/events/events.js";
import type { Explanation } from "../../core/results/explanation.js";
import { occludeFeatures } from "../../explain/index.js";
import { openFolderSession } from "../../inference/model-session.js";
import type { Context } from "../../run/context.js";
import type { Machine } from "../../run/machine.js";
import type { Runtime } from "../../runtime/runtime.js";
import {
  checkWeights,
  explainByMasks,
  type FeatureSample,
  type Weighed,
} from "../explain/explain-features.js";
import { explainRun } from "../explain/explain-run.js";
import type { ExplainOptions } from "../explain/explanation.js";
import { openCustomFolder } from "./custom-model.js";
import { predictionsOf } from "./custom-scores.js";
import type { CustomSample, TaskParts } from "./task-parts.js";

/** Most test samples that a run explains. */
const most = 20;

/**
 * Explains predictions by hiding features of the sample.
 * @throws OptionError for a method that needs gradients, or a class that the model does not have
 */
export async function explainerOfCustom<Input>(
  parts: TaskParts<Input>,
  { platform }: Pick<Machine, "platform">,
  runtime: Runtime,
  dir: string,
  options: ExplainOptions,
): Promise<(item: unknown) => Promise<Explanation>> {
  const { name, classes, unit } = parts;
  const { method = "shap", class: requested } = options;
  if (method !== "shap" && method !== "lime" && method !== "occlusion")
    throw new EngraftError("OptionError", `the method ${method} is not for ${name}`, {
      help: "use shap, lime or occlusion",
      details: { option: "method", task: name },
    });
  const wanted = requested === undefined ? undefined : classes.indexOf(requested);
  if (wanted === -1)
    throw new EngraftError("OptionError", `the model has no output ${JSON.stringify(requested)}`, {
      help: `it knows ${classes.join(", ")}`,
      details: { class: requested },
    });
  const folder = await openCustomFolder(parts, platform, dir);
  const session = await openFolderSession(runtime, folder);
  const predict = async (inputs: readonly Input[]) =>
    predictionsOf(parts, await folder.scores(session, inputs));
  let count = 0;
  return async (given) => {
    const input = parts.read(given);
    count++;
    const [all] = await predict([input]);
    const best = unit === "probability" ? all!.indexOf(Math.max(...all!)) : (wanted ?? 0);
    const k = wanted ?? best;
    const sample = sampleOf(parts, input, async (inputs) => (await predict(inputs)).map((one) => one[k]!));
    const { explanation, weights } = await weigh(sample, method, options);
    return {
      input: `sample ${count}`,
      task: name,
      unit,
      label: classes[best]!,
      score: all![best]!,
      class: classes[k]!,
      class_score: all![k]!,
      ...explanation,
      ...(await checkWeights(sample, weights, options)),
    };
  };
}

async function weigh(
  sample: FeatureSample,
  method: "shap" | "lime" | "occlusion",
  options: ExplainOptions,
): Promise<Weighed> {
  if (method !== "occlusion") return explainByMasks(sample, method, options);
  const { values } = await occludeFeatures(sample.masked, options.signal ? { signal: options.signal } : {});
  return { explanation: { method, ...sample.describe(values) }, weights: values };
}

function sampleOf<Input>(
  { explained: { features, hide } }: TaskParts<Input>,
  input: Input,
  evaluate: (inputs: readonly Input[]) => Promise<number[]>,
): FeatureSample {
  return {
    masked: {
      features: features.length,
      evaluate: (masks) => evaluate(masks.map((shown) => hide(input, shown))),
    },
    describe: (weights, halfWidths) => ({
      columns: features.map((name, i) => ({
        name,
        value: "",
        weight: weights[i]!,
        half_width: halfWidths?.[i],
      })),
    }),
  };
}

/** Explains samples of the test split after a run. */
export async function explainSamples<Input>(
  parts: TaskParts<Input>,
  context: Context,
  result: CustomResultEvent,
  test: readonly CustomSample<Input>[],
): Promise<void> {
  const samples = test.slice(0, most).map((item) => ({ id: item.id, item }));
  await explainRun(context, result, { samples, of: test.length }, (options) =>
    explainerOfCustom(parts, context.machine, context.machine.runtime, result.model, options),
  );
}
