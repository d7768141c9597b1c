/** Raw outputs of a dense detector without a network: places of three levels, and drawn logits and distances. */
import { draws } from "../../src/core/random.js";
import type { Size } from "../../src/data/boxes/box.js";
import type { Places } from "../../src/data/boxes/places.js";
import { Builder, Graph } from "../../src/graph/index.js";

/** Places of levels with these strides. */
export function gridPlaces({ width, height }: Size, strides: readonly number[] = [8, 16, 32]): Places {
  const points: number[] = [];
  const steps: number[] = [];
  const levels = strides.map((stride) => {
    const level = { stride, height: height / stride, width: width / stride, first: points.length / 2 };
    for (let j = 0; j < level.height; j++)
      for (let i = 0; i < level.width; i++) {
        points.push((i + 0.5) * stride, (j + 0.5) * stride);
        steps.push(stride, stride);
      }
    return level;
  });
  return {
    ...{
      count: points.length / 2,
      points: Float32Array.from(points),
      strides: Float32Array.from(steps),
      levels,
    },
  };
}

/** A model that returns its input, float32[batch, P, K + 4]. */
export function rawModel(places: number, classes: number): Graph {
  const graph = new Graph("raw");
  const raw = graph.input("raw", { dtype: "float32", shape: ["batch", places, classes + 4] });
  graph.outputs.push(new Builder(graph).nodes("Identity", [raw], {}, ["logits"])[0]!);
  return graph;
}

/** Logits N(mean, 2²) and distances of about three cells. */
export function drawRaw(seed: number, places: number, classes: number, mean: number): Float32Array {
  const d = draws(seed, "raw detections");
  return Float32Array.from({ length: places * (classes + 4) }, (_, i) =>
    i % (classes + 4) < classes ? mean + 2 * d.normal() : 1.1 + 0.5 * d.normal(),
  );
}
