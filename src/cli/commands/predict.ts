import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { EngraftError } from "../../core/errors.js";
import { loadModel } from "../../front/model.js";
import { loadRegressor } from "../../front/tasks/predict-task.js";
import type { Command } from "../command.js";
import { asEngraftError } from "../failure.js";
import type { OptionsOf } from "../options.js";
import { type Asked, asksForTrust, refuseTrust, toldAssessment } from "../render-assessment.js";
import { estimateWords } from "../render-numbers.js";
import { pairOf } from "./pair-of.js";

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

/** What a model says of one picture, for programs and for people. */
interface Answering {
  answer(input: string): Promise<{
    readonly event: Readonly<Record<string, unknown>>;
    readonly words: readonly string[];
  }>;
  close(): Promise<void>;
}

async function classifier(
  dir: string,
  options: { threads?: number },
  looks: { readonly top: number; readonly tta: number } & Asked,
): Promise<Answering> {
  const trust = asksForTrust(looks, looks.tta);
  const model = await loadModel(dir, options);
  return {
    async answer(input) {
      if (trust) {
        const { sets, top } = looks;
        return toldAssessment(await model.assess(input, { top, ...(sets && { sets }) }), looks);
      }
      if (model.tasks) {
        const tasks = Object.entries(await model.predictTasks(input, looks));
        const told = tasks.map(
          ([task, its]) => [task, { label: its[0]?.label, score: its[0]?.score, top: its }] as const,
        );
        return {
          // As for one head, with the first task's answer, and those of all beside it.
          event: { ...told[0]?.[1], tasks: Object.fromEntries(told) },
          words: tasks.flatMap(([task, its]) => [task, ...its.flatMap((a) => [a.label, a.score.toFixed(4)])]),
        };
      }
      const answers = await model.predict(input, looks);
      const [best] = answers;
      return {
        event: { label: best?.label, score: best?.score, top: answers },
        words: answers.flatMap((a) => [a.label, a.score.toFixed(4)]),
      };
    },
    close: () => model.close(),
  };
}

async function regressor(dir: string, options: { threads?: number }): Promise<Answering> {
  const model = await loadRegressor(dir, options);
  return {
    async answer(input) {
      const values = await model.predict(input);
      return { event: { values, coverage: model.coverage }, words: values.flatMap(estimateWords) };
    },
    close: () => model.close(),
  };
}

/** `engraft predict <model> <file…|folder|->`: an answer for each, also when another one cannot be read. */
export const predict: Command<OptionsOf<"predict">> = async (args, options, { output, signal }) => {
  const [dir = "", ...words] = args;
  const { threads, top = 1, tta = 1, sets, abstain, long, textA, textB, text, quotes } = options;
  const pair = pairOf({ command: "predict", textA, textB, words });
  const { nodePlatform } = await import("../../platform/node.js");
  const { taskOfModel } = await import("../../bases/model-folder.js");
  const task = await taskOfModel(nodePlatform, dir);
  if (!/^(image|text|tabular)-classification$/.test(task)) refuseTrust(options, task);
  if ((pair || text !== undefined) && task !== "text-classification" && task !== "multi-label-classification")
    throw new EngraftError(
      "OptionError",
      `--text, --text-a and --text-b are for models of texts, and this is of ${task}`,
      {
        help: "leave them out",
      },
    );
  const asking = {
    ...(pair && { pair }),
    ...(text !== undefined && { columns: text }),
    ...(quotes && { quotes }),
  };
  if (task.startsWith("tabular")) {
    const { predictRows } = await import("./predict-rows.js");
    const asked = {
      top,
      sets,
      abstain,
      ...(quotes && { quotes }),
      ...(threads !== undefined && { threads }),
    };
    return predictRows(dir, words, asked, output, signal);
  }
  if (task === "text-classification") {
    const { predictTexts } = await import("./predict-texts.js");
    const how = { ...(threads !== undefined && { threads }), ...(long !== undefined && { long }) };
    const asked = { top, sets, abstain, ...how, ...asking };
    return predictTexts(dir, words, asked, output, signal);
  }
  if (task === "token-classification") {
    const { predictEntities } = await import("./predict-entities.js");
    return predictEntities(dir, words, threads === undefined ? {} : { threads }, output, signal);
  }
  if (task === "multi-label-classification") {
    const { predictLabels } = await import("./predict-labels.js");
    const how = { ...(threads !== undefined && { threads }), ...(long !== undefined && { long }) };
    return predictLabels(dir, words, { top, ...how, ...asking }, { output, signal, pictures: inputsOf });
  }
  const numbers = task === "image-regression";
  const answering = await (numbers ? regressor : classifier)(dir, threads === undefined ? {} : { threads }, {
    top,
    tta,
    sets,
    abstain,
  });
  let n = 0;
  const unreadable: string[] = [];
  for await (const input of inputsOf(words, signal)) {
    if (signal.aborted) throw new EngraftError("Interrupted", `stopped after ${n} pictures`);
    try {
      const { event, words } = await answering.answer(input);
      n++;
      output.answer({ event: "prediction", input, ...event }, [input, ...words].join("\t"));
    } catch (thrown) {
      const error = asEngraftError(thrown);
      if (error.kind !== "DataError" && error.kind !== "FileError") throw error;
      unreadable.push(input);
      output.onEvent({ event: "warning", code: "unreadable", message: `${input}: ${error.message}` });
    }
  }
  await answering.close();
  if (unreadable.length > 0)
    throw new EngraftError(
      "DataError",
      `${unreadable.length} of ${n + unreadable.length} inputs could not be read`,
      {
        at: unreadable.slice(0, 3).join(", "),
        details: { unreadable },
      },
    );
  output.result({ predictions: n }, []);
};
