import { EngraftError } from "../../core/errors.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { parametersOf } from "../../graph/surgery/index.js";
import type { MapSize } from "../../losses/index.js";
import { stageEnds } from "../regularised/delta.js";

/** Feature maps of a network: float32[batch, C, H, W]. */
export interface Maps {
  readonly value: Value;
  readonly channels: number;
  readonly size: MapSize;
}

/**
 * Returns the maps at the end of each stage of a network, the earliest first.
 *
 * For a network of tokens, the tokens as a grid: L = k², or k² + 1 with a leading class token, which is left out.
 * @param graph receives nodes for grids of tokens
 * @throws ModelError if there are none
 */
export function stageMaps(graph: Graph, whose: string): Maps[] {
  const weights = parametersOf(graph).map((p) => p.value);
  const g = new Builder(graph, "engraft/maps");
  const maps = stageEnds(graph, weights).flatMap((value) => asGrid(g, value));
  if (maps.length === 0)
    throw new EngraftError("ModelError", `${whose} has no feature maps of a known size`, {
      help: "use --method soft or relational, or --option hint=features: they look at answers and features instead",
    });
  return maps;
}

function asGrid(g: Builder, value: Value): Maps[] {
  const { shape } = g.typeOf(value);
  if (shape?.length === 4) {
    const [, channels, h, w] = shape as number[];
    return [{ value, channels: channels!, size: [h!, w!] }];
  }
  const [, length, channels] = shape as number[];
  const extra = [0, 1].find((n) => Number.isInteger(Math.sqrt(length! - n)));
  if (extra === undefined || length! - extra < 1) return [];
  const side = Math.sqrt(length! - extra);
  const tokens = extra === 0 ? value : g.slice(value, { starts: [extra], ends: [length!], axes: [1] });
  const grid = g.reshape(g.transpose(tokens, [0, 2, 1]), [0, channels!, side, side]);
  return [{ value: grid, channels: channels!, size: [side, side] }];
}

/** Returns the middle map: of three or four stages the second. */
export function middleOf(maps: readonly Maps[]): Maps {
  return maps[Math.ceil(maps.length / 2) - 1]!;
}

/** Returns the smaller of both grids on each side. */
export function commonSize(a: Maps, b: Maps): MapSize {
  return [Math.min(a.size[0], b.size[0]), Math.min(a.size[1], b.size[1])];
}
