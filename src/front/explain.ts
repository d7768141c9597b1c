import { taskOfModel } from "../bases/model-folder.js";
import { withPixels } from "../bases/pixels.js";
import { EngraftError, stopIf } from "../core/errors.js";
import { type ExplainMethod, explainMethods, type HeatMap, type WordWeight } from "../core/insights.js";
import { decodePixels } from "../data/index.js";
import { limeWeights, occlude, pieces, wordWeights } from "../explain/index.js";
import { logProbability } from "../explain/log-probability.js";
import { openSession } from "../runtime/open.js";
import type { Runtime } from "../runtime/runtime.js";
import { greyOf, openGradCam, scorerOf } from "./insights/explained-pictures.js";
import { type Machine, openMachine } from "./machine.js";
import { graphOf, softmax } from "./model.js";
import { openFolder } from "./open-folder.js";

export interface ExplainOptions {
  /** Default: Grad-CAM for a model of pictures that has a last feature map, else occlusion. */
  readonly method?: ExplainMethod;
  /** The class to explain. Default: the one that is answered. */
  readonly class?: string;
  /** Of LIME's draws. Default 0. */
  readonly seed?: number;
  /** Default: all cores. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/** Why a model answers what it answers to one item. */
export interface Explanation {
  readonly input: string;
  /** The answer, and its probability. */
  readonly label: string;
  readonly score: number;
  /** What is explained: the answer, or the class that was asked for, with its probability. */
  readonly class: string;
  readonly class_score: number;
  readonly method: ExplainMethod;
  /**
   * Of a picture. Grad-CAM: not negative, in no unit. Occlusion: what log p of the class loses where a patch is grey.
   * LIME: what the class's probability gains by each cell.
   */
  readonly map?: HeatMap;
  /** Of a text: its pieces, with what log p of the class loses without each (occlusion), or its probability gains (LIME). */
  readonly words?: readonly WordWeight[];
}

/** Cells of LIME along a side. */
const limeSide = 8;

/**
 * Why a model answers what it answers, item by item.
 *
 * @param model a model folder of classes of pictures or texts, or the run folder around it
 * @param items pictures as paths, or texts
 * @throws ModelError when the model cannot be explained so; OptionError for a class that it does not know; DataError for a
 * picture that cannot be read
 * @example
 * for await (const { class: answer, map } of explain(run.model, ["rose.jpg"], { method: "occlusion" })) console.log(answer, map);
 */
export async function* explain(
  model: string,
  items: Iterable<string> | AsyncIterable<string>,
  options: ExplainOptions = {},
): AsyncGenerator<Explanation> {
  const machine = await openMachine();
  const { method } = options;
  if (method !== undefined && !explainMethods.includes(method))
    throw new EngraftError("OptionError", `method is ${JSON.stringify(method)}`, {
      help: `use one of ${explainMethods.join(", ")}`,
    });
  const task = await taskOfModel(machine.platform, model);
  if (task !== "image-classification" && task !== "text-classification")
    throw new EngraftError(
      "ModelError",
      `the model was trained for ${task}: it gives no classes to explain`,
      {
        at: model,
        help: "explain is for models of classes of pictures or texts",
      },
    );
  const runtime = await machine.openRuntime(options.threads ?? machine.platform.cores());
  try {
    const one =
      task === "text-classification"
        ? await ofTexts(machine, runtime, model, options)
        : await ofPictures(machine, runtime, model, options);
    for await (const item of items) {
      stopIf(options.signal);
      yield await one(item);
    }
  } finally {
    await runtime.close();
  }
}

type One = (item: string) => Promise<Explanation>;

/** The answer, and which class is explained. */
function answered(
  input: string,
  scores: Float32Array,
  classes: readonly string[],
  asked: number | undefined,
) {
  const p = softmax(scores);
  const best = p.indexOf(Math.max(...p));
  const k = asked ?? best;
  return {
    k,
    said: { input, label: classes[best]!, score: p[best]!, class: classes[k]!, class_score: p[k]! },
  };
}

/** @throws OptionError when the model does not know it */
function placeOf(classes: readonly string[], { class: asked }: ExplainOptions): number | undefined {
  if (asked === undefined) return undefined;
  const at = classes.indexOf(asked);
  if (at >= 0) return at;
  const some = classes.slice(0, 10).map((name) => `"${name}"`);
  throw new EngraftError("OptionError", `the model has no class ${JSON.stringify(asked)}`, {
    help: `it knows ${some.join(", ")}${classes.length > some.length ? `, and ${classes.length - some.length} more` : ""}`,
    details: { class: asked },
  });
}

async function ofPictures(
  { platform }: Machine,
  runtime: Runtime,
  dir: string,
  options: ExplainOptions,
): Promise<One> {
  const folder = await openFolder(platform, dir);
  const { classes, preprocessing } = folder;
  const asked = placeOf(classes, options);
  const graph = withPixels(graphOf(folder), preprocessing);
  const session = await openSession(runtime, graph, { label: `model "${folder.dir}"` });
  const score = scorerOf(session, preprocessing);
  const { method } = options;
  const cam =
    method === undefined || method === "grad-cam"
      ? await openGradCam(runtime, graph, preprocessing, classes.length).catch((error: unknown) => {
          if (method === "grad-cam") throw error;
          return undefined;
        })
      : undefined;
  const { signal, seed } = options;
  const { height, width } = preprocessing;
  return async (input) => {
    const pixels = Uint8Array.from((await decodePixels(input, preprocessing, platform)).data);
    const { k, said } = answered(input, (await score(pixels, 1)).subarray(0, classes.length), classes, asked);
    if (cam) return { ...said, method: "grad-cam", map: await cam(pixels, k) };
    const stop = signal ? { signal } : {};
    if (method !== "lime") {
      const map = await occlude(score, pixels, preprocessing, k, { grey: greyOf(preprocessing), ...stop });
      return { ...said, method: "occlusion", map };
    }
    const [rows, columns] = [Math.min(limeSide, height), Math.min(limeSide, width)];
    const cellOf = (at: number): number => {
      const [y, x] = [Math.floor(at / width), at % width];
      return Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
    };
    const hidden = cellMeans(pixels, rows * columns, cellOf);
    const values = await limeWeights(
      async (shown) => {
        const all = new Uint8Array(shown.length * pixels.length);
        for (const [s, on] of shown.entries())
          for (let at = 0; at < height * width; at++) {
            const from = on[cellOf(at)] ? pixels.subarray(3 * at, 3 * at + 3) : hidden[cellOf(at)]!;
            all.set(from, s * pixels.length + 3 * at);
          }
        return probabilities(await score(all, shown.length), shown.length, k);
      },
      rows * columns,
      { ...(seed !== undefined && { seed }), ...stop },
    );
    return { ...said, method: "lime", map: { rows, columns, values: [...values] } };
  };
}

/** What hides a cell is its own mean colour. */
function cellMeans(pixels: Uint8Array, cells: number, cellOf: (at: number) => number): Uint8Array[] {
  const sums = new Float64Array(4 * cells);
  for (let at = 0; 3 * at < pixels.length; at++) {
    const cell = cellOf(at);
    for (const c of [0, 1, 2]) sums[4 * cell + c]! += pixels[3 * at + c]!;
    sums[4 * cell + 3]!++;
  }
  return Array.from({ length: cells }, (_, cell) =>
    Uint8Array.from([0, 1, 2], (c) => Math.round(sums[4 * cell + c]! / sums[4 * cell + 3]!)),
  );
}

function probabilities(scores: Float32Array, n: number, k: number): number[] {
  const c = scores.length / n;
  return Array.from({ length: n }, (_, i) =>
    Math.exp(logProbability(scores.subarray(i * c, (i + 1) * c), k)),
  );
}

async function ofTexts(
  { platform }: Machine,
  runtime: Runtime,
  dir: string,
  options: ExplainOptions,
): Promise<One> {
  if (options.method === "grad-cam")
    throw new EngraftError("OptionError", "Grad-CAM looks at pictures, the model answers texts", {
      help: "use --method occlusion or lime",
    });
  const { openTextFolder } = await import("./tasks/text-model.js");
  const folder = await openTextFolder(platform, dir);
  const { classes } = folder;
  const asked = placeOf(classes, options);
  const session = await openSession(runtime, folder.graph, { label: `model "${folder.dir}"` });
  const { signal, seed } = options;
  const stop = signal ? { signal } : {};
  const score = (texts: readonly string[]) => folder.scores(session, texts, stop);
  return async (input) => {
    if (input.trim() === "")
      throw new EngraftError("DataError", "a text is empty", { help: "give texts with words" });
    const { k, said } = answered(input, await score([input]), classes, asked);
    if (options.method !== "lime")
      return { ...said, method: "occlusion", words: await wordWeights(score, input, k, stop) };
    const all = pieces(input);
    const places = [...all.keys()].filter((i) => all[i]!.word);
    const weights = await limeWeights(
      async (shown) => {
        const texts = shown.map((on) => {
          const left = new Set(places.filter((_, i) => !on[i]));
          return all
            .filter((_, i) => !left.has(i))
            .map((piece) => piece.text)
            .join("");
        });
        return probabilities(await score(texts), texts.length, k);
      },
      places.length,
      { ...(seed !== undefined && { seed }), ...stop },
    );
    const of = new Map(places.map((place, i) => [place, weights[i]!]));
    return {
      ...said,
      method: "lime",
      words: all.map(({ text }, i) => ({ text, ...(of.has(i) && { weight: of.get(i)! }) })),
    };
  };
}
