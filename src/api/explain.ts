import { EngraftError, stopIf } from "../core/errors.js";
import { baselines, type Explanation } from "../core/results/explanation.js";
import { explainMethods } from "../core/results/insights.js";
import type { ModelTask } from "../core/results/task.js";
import type { ChatMessage } from "../data/chats/chat.js";
import { type Check, checkAgainst, oneOf, text, whole, yesOrNo } from "../options/option-checks.js";
import { openToPredict } from "../run/device/open-to-predict.js";
import { openMachine } from "../run/machine.js";
import { deviceChoices } from "../runtime/device.js";
import type { ExplainOptions } from "../tasks/explain/explanation.js";
import { type Samples, samplesOf } from "../tasks/explain/samples.js";
import { rowOf, type TaskMachine } from "../tasks/registry.js";
import type { TableRow } from "../tasks/tables/table-rows.js";
import type { TextOrPair } from "../tasks/texts/require-texts.js";

type ExplainedItem = TextOrPair | TableRow | readonly ChatMessage[];

/**
 * Explains the predictions of a model, sample by sample: classes, labels and numbers of pictures and sounds; classes and labels
 * of texts; classes and numbers of table rows; the tag of a word.
 *
 * @param model a model folder, or the run folder around it
 * @param items pictures and sounds as paths; texts, of a model of pairs [first, second]; rows as objects; of a decoder texts to continue, or
 * lists of messages to answer
 * @throws ModelError if the model cannot be explained by the method; OptionError for an option that does not apply, or a
 * class that the model does not have; DataError for a picture that cannot be read, an empty text, a row without columns
 * @example
 * for await (const { class: answer, base_value, map } of explain(run.model, ["rose.jpg"], { method: "shap" }))
 *   console.log(answer, base_value, map);
 */
export async function* explain(
  model: string,
  items: Iterable<ExplainedItem> | AsyncIterable<ExplainedItem>,
  options: ExplainOptions = {},
): AsyncGenerator<Explanation> {
  yield* explainOn(await openMachine(), model, items, options);
}

/**
 * Runs {@link explain} on a given machine. Items are inputs of `predict`.
 * @param leaveOut receives the error of an item that cannot be explained; the others are explained. Default: the error is thrown
 */
export async function* explainOn(
  machine: TaskMachine,
  model: string,
  items: Iterable<unknown> | AsyncIterable<unknown>,
  options: ExplainOptions = {},
  leaveOut?: (error: unknown) => void,
): AsyncGenerator<Explanation> {
  const { task, samples } = await samplesOf(machine.platform, model);
  const method = options.method === "gradcam" ? "grad-cam" : options.method;
  const explainOptions: ExplainOptions = { ...options, ...(method !== undefined && { method }) };
  requireOptions(explainOptions, task, samples);
  const runtime = await openToPredict(machine, options);
  try {
    const one = await rowOf(machine, task).explain(machine, runtime, model, task, explainOptions);
    for await (const item of items) {
      stopIf(options.signal);
      let explanation: Explanation;
      try {
        explanation = await one(item);
      } catch (error) {
        if (leaveOut === undefined) throw error;
        leaveOut(error);
        continue;
      }
      yield explanation;
    }
  } finally {
    await runtime.close();
  }
}

const checks: Readonly<Record<keyof Omit<ExplainOptions, "signal">, Check>> = {
  method: oneOf(...explainMethods),
  class: text,
  task: text,
  word: text,
  baseline: oneOf(...baselines),
  background: { allowed: "a list of rows", holds: (value) => Array.isArray(value) && value.length > 0 },
  samples: whole(2, 1_000_000),
  check: yesOrNo,
  seed: whole(0, Number.MAX_SAFE_INTEGER),
  threads: whole(1, 1024),
  device: oneOf(...deviceChoices),
};

/** Refuses options without effect on this model. @throws OptionError */
function requireOptions(options: ExplainOptions, task: ModelTask, samples: Samples): void {
  const { method } = options;
  const areRows = samples === "rows";
  checkAgainst(checks, { ...options });
  const refuse = (option: string, wanted: string): EngraftError =>
    new EngraftError("OptionError", `${option} is for ${wanted}, and this model is of ${task}`, {
      help: `leave ${option} out`,
      details: { option, task },
    });
  if (method === "grad-cam" && samples !== "pictures")
    throw new EngraftError(
      "OptionError",
      `Grad-CAM looks at pictures, the model answers ${samples === "words" || samples === "prompts" ? "texts" : samples}`,
      { help: "use --method shap, lime, ig or occlusion" },
    );
  if (options.task !== undefined && (areRows || ["words", "prompts", "own"].includes(samples)))
    throw refuse("task", "models with several heads");
  if (options.word !== undefined && samples !== "words")
    throw refuse("word", "models of token classification");
  if (options.background !== undefined && !areRows) throw refuse("background", "models of tables");
  if (options.background !== undefined && method === "ig")
    throw new EngraftError("OptionError", "Integrated Gradients begin at the mean row, not at a background", {
      help: "leave background out, or use --method shap",
    });
  if (options.baseline !== undefined && (samples !== "pictures" || method !== "ig"))
    throw new EngraftError("OptionError", "baseline is for Integrated Gradients on pictures", {
      help: "leave baseline out, or use --method ig with a model of pictures",
    });
  if (options.samples !== undefined && method !== "shap" && !(method === undefined && areRows))
    throw new EngraftError("OptionError", "samples is for --method shap", { help: "leave samples out" });
}
