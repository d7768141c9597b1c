import { EngraftError, messageOf } from "../../core/errors.js";
import type { TrainResultEvent } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { ExplainedText, FeatureMap, Insights, LayersMoved } from "../../core/results/insights.js";
import { type Rows, rowsAt, rowsOf } from "../../core/results/rows.js";
import { type Sample, sizedBatches } from "../../data/index.js";
import { tokenTable } from "../../data/texts/token-table.js";
import type { Predictions } from "../../evaluate/class-predictions.js";
import { readPredictions } from "../../evaluate/predictions.js";
import { planar, type TextScorer, umapPlane, wordWeights } from "../../explain/index.js";
import type { Graph } from "../../graph/graph.js";
import { firstOutput } from "../../runtime/first-output.js";
import { openSession } from "../../runtime/open.js";
import { extractFeatures } from "../../train/features.js";
import type { Context } from "../context.js";
import { longestShown } from "../report/texts-by-id.js";
import { fedBy } from "../setup.js";
import { itemsOf } from "../training/planned.js";
import { type Chosen, chosenOf } from "./chosen.js";
import { explainedPictures } from "./explained-pictures.js";
import { keepInsights } from "./insights-file.js";
import { columns, concatenateLayers, layersMoved, placesOf } from "./layers.js";
import { type Limit, limitOf } from "./limit.js";

/** Seconds for explanations: a tenth of the run's time, within these bounds. */
const [least, most] = [6, 60];
/** Most points of a map: more cannot be distinguished. */
const mostPoints = 1000;
/** Items for CKA between two networks: more hardly change it. */
export const mostForCka = 256;
/** Pairs of items times features for UMAP's nearest neighbours. */
const mostCompared = 5e8;

/** A trained model, and its predictions for the test split. */
export interface Trained {
  /** The body's input -> logits. */
  readonly model: Graph;
  readonly predictions: Predictions;
  readonly result: TrainResultEvent;
}

/**
 * Explains a model that was just trained: its worst and best predictions, a map of the test split, and what training
 * changed. The model and its result are stored before: if this fails or is stopped, only a part of the report is missing.
 */
export async function explainModel(context: Context, trained: Trained): Promise<Insights | undefined> {
  const { run, machine, onEvent } = context;
  const { total } = trained.result.seconds;
  const limit = limitOf(context, Math.min(most, Math.max(least, total / 10)));
  try {
    const insights = await seen(context, trained, limit);
    await keepInsights(machine.platform, run.path, insights);
    return insights;
  } catch (error) {
    const text =
      error instanceof EngraftError && error.kind === "Interrupted"
        ? message("insights-stopped")
        : message("insights-failed", { why: messageOf(error) });
    onEvent({ event: "warning", ...warningText("insights", text) });
    return undefined;
  }
}

async function seen(context: Context, trained: Trained, limit: Limit): Promise<Insights> {
  const { dataset, opened, machine } = context;
  const { classes } = dataset;
  const { base } = opened;
  const { predictions } = trained;
  const byId = new Map(itemsOf(context, "test").map((item) => [item.id, item]));
  const items = predictions.items.map((id) => byId.get(id)!);
  const chosen = chosenOf({ classes, ...predictions });
  const model = fedBy(opened, trained.model);
  const { preprocessing } = base;
  const explained = base.text
    ? await ofTexts(context, model, items, chosen, limit)
    : await explainedPictures({
        runtime: machine.runtime,
        platform: machine.platform,
        model,
        preprocessing,
        classes,
        items,
        chosen,
        limit: limit.within(0.6),
      });
  const { pace, left_out, ...explanations } = explained;
  const inside = await insideOf(context, trained, items, Number.isFinite(pace) ? pace : 0.05, limit);
  return {
    format: 1,
    ...explanations,
    ...inside.found,
    left_out: [...left_out, ...inside.left_out],
    seconds: Number(limit.spent.toFixed(2)),
  };
}

async function ofTexts(
  { dataset, opened, machine }: Context,
  model: Graph,
  items: readonly Sample[],
  chosen: readonly Chosen[],
  limit: Limit,
) {
  const { tokenizer, fixed } = opened.base.text!;
  const session = await openSession(machine.runtime, model, { label: "the model that is explained" });
  const c = dataset.classes.length;
  const score: TextScorer = async (texts) => {
    const rows = texts.map((text, i) => ({ sha256: String(i), text }));
    const table = tokenTable(rows, tokenizer, { fixed });
    const out = new Float32Array(texts.length * c);
    for (const { x, indices } of sizedBatches(rows, table, 32)) {
      const scores = await firstOutput(session, x);
      indices.forEach((index, i) => {
        out.set(scores.subarray(i * c, (i + 1) * c), index * c);
      });
    }
    return out;
  };
  const texts = items.map((item) => ({ id: item.id, text: (item as { text?: string }).text ?? "" }));
  try {
    return await explainedTexts(score, dataset.classes, texts, chosen, limit.within(0.6));
  } finally {
    await session.dispose();
  }
}

/**
 * The map of the test split, and what training changed: from one pass of the trained body, and a short one of the
 * base's.
 */
async function insideOf(
  context: Context,
  { model, predictions }: Trained,
  items: readonly Sample[],
  pace: number,
  limit: Limit,
): Promise<{ readonly found: Pick<Insights, "map" | "layers">; readonly left_out: Insights["left_out"] }> {
  const { opened, dataset, inputs, machine } = context;
  const { graph: body, features } = opened.body;
  const left_out: Insights["left_out"][number][] = [];
  const places = placesOf(body).filter(({ value }) => model.has(value));
  const width = opened.body.width;
  const widths = places.reduce((sum, place) => sum + place.width, 0);
  // Images are decoded and run.
  const affordable = Math.floor((0.5 * limit.left) / (2 * pace));
  const comparable = Math.floor(Math.sqrt(mostCompared / width));
  const shown = evenly(items.length, Math.min(mostPoints, affordable, comparable));
  if (shown.length < 3)
    return {
      found: { layers: layersMoved(body, model, places) },
      left_out: [
        { what: "map", why: items.length < 3 ? "there are too few test items" : "no time was left" },
      ],
    };
  const rowsUnder = async (graph: Graph, some: readonly Sample[], wide: number): Promise<Rows> => {
    const { rows } = await extractFeatures(some, {
      session: () => openSession(machine.runtime, fedBy(opened, graph), { label: "a look inside" }),
      width: wide,
      inputs,
      platform: machine.platform,
      signal: limit.signal,
    });
    return rows;
  };
  let map: FeatureMap | undefined;
  let layers: LayersMoved = layersMoved(body, model, places);
  try {
    const some = shown.map((i) => items[i]!);
    const values = places.map(({ value }) => value);
    const after = await rowsUnder(concatenateLayers(model, [...values, features]), some, widths + width);
    const own = columns(after, widths, width);
    const { points, explained } = planar(own, some.length, width);
    const spread = await umapPlane(own, some.length, width);
    const { predicted } = readPredictions({ classes: dataset.classes, ...predictions });
    map = {
      items: some.map(({ id }) => id),
      true: shown.map((i) => predictions.labels[i]!),
      predicted: shown.map((i) => predicted[i]!),
      pca: { points: short(points), explained },
      ...(spread && { umap: { ...spread, points: short(spread.points) } }),
      of: items.length,
      width,
    };
    if (layers.blocks.some(({ moved }) => moved > 0) && places.length > 0) {
      // Items are sorted by class: the first ones would be of the first classes.
      const spread = evenly(some.length, mostForCka);
      const before = await rowsUnder(
        concatenateLayers(body, values),
        spread.map((i) => some[i]!),
        widths,
      );
      layers = layersMoved(body, model, places, {
        before,
        after: rowsOf(rowsAt(after, spread), after.width),
      });
    }
  } catch (error) {
    left_out.push({ what: map ? "layers" : "map", ...limit.reasonFor(error) });
  }
  return { found: { ...(map && { map }), layers }, left_out };
}

const short = (points: FeatureMap["pca"]["points"]): FeatureMap["pca"]["points"] =>
  points.map(([x, y]) => [Number(x.toPrecision(4)), Number(y.toPrecision(4))]);

/** Returns evenly spread indices out of n. */
export function evenly(n: number, most: number): number[] {
  const count = Math.max(0, Math.min(n, most));
  return Array.from({ length: count }, (_, i) => Math.floor((i * n) / count));
}

/** Explains by which words the model predicted, text by text while time remains. */
async function explainedTexts(
  score: TextScorer,
  classes: readonly string[],
  items: readonly { readonly id: string; readonly text: string }[],
  chosen: readonly Chosen[],
  limit: Limit,
): Promise<{
  readonly texts: readonly ExplainedText[];
  readonly left_out: Insights["left_out"];
  /** Seconds of the model per text. */
  readonly pace: number;
}> {
  const left_out: Insights["left_out"][number][] = [];
  const texts: ExplainedText[] = [];
  let [asked, seconds] = [0, 0];
  const counted: TextScorer = async (some) => {
    const begin = performance.now();
    const scores = await score(some);
    asked += some.length;
    seconds += (performance.now() - begin) / 1000;
    return scores;
  };
  for (const { at, which, predicted, ...said } of chosen) {
    const { id, text } = items[at]!;
    try {
      const words = await wordWeights(counted, text.slice(0, longestShown), predicted, {
        signal: limit.signal,
      });
      texts.push({
        item: id,
        which,
        ...said,
        predicted: classes[predicted]!,
        words: words.map(({ text: piece, weight }) => ({
          text: piece,
          ...(weight !== undefined && { weight: Number(weight.toPrecision(3)) }),
        })),
      });
    } catch (error) {
      left_out.push({ what: "occlusion", ...limit.reasonFor(error) });
      break;
    }
  }
  return { texts, left_out, pace: asked > 0 ? seconds / asked : Number.NaN };
}
