import { isFloat } from "../../core/dtype.js";
import { formatShape } from "../../core/shape.js";
import type { Value } from "../../graph/node.js";
import { type FeatureMap, mapOf } from "./feature-maps.js";
import type { FeatureLevel, RefusedValue } from "./levels.js";
import type { SizedGraph } from "./sized-graph.js";
import { fewestChannels, levelStrides } from "./stage-levels.js";

/** Most refused values that are listed: the last ones. */
const mostListed = 24;

/** Returns values of rank 3 and 4 that are no level, each with the reason: the last of each shape and reason. */
export function refusedValues(
  sized: SizedGraph,
  maps: ReadonlyMap<Value, FeatureMap>,
  levels: readonly FeatureLevel[],
): RefusedValue[] {
  const taken = new Set(levels.flatMap((level) => level.values.map((one) => one.value)));
  const strides = new Set(levels.map((level) => level.stride));
  const last = new Map<string, RefusedValue>();
  for (const node of sized.graph.nodes)
    for (const value of node.outputs) {
      const type = sized.graph.types.get(value);
      if (!sized.fromPicture.has(value) || taken.has(value)) continue;
      const rank = type?.shape?.length ?? 4;
      if ((type && !isFloat(type.dtype)) || rank < 3 || rank > 4) continue;
      const map = maps.get(value);
      const why = map ? whyNoLevel(map, strides) : whyNoMap(sized, value);
      const shape = type?.shape?.map((d, i) => (i === 0 && d === sized.batch ? "batch" : d));
      const key = `${formatShape(shape)} ${why}`;
      last.delete(key);
      last.set(key, { value, shape, why });
    }
  return [...last.values()].slice(-mostListed);
}

function whyNoMap(sized: SizedGraph, value: Value): string {
  const found = mapOf(sized, value);
  return typeof found === "string" ? found : "it is a product or a score, not a map of features";
}

function whyNoLevel({ stride, channels, layout }: FeatureMap, strides: ReadonlySet<number>): string {
  if (!levelStrides.includes(stride)) return `stride ${stride}, not one of ${levelStrides.join(", ")}`;
  if (channels < fewestChannels) return `${channels} channels, fewer than ${fewestChannels}`;
  if (strides.has(stride)) return `another value of stride ${stride} is the level`;
  return layout === "NCHW"
    ? `stride ${stride}, and no map of stride ${2 * stride} is computed from it`
    : "not all data passes through it";
}
