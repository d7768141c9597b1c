import { readsOf } from "../../graph/graph.js";
import type { Node, Value } from "../../graph/node.js";
import { bottlenecks } from "../feature-cuts.js";
import { ancestorsOf } from "./ancestors.js";
import type { FeatureMap } from "./feature-maps.js";
import type { SizedGraph } from "./sized-graph.js";

/** A level of a body without prediction convolutions. */
export interface StageMap {
  readonly map: FeatureMap;
  /** way out: the next stages compute from it. widest: the widest map of the last stage. tokens: the last tokens. */
  readonly is: "way out" | "widest" | "tokens";
}

/** Strides of levels. */
export const levelStrides: readonly number[] = [4, 8, 16, 32];
/** Fewest channels of a level: attention maps have one or a few. */
export const fewestChannels = 8;

/**
 * Returns the last map of each stage of a body, by stride.
 *
 * - A way out is a map that a node reads which makes a map of at least twice the stride. Of several ways out of one
 *   stride, the latest from which all are computed is the level.
 * - The largest stride has no way out: its widest map is the level, the latest of equals.
 *
 * @param ends values where the body ends: the input of the classifier, or of a segmenter's last convolution
 */
export function stageMaps(
  sized: SizedGraph,
  maps: ReadonlyMap<Value, FeatureMap>,
  ends: readonly Value[],
): StageMap[] {
  const producers = sized.graph.producers();
  const inside = ancestorsOf(producers, ends);
  const candidates = [...maps.values()].filter(
    (map) => inside.has(map.value) && levelStrides.includes(map.stride) && map.channels >= fewestChannels,
  );
  const deepest = Math.max(...candidates.map((map) => map.stride));
  const ways = waysOut(sized, maps, inside);
  return levelStrides.flatMap((stride): StageMap[] => {
    const all = candidates.filter((map) => map.stride === stride);
    if (stride === deepest) return lastOfStage(sized, all);
    const found = commonStart(
      producers,
      all.filter((map) => ways.has(map.value)),
    );
    return found ? [{ map: found, is: "way out" }] : [];
  });
}

/** Returns the maps from which a map of at least twice their stride is computed without another map in between. */
function waysOut(
  { graph, fromPicture }: SizedGraph,
  maps: ReadonlyMap<Value, FeatureMap>,
  inside: ReadonlySet<Value>,
): Set<Value> {
  const ways = new Set<Value>();
  /** The maps that a value is computed from without another map in between. */
  const sources = new Map<Value, ReadonlySet<FeatureMap>>();
  const nothing: ReadonlySet<FeatureMap> = new Set();
  for (const node of graph.nodes) {
    const from = new Set<FeatureMap>();
    for (const v of readsOf(node)) {
      const map = maps.get(v);
      for (const one of sources.get(v) ?? (map ? [map] : nothing)) from.add(one);
    }
    for (const value of node.outputs) {
      const map = maps.get(value);
      if (!fromPicture.has(value)) continue;
      if (!map || isSamePlaces(node, map, maps)) sources.set(value, from);
      if (map && inside.has(value))
        for (const one of from) if (map.stride >= 2 * one.stride) ways.add(one.value);
    }
  }
  return ways;
}

/** True for a map that holds the numbers of the one it is computed from: exporters write a Pad of zero places. */
function isSamePlaces(node: Node, map: FeatureMap, maps: ReadonlyMap<Value, FeatureMap>): boolean {
  const read = maps.get(node.inputs[0] ?? "");
  const isCopy = node.op === "Identity" || node.op === "Pad";
  return isCopy && read?.height === map.height && read.width === map.width && read.channels === map.channels;
}

/** Returns the latest map from which all are computed; if there is none, the widest, the latest of equals. */
function commonStart(
  producers: ReadonlyMap<Value, Node>,
  ways: readonly FeatureMap[],
): FeatureMap | undefined {
  const from = ways.map((map) => ancestorsOf(producers, [map.value]));
  return ways.findLast((map) => from.every((set) => set.has(map.value))) ?? latestWidest(ways);
}

function latestWidest(maps: readonly FeatureMap[]): FeatureMap | undefined {
  const most = Math.max(...maps.map((map) => map.channels));
  return maps.findLast((map) => map.channels === most);
}

/**
 * Returns the widest map of the last stage, the latest of equals. In a transformer, the hidden layers are wider but are no
 * features: there the level is the last map that all data passes through.
 */
function lastOfStage(sized: SizedGraph, maps: readonly FeatureMap[]): StageMap[] {
  const all = new Set(bottlenecks(sized.graph).map(({ value }) => value));
  const through = maps.filter((map) => all.has(map.value));
  const isTransformer = through.some((map) => map.layout !== "NCHW");
  const map = isTransformer ? through.at(-1) : latestWidest(maps.filter((one) => one.layout === "NCHW"));
  return map ? [{ map, is: isTransformer ? "tokens" : "widest" }] : [];
}
