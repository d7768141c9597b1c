import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { load } from "../../../api/load.js";
import { EngraftError } from "../../../core/errors.js";
import type { Answer } from "../../../inference/answer.js";
import { countCut } from "../../../inference/cut-texts.js";
import type { Model, TasksModel } from "../../../tasks/classes/image-model.js";
import type { Regressor } from "../../../tasks/numbers/regressor.js";
import type { Command } from "../../command.js";
import type { OptionsOf } from "../../options/options.js";
import type { Output } from "../../output.js";
import { type Asked, asksForTrust, refuseTrust, toldAssessment } from "../../render/render-assessment.js";
import { estimateWords } from "../../render/render-numbers.js";
import { pairOf } from "../pair-of.js";
import { unreadableInputs } from "../unreadable.js";

const pictures = /\.(jpe?g|png|webp|gif|bmp|tiff?|avif)$/i;

/** The pictures that the words stand for: files, all pictures in folders, and paths from stdin for `-`. */
export async function* inputsOf(words: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
  for (const word of words) {
    if (word === "-") {
      for await (const line of createInterface({ input: process.stdin, signal }))
        if (line.trim() !== "") yield line;
    } else if ((await stat(word).catch(() => undefined))?.isDirectory()) {
      // Links to folders are not followed, so a loop of links is no loop here.
      const entries = await readdir(word, { recursive: true, withFileTypes: true });
      const paths = entries
        .filter((e) => !e.isDirectory() && pictures.test(e.name))
        .map((e) => join(e.parentPath, e.name));
      if (paths.length === 0)
        throw new EngraftError("DataError", `the folder ${word} holds no pictures`, {
          at: word,
          help: "pictures end in .jpg .png .webp .gif .bmp .tif or .avif",
        });
      yield* paths.sort();
    } else yield word;
  }
}

/** Returns the prediction for one image: for programs, and as cells of a line for people. */
type PredictImage = (input: string) => Promise<{
  readonly event: Readonly<Record<string, unknown>>;
  readonly words: readonly string[];
}>;

const cells = (answers: readonly Answer[]): string[] =>
  answers.flatMap(({ label, score }) => [label, score.toFixed(4)]);

function ofImages(model: Model, looks: { readonly top: number; readonly tta: number } & Asked): PredictImage {
  const { sets, top } = looks;
  if (asksForTrust(looks, looks.tta))
    return async (input) => toldAssessment(await model.assess(input, { top, ...(sets && { sets }) }), looks);
  return async (input) => {
    const answers = await model.predict(input, looks);
    const [best] = answers;
    return { event: { label: best?.label, score: best?.score, top: answers }, words: cells(answers) };
  };
}

/** Predictions of several heads: those of the first as for one head, and those of all by name. */
function ofTasks(model: TasksModel, looks: { readonly top: number; readonly tta: number }): PredictImage {
  return async (input) => {
    const tasks = Object.entries(await model.predict(input, looks));
    const told = tasks.map(
      ([task, its]) => [task, { label: its[0]?.label, score: its[0]?.score, top: its }] as const,
    );
    return {
      event: { ...told[0]?.[1], tasks: Object.fromEntries(told) },
      words: tasks.flatMap(([task, its]) => [task, ...cells(its)]),
    };
  };
}

function ofNumbers(model: Regressor): PredictImage {
  return async (input) => {
    const values = await model.predict(input);
    return { event: { values, coverage: model.coverage }, words: values.flatMap(estimateWords) };
  };
}

/** Notes, before the first prediction, that all of them are unsure and why. */
function noteOnce(output: Output): (why: string) => void {
  let noted = false;
  return (why) => {
    if (!noted) output.note(`every prediction is unsure: ${why}`);
    noted = true;
  };
}

/** `engraft predict <model> <file…|folder|->`: an answer for each, also when another one cannot be read. */
export const predict: Command<OptionsOf<"predict">> = async (args, options, { output, signal }) => {
  const [dir = "", ...words] = args;
  const { threads, top = 1, tta = 1, sets, abstain, long, textA, textB, text, quotes } = options;
  const pair = pairOf({ command: "predict", textA, textB, words });
  const how = { ...(threads !== undefined && { threads }), ...(long !== undefined && { long }) };
  const cut = countCut();
  const model = await load(dir, { ...how, onCut: cut.onCut });
  try {
    const { task } = model;
    if (!/^(image|text|tabular)-classification$/.test(task)) refuseTrust(options, task);
    if (
      (pair || text !== undefined) &&
      task !== "text-classification" &&
      task !== "multi-label-classification"
    )
      throw new EngraftError(
        "OptionError",
        `--text, --text-a and --text-b are for models of texts, and this is of ${task}`,
        { help: "leave them out" },
      );
    const texts = {
      ...(pair && { pair }),
      ...(text !== undefined && { columns: text }),
      ...(quotes && { quotes }),
      cut,
    };
    const asked = { top, sets, abstain, onNoThreshold: noteOnce(output) };
    switch (model.task) {
      case "image-classification":
        return await predictImages(ofImages(model, { ...asked, tta }), words, output, signal);
      case "multi-task-image-classification":
        return await predictImages(ofTasks(model, { top, tta }), words, output, signal);
      case "image-regression":
        return await predictImages(ofNumbers(model), words, output, signal);
      case "tabular-classification":
      case "tabular-regression": {
        const { predictRows } = await import("./predict-rows.js");
        return await predictRows(model, words, { ...asked, ...(quotes && { quotes }) }, output, signal);
      }
      case "text-classification": {
        const { predictTexts } = await import("./predict-texts.js");
        return await predictTexts(model, words, { ...asked, ...texts }, output, signal);
      }
      case "token-classification": {
        const { predictEntities } = await import("./predict-entities.js");
        return await predictEntities(model, words, output, signal);
      }
      case "multi-label-classification": {
        const { predictLabels } = await import("./predict-labels.js");
        return await predictLabels(model, words, { top, ...texts }, { output, signal, pictures: inputsOf });
      }
    }
  } finally {
    await model.close();
  }
};

/** Prints an answer for each image. @throws DataError at the end for images that could not be read */
async function predictImages(
  predictImage: PredictImage,
  words: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  let n = 0;
  const unreadable = unreadableInputs(output);
  for await (const input of inputsOf(words, signal)) {
    if (signal.aborted) throw new EngraftError("Interrupted", `stopped after ${n} pictures`);
    try {
      const { event, words } = await predictImage(input);
      n++;
      output.answer({ event: "prediction", input, ...event }, [input, ...words].join("\t"));
    } catch (thrown) {
      unreadable.add(input, thrown);
    }
  }
  unreadable.refuse(n);
  output.result({ predictions: n }, []);
}
