import type { LoadedModel } from "../../../api/load.js";
import { load } from "../../../api/load.js";
import { mayWriteTexts } from "../../../bases/sequences/may-write.js";
import { EngraftError } from "../../../core/errors.js";
import { modalities, modalityOf } from "../../../core/modalities.js";
import { factsOf, type Task, type TaskWith, taskOfHeads } from "../../../core/results/task.js";
import { countCut } from "../../../inference/cut-texts.js";
import { nodePlatform } from "../../../platform/node.js";
import { isComposed } from "../../../tasks/composed/composed-model.js";
import type { PictureLine } from "../../../tasks/dense/picture-line.js";
import type { PredictionLine } from "../../../tasks/targets/target.js";
import type { Command } from "../../command.js";
import type { OptionsOf } from "../../options/options.js";
import type { Output } from "../../output.js";
import { labelled } from "../../render/labelled.js";
import { pairOf } from "../pair-of.js";
import { unreadableInputs } from "../unreadable.js";
import { type Draw, openDrawings } from "./draw-pictures.js";
import { imagesOf, type NamedInput, rowsOfFiles, soundsOf, textsOf, withWords } from "./inputs.js";
import { refuseOptions } from "./refuse-options.js";

/** Inputs per batch by modality. A file that cannot be read is left out. */
const most = { image: 1, audio: 1, text: 256, table: 1000 } as const;
/** Name of an input in a line of the output by modality. Default: as given. */
const shownName: Partial<Record<keyof typeof most, (name: string) => string>> = {
  text: (name) => name.replace(/\s+/g, " "),
};

/** `engraft predict <model> <input…|folder|list|->`: a prediction for each input, also if another one cannot be read. */
export const predict: Command<OptionsOf<"predict">> = async (args, options, { output, signal }) => {
  const [dir = "", ...words] = args;
  if (await mayWriteTexts(nodePlatform, dir)) {
    const { writeTexts } = await import("./write-texts.js");
    if (await writeTexts(dir, words, options, { output, signal })) return;
  }
  const { top = 1, tta = 1, sets, abstain, textA, textB, text, quotes, ...dense } = options;
  const { threads, device, long, threshold } = dense;
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
    const modality = modalityOfModel(model);
    refuseOptions(model, modality, options);
    const unreadable = unreadableInputs(output);
    let n = 0;
    const { onEvent } = output;
    const asText = { pair, columns: text };
    const asList = { quotes, onEvent };
    const ofRows = {
      ...asList,
      ...("columns" in model && {
        columns: model.columns,
        pictures: model.pictures,
        complete: model.complete,
      }),
    };
    const inputsOf = {
      image: () => imagesOf(words, signal),
      text: () => withWords(textsOf(words, signal, { ...asText, ...asList }), unreadable),
      audio: () => soundsOf(words, signal),
      table: () => rowsOfFiles(words, ofRows, unreadable),
    };
    const draw = dense.draw === undefined ? undefined : await openDrawings(dense.draw);
    const ofClasses = { sets, abstain, onNoThreshold: noteOnce(output) };
    const asLines = { top, tta, ...ofClasses, ...(threshold !== undefined && { threshold }) };
    const inputs: AsyncIterable<NamedInput<unknown>> = inputsOf[modality]();
    for await (const part of batchesOf(inputs, most[modality])) {
      if (signal.aborted)
        throw new EngraftError(
          "Interrupted",
          `stopped after ${n} ${modalities[modality][n === 1 ? "one" : "many"]}`,
        );
      try {
        const lines = await model.predictLines(
          part.map(({ input }) => input as never),
          asLines,
        );
        await printAll(part, lines, { modality, draw, output });
        n += part.length;
      } catch (thrown) {
        if (most[modality] > 1) throw thrown;
        unreadable.add(part[0]!.name, thrown);
      }
    }
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

async function printAll(
  part: readonly NamedInput<unknown>[],
  lines: readonly (PredictionLine | PictureLine)[],
  how: { readonly modality: keyof typeof most; readonly draw: Draw | undefined; readonly output: Output },
): Promise<void> {
  for (const [i, line] of lines.entries()) {
    const { name: input } = part[i]!;
    const name = shownName[how.modality]?.(input) ?? input;
    const drawn = "overlay" in line ? await how.draw?.(input, line.overlay()) : undefined;
    const event = { event: "prediction", input, ...line.event, ...(drawn !== undefined && { drawn }) };
    how.output.answer(event, [name, ...line.words]);
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

/** Returns the modality of a model's inputs. Rows may have inputs of several modalities. */
function modalityOfModel(model: LoadedModel): keyof typeof most {
  if (isComposed(model)) return modalityOf(model.unit);
  const { input } = factsOf(
    (taskOfHeads(model.task) ?? model.task) as Exclude<Task, TaskWith<{ head: "labels" }>>,
  );
  return input === "several" ? "table" : input;
}
