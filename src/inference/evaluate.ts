import { type ModelFolder, taskOfModel } from "../bases/model-folder/model-folder.js";
import type { NamedHead } from "../bases/task-heads.js";
import { EngraftError } from "../core/errors.js";
import { type Dataset, openImages, PixelCache } from "../data/index.js";
import { checkViews } from "../options/option-checks.js";
import type { Platform } from "../platform/platform.js";
import { type Machine, openMachine } from "../run/machine.js";
import { openData } from "../run/setup.js";
import { predictAll } from "../run/training/feeds.js";
import type { EvaluateOptions, Evaluation, PictureEvaluation } from "./evaluation.js";
import { graphOf, loadSession } from "./model.js";
import { openFolder } from "./open-folder.js";
import { classMap, scoredItems } from "./scored-items.js";
import { countTestEvaluations, testFingerprint } from "./test-set-usage.js";

/**
 * Score a model on data: on the items of its own test part if it knows any of them, else on all items that it
 * was neither trained nor chosen on. The task says which scores there are: accuracy for classes, R², MAE, RMSE and the
 * coverage of the stored prediction intervals for numbers.
 *
 * @param data pictures for a model of pictures, a table with the column that was learnt for one of a table, a list of
 * texts with labels for one of texts. @param options tta is for classes of pictures.
 * @throws ModelError when the classes of the data are not the model's; DataError when nothing is left to score.
 * @example
 * const scored = await evaluate(run.model, "houses.csv");
 * if (scored.task === "tabular-regression") console.log(scored.test.r2, scored.test.outputs[0]?.prediction_interval);
 * else if (scored.task === "image-classification") console.log(scored.test.accuracy);
 */
export async function evaluate(
  model: string,
  data: string | Dataset,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { tta = 1 } = options;
  checkViews(tta);
  const machine = await openMachine();
  const task = await taskOfModel(machine.platform, model);
  if (options.long !== undefined && task !== "text-classification")
    throw new EngraftError("OptionError", `long is for texts, the model answers ${task}`, {
      help: "leave long out",
      details: { option: "long", value: options.long },
    });
  if (task === "image-classification") return evaluatePictures(machine, model, data, options);
  if (options.task !== undefined)
    throw new EngraftError("OptionError", `task names one of several heads, the model answers ${task}`, {
      help: "leave task out",
      details: { option: "task", value: options.task },
    });
  if (tta > 1)
    throw new EngraftError("OptionError", `tta is for classes of pictures, the model answers ${task}`, {
      help: "leave tta out",
      details: { option: "tta", value: tta },
    });
  if (typeof data !== "string")
    throw new EngraftError(
      "DataError",
      `an opened set of pictures with classes is given, the model answers ${task}`,
      {
        help: "give the path of the data",
      },
    );
  const { evaluateTask } = await import("./evaluate-task.js");
  return evaluateTask(machine, task, model, data, options);
}

async function evaluatePictures(
  { platform, openRuntime }: Machine,
  model: string,
  data: string | Dataset,
  options: EvaluateOptions,
): Promise<PictureEvaluation> {
  const { tta = 1 } = options;
  const folder = await openFolder(platform, model);
  // Before the pictures are looked at: a model that does not fit its own class list scores nothing.
  const { outputs } = graphOf(folder);
  const dataset = await openData(
    await columnOf(data, folder, options, platform),
    { ...options, emptyParts: true },
    platform,
  );
  const chosen = await scoredItems(platform, dataset, folder, "picture", options);
  const head = headFor(folder, dataset, options.task);
  const classes = head?.classes ?? folder.classes;
  const at = head ? outputs.indexOf(head.output) : 0;
  const help = "name the class folders as the model's config.json does";
  const labels = classMap(dataset, { classes, dir: folder.dir }, help);
  const runtime = await openRuntime(options.threads ?? platform.cores());
  try {
    const { session } = await loadSession(folder, runtime);
    const items = chosen.items.map((item) => ({ ...item, label: labels[item.label]! }));
    const { signal } = options;
    const predictions = await predictAll(
      async (x) =>
        Object.values(await session.run({ [session.inputs[0]!.name]: x }))[at]!.data as Float32Array,
      {
        items,
        preprocessing: folder.preprocessing,
        decoded: new PixelCache(0),
        platform,
        views: tta,
        ...(signal && { signal }),
      },
      classes.length,
    );
    const fingerprint = await testFingerprint(platform, items);
    const { scorePredictions } = await import("./score-predictions.js");
    return {
      event: "result",
      task: "image-classification",
      model: folder.dir,
      ...scorePredictions(
        classes,
        predictions,
        { dir: folder.dir, trust: head ? undefined : folder.engraft?.trust },
        options.onEvent,
      ),
      scored: head ? `task ${head.name}: ${chosen.words}` : chosen.words,
      left_out: chosen.leftOut,
      test_looks: await countTestEvaluations(platform, fingerprint, `eval ${folder.dir}`, options.onEvent),
      ...(tta > 1 && { tta }),
    };
  } finally {
    await runtime.close();
  }
}

/** A list has the labels of a task in a column of its name. */
async function columnOf(
  data: string | Dataset,
  folder: ModelFolder,
  { task, seed = 0, quotes, groupFrom, signal, onEvent }: EvaluateOptions,
  platform: Platform,
): Promise<string | Dataset> {
  if (task === undefined) return data;
  const names = folder.tasks?.map(({ name }) => name) ?? [];
  if (!names.includes(task))
    throw new EngraftError("OptionError", `the model has no task ${JSON.stringify(task)}`, {
      at: folder.dir,
      help: names.length > 0 ? `its tasks are ${names.join(", ")}` : "it has one head: leave --task out",
      details: { task, tasks: names },
    });
  if (typeof data !== "string" || !/\.(csv|tsv|jsonl|ndjson)$/i.test(data)) return data;
  const opened = {
    seed,
    platform,
    emptyParts: true,
    ...(quotes && { quotes }),
    ...(groupFrom !== undefined && { groupFrom }),
    ...(signal && { signal }),
    ...(onEvent && { onEvent }),
  };
  return openImages(data, { ...opened, labelColumn: task }).catch((error: unknown) => {
    // A list for this task alone may call its column "label".
    if (error instanceof EngraftError && /has no column/.test(error.message)) return data;
    throw error;
  });
}

/** The head that is scored; undefined where the model has one. */
function headFor(
  { tasks }: ModelFolder,
  { classes }: Dataset,
  asked: string | undefined,
): NamedHead | undefined {
  if (asked !== undefined) return tasks?.find(({ name }) => name === asked);
  return tasks?.find((head) => classes.every((name) => head.classes.includes(name))) ?? tasks?.[0];
}
