import { type ModelFolder, readModelFolder } from "../bases/model-folder.js";
import type { NamedHead } from "../bases/task-heads.js";
import { EngraftError } from "../core/errors.js";
import type { ClassificationScores } from "../core/events.js";
import { type Dataset, type ImageItem, openImages, PixelCache } from "../data/index.js";
import type { Platform } from "../platform/platform.js";
import { predictAll } from "./feeds.js";
import { testLooks } from "./looks.js";
import { openMachine } from "./machine.js";
import { graphOf, loadSession } from "./model.js";
import type { TaskOptions } from "./options.js";
import { scoresOf } from "./scores.js";
import { openData } from "./setup.js";

export interface Evaluation {
  readonly event: "result";
  readonly task: "image-classification";
  readonly model: string;
  readonly test: ClassificationScores;
  /** Which items were scored, in words. */
  readonly scored: string;
  /** Items left out because the model was trained or chosen on them. */
  readonly left_out: number;
  readonly test_looks: number;
}

export interface EvaluateOptions extends TaskOptions {
  /** Of a model with several heads: the one to score. Default: the first that knows the data's classes. */
  readonly task?: string;
}

/**
 * Score a model on data: on the items of its own test part if it knows any of them, else on all items that it
 * was neither trained nor chosen on.
 *
 * @throws ModelError when the classes of the data are not the model's; DataError when nothing is left to score.
 */
export async function evaluate(
  model: string,
  data: string | Dataset,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { platform, openRuntime } = await openMachine();
  const folder = await readModelFolder(platform, model);
  // Before the pictures are looked at: a model that does not fit its own class list scores nothing.
  const { outputs } = graphOf(folder);
  const dataset = await openData(await columnOf(data, folder, options, platform), options, platform);
  const chosen = choose(dataset, folder.engraft?.items ?? {});
  const head = headFor(folder, dataset, options.task);
  const classes = head?.classes ?? folder.classes;
  const at = head ? outputs.indexOf(head.output) : 0;
  const labels = classMap(dataset, classes, folder.dir);
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
        ...(signal && { signal }),
      },
      classes.length,
    );
    const fingerprint = await platform.sha256(
      items
        .map((item) => item.sha256)
        .sort()
        .join("\n"),
    );
    return {
      event: "result",
      task: "image-classification",
      model: folder.dir,
      test: scoresOf(classes, predictions),
      scored: head ? `task ${head.name}: ${chosen.words}` : chosen.words,
      left_out: chosen.leftOut,
      test_looks: await testLooks(platform, fingerprint, `eval ${folder.dir}`, options.onEvent),
    };
  } finally {
    await runtime.close();
  }
}

/** A list has the labels of a task in a column of its name. */
async function columnOf(
  data: string | Dataset,
  folder: ModelFolder,
  { task, seed = 0, signal, onEvent }: EvaluateOptions,
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
  const opened = { seed, platform, ...(signal && { signal }), ...(onEvent && { onEvent }) };
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

/** Which items may be scored, and how to say it. */
function choose(
  dataset: Dataset,
  known: Readonly<Record<string, string>>,
): { items: ImageItem[]; words: string; leftOut: number } {
  const own = dataset.items.filter((item) => known[item.sha256] === "test");
  const fresh = dataset.items.filter((item) => known[item.sha256] === undefined);
  const used = dataset.items.length - own.length - fresh.length;
  if (own.length > 0) {
    const rest = dataset.items.length - own.length;
    return {
      items: own,
      leftOut: rest,
      words: `the ${own.length} pictures of the model's own test part; ${rest} others left out (${used} of them the model was trained or chosen on)`,
    };
  }
  if (fresh.length === 0) {
    throw new EngraftError(
      "DataError",
      `the model was trained or chosen on all ${dataset.items.length} pictures of the data: a score on them would mean nothing`,
      {
        at: dataset.root,
        help: "give pictures that it has not seen",
      },
    );
  }
  return {
    items: fresh,
    leftOut: used,
    words:
      used === 0
        ? `all ${fresh.length} pictures: the model has seen none of them`
        : `${fresh.length} pictures that the model has not seen; ${used} it was trained or chosen on are left out`,
  };
}

/** The model's class of each class of the data. */
function classMap(dataset: Dataset, classes: readonly string[], dir: string): number[] {
  const missing = dataset.classes.filter((name) => !classes.includes(name));
  if (missing.length > 0) {
    throw new EngraftError(
      "ModelError",
      `the model does not know ${missing.length} of the data's ${dataset.classes.length} classes: ${quoted(missing)}`,
      {
        at: `model "${dir}", which knows ${quoted(classes)}; data "${dataset.root}"`,
        help: "name the class folders as the model's config.json does",
        details: { missing, known: classes },
      },
    );
  }
  return dataset.classes.map((name) => classes.indexOf(name));
}

const quoted = (names: readonly string[]): string =>
  names
    .slice(0, 5)
    .map((n) => `"${n}"`)
    .join(", ") + (names.length > 5 ? `, and ${names.length - 5} more` : "");
