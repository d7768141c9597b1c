import { EngraftError } from "../../core/errors.js";
import { type BaseModality, modalities, type SampleWords } from "../../core/modalities.js";
import { countCut } from "../../inference/cut-texts.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EvaluateOptions } from "../../inference/evaluation.js";
import { type LoadOptions, openRows } from "../../inference/model-session.js";
import { checkViews } from "../../options/option-checks.js";
import type { Machine } from "../../run/machine.js";
import type { Input } from "../inputs/input.js";
import type { Labelled, LineOptions, PredictionLine, Target, TargetModel } from "../targets/target.js";
import { openComposed } from "./open-composed.js";

/** Options of a prediction. */
export interface ComposedOptions {
  /** Number of views of each picture whose predictions are averaged, 1 … 12. Default 1. */
  readonly tta?: number;
}

/** Model whose code is composed of an input and a target. */
export interface ComposedModel<Task, Given, Answer> {
  readonly task: Task;
  readonly dir: string;
  /** Word for the samples. */
  readonly unit: SampleWords<BaseModality>["many"];
  /** @throws DataError for an input of another kind, or one that cannot be read */
  predict(inputs: readonly Given[], options?: ComposedOptions): Promise<Answer[]>;
  /** Predicts, and returns the predictions as the command line prints them. @throws as {@link predict} */
  predictLines(inputs: readonly unknown[], how: LineOptions): Promise<PredictionLine[]>;
  close(): Promise<void>;
}

/** True for a model that is composed of an input and a target. */
export const isComposed = <M extends object>(
  model: M,
): model is Extract<M, ComposedModel<unknown, never, unknown>> => "unit" in model;

/** Checks the options. @throws OptionError for an option of another modality */
function refuseOptionsOfOthers(
  modality: BaseModality,
  gives: string,
  { tta = 1, long }: Pick<EvaluateOptions, "tta" | "long">,
): void {
  const given = { tta: ["image", tta > 1], long: ["text", long !== undefined] } as const;
  for (const [option, [of, isGiven]] of Object.entries(given)) {
    if (!isGiven || of === modality) continue;
    const [its, own] = [modalities[of].many, modalities[modality].many];
    throw new EngraftError(
      "OptionError",
      `${option} is for ${its}, and this model gives ${gives} to ${own}`,
      {
        help: `leave ${option} out`,
        details: { option },
      },
    );
  }
}

/** Loads a model that is composed of an input and a target. @throws ModelError for another folder */
export async function loadComposed<
  Task extends string,
  Given,
  Facts extends object,
  About extends object,
  Answer,
>(
  task: Task,
  input: Input<Given, Facts>,
  target: { model(): Promise<TargetModel<Labelled, { readonly about: About }, Answer, unknown>> },
  machine: Machine,
  dir: string,
  options: LoadOptions,
): Promise<ComposedModel<Task, Given, Answer> & Facts & About> {
  const { platform } = machine;
  const { modality } = input;
  const unit = modalities[modality].many;
  const { average, gives, ...model } = await target.model();
  const folder = await input.folder(platform, dir, average);
  const known = model.known(folder);
  refuseOptionsOfOthers(modality, gives, options);
  const { rows, close } = await openRows(machine, folder, options);
  const predict = async (inputs: readonly Given[], { tta: views = 1 }: ComposedOptions = {}) => {
    checkViews(views);
    refuseOptionsOfOthers(modality, gives, { tta: views });
    const given = input.checked(inputs, folder.about, platform);
    return (await rows(given, { views })).map((row) => model.answer(row, known, views > 1));
  };
  return {
    task,
    dir: folder.dir,
    unit,
    ...known.about,
    ...folder.about,
    close,
    predict,
    // `checked` or the folder refuses an input of another form.
    predictLines: async (inputs, how) =>
      (await predict(inputs as readonly Given[], how)).map((answer) => model.lineOf(answer, known, how)),
  };
}

/** Scores a model that is composed of an input and a target. @param named true if the result names the samples @throws as `evaluate` */
export async function evaluateComposed<Task extends string, Fields extends Labelled, Scores>(
  task: Task,
  input: Input,
  target: Pick<Target<Fields>, "source"> & {
    model(): Promise<TargetModel<Fields, { readonly about: object }, unknown, Scores>>;
  },
  machine: Machine,
  dir: string,
  path: string,
  options: EvaluateOptions,
  named: boolean,
) {
  const { long, onEvent, signal, seed = 0, tta: views = 1 } = options;
  const { modality } = input;
  const unit = modalities[modality].many;
  const { average, gives, ...model } = await target.model();
  const folder = await input.folder(machine.platform, dir, average);
  model.known(folder);
  refuseOptionsOfOthers(modality, gives, { tta: views, long });
  const how = { platform: machine.platform, options, seed, onEvent, signal };
  const opened = await openComposed(input, target, path, { ...how, known: folder.classes, emptyParts: true });
  for (const one of opened.warnings) onEvent?.({ event: "warning", ...one });
  const scored = { ...opened, unit };
  const evaluation = await evaluateModel(machine, folder, scored, options, async (session, items) => {
    const cut = countCut();
    const given = items.map((item) => input.given(item));
    const outputs = await folder.scores(session, given, {
      views,
      ...(long !== undefined && { long }),
      onCut: cut.onCut,
      ...(signal && { signal }),
    });
    for (const warning of cut.warnings(items.length)) onEvent?.(warning);
    return { task, ...(named && { unit }), test: model.score(folder, items, outputs, views > 1) };
  });
  return { ...evaluation, ...(views > 1 && { tta: views }) };
}
