import type { LoadedModel } from "../../../api/load.js";
import { load } from "../../../api/load.js";
import { EngraftError } from "../../../core/errors.js";
import { classificationOf, hasTask, isTaskWith, severalOf, taskOfHeads } from "../../../core/results/task.js";
import { countCut } from "../../../inference/cut-texts.js";
import type { TextOrPair } from "../../../tasks/texts/require-texts.js";
import type { Command } from "../../command.js";
import type { OptionsOf } from "../../options/options.js";
import type { Output } from "../../output.js";
import { labelled } from "../../render/labelled.js";
import { refuseTrust } from "../../render/render-assessment.js";
import { pairOf } from "../pair-of.js";
import { unreadableInputs } from "../unreadable.js";
import { openDrawings } from "./draw-pictures.js";
import { imagesOf, type NamedInput, rowsOfFiles, soundsOf, textsOf, withWords } from "./inputs.js";
import {
  boxesOf,
  classesOf,
  entitiesOf,
  headsOf,
  labelsOf,
  masksOf,
  numbersOf,
  type Prediction,
  type Predictor,
  transcriptsOf,
} from "./predictors.js";

/** Inputs per batch. */
const most = { pictures: 1, clips: 1, texts: 256, rows: 1000 } as const;

/** `engraft predict <model> <input…|folder|list|->`: a prediction for each input, also if another one cannot be read. */
export const predict: Command<OptionsOf<"predict">> = async (args, options, { output, signal }) => {
  const [dir = "", ...words] = args;
  const { top = 1, tta = 1, sets, abstain, textA, textB, text, quotes, ...dense } = options;
  const { threads, device, long } = dense;
  const pair = pairOf({ command: "predict", textA, textB, words });
  const how = {
    ...(threads !== undefined && { threads }),
    ...(device !== undefined && { device }),
    ...(long !== undefined && { long }),
  };
  const cut = countCut();
  const onWarning = (message: string): void => output.onEvent({ event: "warning", code: "runtime", message });
  const model = await load(dir, { ...how, onCut: cut.onCut, onWarning });
  try {
    refuseOptions(model, options);
    const unreadable = unreadableInputs(output);
    let n = 0;
    const run = async <Input>(
      unit: keyof typeof most,
      inputs: AsyncIterable<NamedInput<Input>>,
      predictor: Predictor<Input>,
    ): Promise<void> => {
      for await (const part of batchesOf(inputs, most[unit])) {
        if (signal.aborted) throw new EngraftError("Interrupted", `stopped after ${n} ${unit}`);
        try {
          printAll(part, await predictor(part.map(({ input }) => input)), unit, output);
          n += part.length;
        } catch (thrown) {
          if (unit !== "pictures" && unit !== "clips") throw thrown;
          unreadable.add(part[0]!.name, thrown);
        }
      }
    };
    const { onEvent } = output;
    const asText = { pair, columns: text };
    const asList = { quotes, onEvent };
    const images = imagesOf(words, signal);
    const texts = withWords(textsOf(words, signal, { ...asText, ...asList }), unreadable);
    const sounds = soundsOf(words, signal);
    const ofRows = {
      ...asList,
      ...("columns" in model && {
        columns: model.columns,
        pictures: model.pictures,
        complete: model.complete,
      }),
    };
    const rows = rowsOfFiles(words, ofRows, unreadable);
    const onImages = (predictor: Predictor<string>) => run("pictures", images, predictor);
    const onTexts = (predictor: Predictor<TextOrPair>) => run("texts", texts, predictor);
    const { threshold } = dense;
    const draw = dense.draw === undefined ? undefined : await openDrawings(dense.draw);
    const predictOptions = { top, sets, abstain, onNoThreshold: noteOnce(output), tta: 1 };
    if (hasTask(model, { head: "classes", input: "image" }))
      await onImages(classesOf<string>(model, { ...predictOptions, tta }));
    else if (hasTask(model, { head: "classes", sample: "row" }))
      await run("rows", rows, classesOf(model, predictOptions));
    else if (hasTask(model, { head: "classes", input: "text" }))
      await onTexts(classesOf(model, predictOptions));
    else if (hasTask(model, { head: "classes", input: "audio" }))
      await run("clips", sounds, classesOf<string>(model, predictOptions));
    else if (hasTask(model, { head: "transcript" })) await run("clips", sounds, transcriptsOf(model));
    else if (hasTask(model, { head: "numbers", input: "image" }))
      await onImages(numbersOf<string>(model, { tta, coverage: model.coverage }));
    else if (hasTask(model, { head: "numbers", input: "audio" }))
      await run("clips", sounds, numbersOf<string>(model, { coverage: model.coverage }));
    else if (hasTask(model, { head: "numbers", sample: "row" })) await run("rows", rows, numbersOf(model));
    else if (hasTask(model, { head: "boxes" })) await onImages(boxesOf(model, { draw, threshold }));
    else if (hasTask(model, { head: "masks" })) await onImages(masksOf(model, { draw }));
    else if (hasTask(model, { head: "tags" })) await onTexts(entitiesOf(model));
    else if (model.task === severalOf.text) await onTexts(headsOf(model, { top, tta }));
    else if (model.task === severalOf.audio) await run("clips", sounds, headsOf(model, { top, tta }));
    else if (!hasTask(model, { head: "labels" })) await onImages(headsOf(model, { top, tta }));
    else if (model.unit === "texts") await onTexts(labelsOf(model, top));
    else if (model.unit === "clips") await run("clips", sounds, labelsOf(model, top));
    else await onImages(labelsOf(model, top, tta));
    for (const warning of cut.warnings(n)) onEvent(warning);
    unreadable.refuse(n);
    output.result({ predictions: n }, labelled("drawn", ...(dense.draw === undefined ? [] : [dense.draw])));
  } finally {
    await model.close();
  }
};

async function* batchesOf<Input>(inputs: AsyncIterable<NamedInput<Input>>, size: number) {
  let part: NamedInput<Input>[] = [];
  for await (const one of inputs) {
    part.push(one);
    if (part.length < size && !one.atOnce) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

function printAll(
  part: readonly NamedInput<unknown>[],
  predictions: readonly Prediction[],
  unit: keyof typeof most,
  output: Output,
): void {
  for (const [i, { event, words }] of predictions.entries()) {
    const { name: input } = part[i]!;
    const name = unit === "texts" ? input.replace(/\s+/g, " ") : input;
    output.answer({ event: "prediction", input, ...event }, [name, ...words]);
  }
}

/** Returns a function that prints a note once: why every prediction is unsure. */
function noteOnce(output: Output): (why: string) => void {
  let noted = false;
  return (why) => {
    if (!noted) output.note(`every prediction is unsure: ${why}`);
    noted = true;
  };
}

/** Refuses options that the model cannot use. @throws OptionError */
function refuseOptions(model: LoadedModel, options: OptionsOf<"predict">): void {
  const { task } = model;
  const { tta = 1, text, textA, textB, draw, threshold } = options;
  const refuse = (names: string, models: string): never => {
    throw new EngraftError("OptionError", `${names} ${models}, and this is of ${task}`, {
      help: names.startsWith("--text") ? "leave them out" : `leave ${names} out`,
    });
  };
  if (!isTaskWith(task, { head: "classes" })) refuseTrust(options, task);
  const [hasBoxes, hasMasks] = [isTaskWith(task, { head: "boxes" }), isTaskWith(task, { head: "masks" })];
  if (tta > 1 && (hasBoxes || hasMasks))
    refuse("--tta", "is for models of classes, labels and numbers of pictures");
  if (tta > 1 && !takesImages(model)) refuse("--tta", "is for models of pictures");
  const takesTexts =
    (taskOfHeads(task) ?? task) === classificationOf.text || isTaskWith(task, { head: "labels" });
  if ([text, textA, textB].some((one) => one !== undefined) && !takesTexts)
    refuse("--text, --text-a and --text-b", "are for models of texts");
  if (draw !== undefined && !hasBoxes && !hasMasks) refuse("--draw", "is for models of boxes and masks");
  if (threshold !== undefined && !hasBoxes) refuse("--threshold", "is for models of boxes");
}

/** True if a model predicts for images. */
const takesImages = (model: LoadedModel): boolean =>
  hasTask(model, { head: "labels" })
    ? model.unit === "pictures"
    : isTaskWith(taskOfHeads(model.task) ?? model.task, { input: "image" });
