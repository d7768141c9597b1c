// What a manifest must hold, whoever wrote it. Loaded when a run is opened.
import { messageOf } from "../../core/errors.js";
import { isCustomTask, taskAliases, tasks } from "../../core/results/task.js";
import { checkValues } from "../../options/check-options.js";
import { weightings } from "../../train/objectives/multi-task.js";
import { manifestFormat, type RunManifest } from "./run-manifest.js";
import { each, fields, is, isDeeper, list, maybe, oneOf, type Shape, wrongIn } from "./wrong-field.js";

const [text, number, flag, object] = [is("string"), is("number"), is("boolean"), is("object")];
// JSON writes NaN as null.
const score = is("number", "null");
const texts = list(text);
const part = fields({ kind: oneOf("sums", "run", "data"), path: text });
const metric = fields({ name: text, value: score, ci95: maybe(is("list", "null")) });

/** Of a training with its parts; else one number. */
const seconds: Shape = (value, at) =>
  typeof value === "number" ? undefined : fields({ total: number })(value, at);

/** Fields of a result that are read whatever its task is. An earlier version may have written fewer. */
const result = fields({
  event: maybe(oneOf("result")),
  task: maybe(text),
  run: maybe(text),
  model: maybe(text),
  base: maybe(fields({ name: maybe(text), sha256: maybe(text) })),
  strategy: maybe(fields({ name: text, reasons: maybe(texts) })),
  split: maybe(fields({ train: number, validation: number, test: maybe(number), seed: maybe(number) })),
  classes: maybe(texts),
  trainable: maybe(fields({ parameters: number, total: number })),
  epochs: maybe(number),
  best_epoch: maybe(number),
  seconds: maybe(seconds),
  peak_rss_mb: maybe(number),
  validation: maybe(object),
  test: maybe(fields({ metric: maybe(metric), scores: maybe(object) })),
  baselines: maybe(object),
  verdict: maybe(object),
  recipe: maybe(texts),
});

/** The type of each field of a manifest. A field without one does not compile. */
const types: Readonly<Record<keyof RunManifest, Shape>> = {
  format: number,
  task: maybe(oneOf("adapt", "pretrain")),
  target: maybe(text),
  status: oneOf("running", "done"),
  command: text,
  data: text,
  options: object,
  decided: maybe(object),
  started: text,
  versions: each(text),
  machine: text,
  threads: number,
  batch_parts: maybe(number),
  fingerprint: maybe(text),
  base_sha256: maybe(text),
  front_end_sha256: maybe(text),
  base_hub: maybe(fields({ repo: text, commit: text })),
  teacher_sha256: maybe(text),
  init_sha256: maybe(text),
  preprocessing: maybe(object),
  cut: maybe(text),
  split_seed: maybe(number),
  extensions: maybe(list(fields({ epochs: maybe(number), seconds: maybe(number) }))),
  result: maybe(result),
  multi_task: maybe(
    fields({
      sources: list(fields({ name: text, path: text, column: maybe(text) }), 1),
      weighting: maybe(oneOf(...Object.keys(weightings))),
      temperature: maybe(number),
      weights: maybe(each(number)),
      baselines: maybe(flag),
    }),
  ),
  extend: maybe(
    fields({
      sources: list(part, 1),
      without: maybe(list(part)),
      forget: maybe(texts),
      test: maybe(text),
      joint: maybe(flag),
    }),
  ),
};

/** Deepest nesting of a manifest: that of a result has ten levels. */
const deepest = 100;

/** Returns why this is no manifest; undefined if it is one. */
export function damageOf(manifest: RunManifest | undefined): string | undefined {
  if (typeof manifest !== "object" || manifest === null) return "it is not JSON";
  if (isDeeper(manifest, deepest)) return `it is nested deeper than ${deepest} levels`;
  const { format, task, target, data, options, threads, machine, versions } = manifest;
  if (format !== manifestFormat)
    return `its format is ${JSON.stringify(format)}, this version knows format ${manifestFormat}`;
  if (typeof data !== "string") return "it does not say where the data is";
  if (typeof options !== "object" || options === null) return "it has no options";
  if (typeof machine !== "string" || typeof versions !== "object" || versions === null)
    return "it does not say what it ran on";
  const wrong = wrongIn(manifest, fields(types));
  if (wrong !== undefined) return wrong;
  if (task === "adapt" && typeof target !== "string") return "it does not say where the target is";
  try {
    // Options of an adaptation or a pretraining are checked when it is resumed.
    if (task === undefined) checkValues({ ...options, threads });
  } catch (error) {
    return messageOf(error);
  }
  return undefined;
}

/** Returns the task of a manifest that only a newer version knows. */
export function unknownTask(
  manifest: { readonly task?: unknown; readonly options?: { readonly task?: unknown } } | undefined | null,
): string | undefined {
  const { task, options } = manifest ?? {};
  for (const [name, known] of [
    [task, ["adapt", "pretrain"]],
    [options?.task, ["auto", ...tasks, ...Object.keys(taskAliases)]],
  ] as const)
    if (typeof name === "string" && !(known as readonly string[]).includes(name) && !isCustomTask(name))
      return name;
  return undefined;
}
