import { readModelFolder } from "../bases/model-folder/model-folder.js";
import { readTableFolder } from "../bases/model-folder/table-folder.js";
import { EngraftError } from "../core/errors.js";
import type { ModelTask, TargetFacts } from "../core/results/task.js";
import { PixelCache } from "../data/index.js";
import { openTargets } from "../data/tables/open-targets.js";
import { encodedWidth, encodeRows } from "../data/tables/table-encoding.js";
import { openTexts } from "../data/texts/index.js";
import { factsOf } from "../evaluate/class-predictions.js";
import { scoreRegression } from "../evaluate/index.js";
import type { EvaluateOptions, Evaluation } from "../inference/evaluation.js";
import { loadSession } from "../inference/open-folder.js";
import { classMap, scoredItems } from "../inference/scored-items.js";
import { testUsage } from "../inference/test-usage.js";
import { textListOptions } from "../options/text-list-options.js";
import type { Machine } from "../run/machine.js";
import { predictAll } from "../run/training/feeds.js";
import { openSession } from "../runtime/open.js";
import { scorePredictions } from "../tasks/classes/score-predictions.js";
import { groupsGiven, type Numbered } from "../tasks/numbers/targets.js";
import { predictRows } from "../tasks/tables/predict-rows.js";
import { openRowsFor } from "../tasks/tables/rows-for-model.js";
import { requireColumns } from "../tasks/texts/asked-texts.js";
import { countCut } from "../tasks/texts/cut-texts.js";
import { openTextFolder } from "../tasks/texts/text-model.js";

/** Score a model of numbers, of a table or of texts. @throws as `evaluate` */
export function evaluateTask(
  machine: Machine,
  task: Exclude<ModelTask, "image-classification">,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<Evaluation> {
  if (task === "image-regression") return scoreTargets(machine, model, data, options);
  if (task === "text-classification") return scoreTexts(machine, model, data, options);
  if (task === "token-classification")
    return import("../tasks/entities/evaluate-entities.js").then((m) =>
      m.scoreEntityModel(machine, model, data, options),
    );
  if (task === "multi-label-classification")
    return import("../tasks/labels/evaluate-labels.js").then((m) =>
      m.scoreLabelModel(machine, model, data, options),
    );
  if (task === "tabular-classification" || task === "tabular-regression")
    return scoreTable(machine, model, data, options);
  throw new EngraftError("ModelError", `the model answers "${String(task)}", which cannot be scored here`, {
    at: model,
    help: "its engraft.json is of a newer version, or damaged",
  });
}

async function scoreTargets(
  { platform, openRuntime }: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { signal, onEvent, seed = 0, quotes, groupFrom } = options;
  const folder = await readModelFolder(platform, model);
  const opened = await openTargets(data, {
    seed,
    platform,
    targets: folder.classes,
    emptyParts: true,
    ...(groupFrom !== undefined && { groupFrom }),
    ...(quotes && { quotes }),
    ...(signal && { signal }),
    ...(onEvent && { onEvent }),
  });
  const chosen = await scoredItems(platform, opened, folder, "picture", options);
  const runtime = await openRuntime(options.threads ?? platform.cores());
  try {
    const { session } = await loadSession(folder, runtime);
    const { logits } = await predictAll(
      async (x) =>
        Object.values(await session.run({ [session.inputs[0]!.name]: x }))[0]!.data as Float32Array,
      {
        items: chosen.items,
        preprocessing: folder.preprocessing,
        decoded: new PixelCache(0),
        platform,
        ...(signal && { signal }),
      },
      folder.classes.length,
    );
    return {
      event: "result",
      task: "image-regression",
      model: folder.dir,
      test: numberScores(folder, chosen.items, logits),
      ...(await testUsage({ platform }, folder.dir, chosen, options)),
    };
  } finally {
    await runtime.close();
  }
}

async function scoreTable(
  { platform, openRuntime }: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const folder = await readTableFolder(platform, model);
  const { table, graph, classes, engraft, dir } = folder;
  const opened = await openRowsFor(platform, folder, data, options);
  const chosen = await scoredItems(platform, opened, folder, "row", options);
  const labels =
    engraft.task === "tabular-classification"
      ? classMap(opened, folder, `write "${table.targets[0]}" as the training table did`)
      : [];
  const x = encodeRows(
    table.encoding,
    table.columns.map(({ name }) => name),
    chosen.items.map(({ cells }) => cells),
  );
  const runtime = await openRuntime(options.threads ?? platform.cores());
  try {
    const session = await openSession(runtime, graph, { label: `model "${dir}"` });
    const input = session.inputs[0]!.name;
    const logits = await predictRows(
      async (batch) => Object.values(await session.run({ [input]: batch }))[0]!.data as Float32Array,
      x,
      encodedWidth(table.encoding),
      classes.length,
    );
    const common = { event: "result", model: dir } as const;
    const more = await testUsage({ platform }, dir, chosen, options);
    if (engraft.task === "tabular-regression")
      return { ...common, task: engraft.task, test: numberScores(folder, chosen.items, logits), ...more };
    const predictions = {
      logits,
      ...factsOf(chosen.items),
      labels: Int32Array.from(chosen.items, ({ label }) => labels[label]!),
    };
    const scored = scorePredictions(classes, predictions, { dir, trust: engraft.trust }, options.onEvent);
    return { ...common, task: "tabular-classification", ...scored, ...more };
  } finally {
    await runtime.close();
  }
}

async function scoreTexts(
  { platform, openRuntime }: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const folder = await openTextFolder(platform, model);
  const { classes, dir, engraft } = folder;
  const opened = await openTexts(platform, data, {
    seed: options.seed ?? 0,
    emptyParts: true,
    ...textListOptions(options),
  });
  for (const { code, message } of opened.warnings) options.onEvent?.({ event: "warning", code, message });
  requireColumns(opened, engraft?.pairs === true);
  if (opened.classes.length === 0)
    throw new EngraftError("DataError", "the texts have no labels: there is nothing to score against", {
      at: opened.root,
      help: 'add a column "label", or name the column of labels: --target NAME; `engraft predict` answers texts without labels',
    });
  const labels = classMap(opened, folder, "write the labels as the source did");
  const chosen = await scoredItems(platform, opened, folder, "text", options);
  const cut = countCut();
  const runtime = await openRuntime(options.threads ?? platform.cores());
  try {
    const session = await openSession(runtime, folder.graph, { label: `model "${dir}"` });
    const predictions = {
      logits: await folder.scores(
        session,
        chosen.items.map(({ text, pair }) => (pair === undefined ? text : ([text, pair] as const))),
        {
          ...(options.long !== undefined && { long: options.long }),
          onCut: cut.onCut,
          ...(options.signal && { signal: options.signal }),
        },
      ),
      ...factsOf(chosen.items),
      labels: Int32Array.from(chosen.items, ({ label }) => labels[label]!),
    };
    for (const warning of cut.warnings(chosen.items.length)) options.onEvent?.(warning);
    return {
      event: "result",
      task: "text-classification",
      model: dir,
      ...scorePredictions(classes, predictions, { dir, trust: engraft?.trust }, options.onEvent),
      ...(await testUsage({ platform }, dir, chosen, options)),
    };
  } finally {
    await runtime.close();
  }
}

/** Scores in the units of the columns, and how often the stored intervals held. */
function numberScores(
  {
    dir,
    classes: targets,
    engraft,
  }: {
    readonly dir: string;
    readonly classes: readonly string[];
    readonly engraft:
      | {
          readonly regression?: {
            readonly targets: readonly TargetFacts[];
            readonly coverage: number;
            readonly half_widths: readonly (number | null)[];
          };
        }
      | undefined;
  },
  items: readonly Pick<Numbered, "id" | "values" | "group">[],
  predicted: Float32Array,
) {
  const facts = engraft?.regression;
  if (facts?.targets?.length !== targets.length || facts.half_widths?.length !== targets.length)
    throw new EngraftError("ModelError", "engraft.json does not say what the model's numbers are", {
      at: dir,
      help: "the model folder is damaged: train it again",
    });
  return scoreRegression(
    {
      targets,
      deviations: facts.targets.map(({ deviation }) => deviation),
      truth: items.flatMap(({ values }) => values as number[]),
      predicted,
      items: items.map(({ id }) => id),
      ...groupsGiven(items),
    },
    { conformal: { coverage: facts.coverage, halfWidths: facts.half_widths.map((h) => h ?? undefined) } },
  );
}
