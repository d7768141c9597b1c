import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { Frames } from "./log-mel.js";

/** Sums over time: float32[batch, channels, frames] -> float32[batch, channels]. */
const sum = (g: Builder, x: Value): Value => g.reduceSum(x, { axes: [2] });

/** Number of frames with weight 1, at least 1: float32[batch, 1]. */
const count = (g: Builder, weights: Value): Value =>
  g.max(g.reduceSum(weights, { axes: [1], keepdims: true }), g.number(1));

/** Returns weights as a factor of all channels: float32[batch, 1, frames]. */
const ofChannels = (g: Builder, weights: Value): Value => g.unsqueeze(weights, [1]);

/** Sets the frames behind the end of a clip to 0. */
export const withoutPadding = (g: Builder, { values, present }: Frames): Value =>
  g.mul(values, ofChannels(g, present));

/** Mean over the frames of a clip: Σ mᵢ xᵢ / Σ mᵢ. */
export const meanOverTime = (g: Builder, x: Value, weights: Value): Value =>
  g.div(sum(g, g.mul(x, ofChannels(g, weights))), count(g, weights));

/** Largest value over the frames of a clip. */
export function maxOverTime(g: Builder, x: Value, present: Value): Value {
  const far = g.mul(g.sub(ofChannels(g, present), g.number(1)), g.number(1e9));
  return g.reduceMax(g.add(g.mul(x, ofChannels(g, present)), far), { axes: [2] });
}

/** Standard deviation over the frames of a clip: √(mean of (x − mean)²). */
function deviationOverTime(g: Builder, x: Value, weights: Value): Value {
  const apart = g.sub(x, g.unsqueeze(meanOverTime(g, x, weights), [2]));
  return g.sqrt(g.add(meanOverTime(g, g.mul(apart, apart), weights), g.number(1e-10)));
}

/** Subtracts the loudness of a clip: the mean over its frames and bands. A copy of the clip at another volume gives the same values. */
export function withoutLoudness(g: Builder, frames: Frames): Frames {
  const { values, present } = frames;
  const loudness = g.reduceMean(meanOverTime(g, values, present), { axes: [1], keepdims: true });
  return { values: g.sub(values, g.unsqueeze(loudness, [2])), present };
}

/** Statistics of a band. */
export const statisticsEach = 6;

/**
 * Returns the statistics of a clip's log-mel frames: float32[batch, 6 · bands]. For each band the mean, the standard deviation, the
 * standard deviation of the first difference, and the means of the three thirds of the clip. A linear model of them is the trivial
 * baseline of sounds.
 */
export function statisticsOverTime(g: Builder, { values, present }: Frames): Value {
  const farEnd = 2 ** 31 - 1;
  const later = (x: Value, axis: number): Value => g.slice(x, { starts: [1], ends: [farEnd], axes: [axis] });
  const earlier = (x: Value, axis: number): Value => g.slice(x, { starts: [0], ends: [-1], axes: [axis] });
  const differences = g.sub(later(values, 2), earlier(values, 2));
  const ones = g.cast(present, "int64");
  const place = g.cast(
    g.node("CumSum", [ones, g.number(1, "int64")], { exclusive: true, reverse: false }),
    "float32",
  );
  // Frame i of n is in third ⌊3i / n⌋.
  const third = g.node("Floor", [g.div(g.mul(place, g.number(3)), count(g, present))], {});
  const thirds = [0, 1, 2].map((k) => {
    const inside = g.cast(g.equal(third, g.number(k)), "float32");
    return meanOverTime(g, values, g.mul(present, inside));
  });
  return g.concat(
    [
      meanOverTime(g, values, present),
      deviationOverTime(g, values, present),
      deviationOverTime(g, differences, later(present, 1)),
      ...thirds,
    ],
    1,
  );
}
