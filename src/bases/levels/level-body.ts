import { EngraftError } from "../../core/errors.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { foldConstants, removeDeadCode } from "../../graph/passes/index.js";
import { extract } from "../../graph/surgery/index.js";
import { isAt, levelAt, requireSize } from "./level-at.js";
import type { FeatureLevel, LevelValue } from "./levels.js";
import { type PictureSize, requirePicture, sizedGraph } from "./sized-graph.js";

/** Outputs of one level. */
export interface LevelOutputs {
  readonly stride: number;
  readonly height: number;
  readonly width: number;
  /** Map for the prediction of classes: float32[batch, classChannels, height, width]. */
  readonly classes: Value;
  readonly classChannels: number;
  /** Map for the prediction of boxes: float32[batch, boxChannels, height, width]; the same value if the level has one map. */
  readonly boxes: Value;
  readonly boxChannels: number;
}

/** A base without its head, which ends at its feature levels. */
export interface LevelBody {
  /** One input, float32[batch, channels, H, W], under the file's name; the outputs are the maps of `levels`, each once. */
  readonly graph: Graph;
  /** Finest first. */
  readonly levels: readonly LevelOutputs[];
}

/**
 * Cuts a base at feature levels and sets its picture size. Every output has channels first: tokens become a map without
 * their prefix, maps with channels last are transposed. A level of two towers has an output for each; values that serve
 * one purpose are joined along the channels.
 *
 * @param levels of {@link findLevels}; also `[decoder]`
 * @throws ModelError if the base takes another picture size only, has a fixed batch, or needs another input besides
 * @example
 * const { levels } = findLevels(graph, { size });
 * const body = levelBody(graph, levels, size);
 * const bytesIn = withPixels(body.graph, preprocessing);
 */
export function levelBody(base: Graph, levels: readonly FeatureLevel[], size: PictureSize): LevelBody {
  const values = [...new Set(levels.flatMap((level) => level.values.map((one) => one.value)))];
  const part = extract(base, values);
  const picture = requirePicture(part);
  if (part.inputs.length > 1)
    throw new EngraftError(
      "ModelError",
      `the base has ${part.inputs.length} inputs on the way to its feature levels, a picture model has one`,
      {
        at: part.inputs.map((v) => `"${v}"`).join(", "),
        help: "give a model with one picture input",
      },
    );
  if (typeof picture.shape[0] === "number")
    throw new EngraftError(
      "ModelError",
      `the base takes ${picture.shape[0]} picture at a time: its batch is fixed`,
      { at: `input "${picture.value}"`, help: "export the model with a symbolic batch" },
    );
  const sized = sizedGraph(part, picture, size);
  if (!levels.every((level) => isAt(sized, level))) requireSize(picture.fixed, size);
  const placed = levels.map((level) => levelAt(sized, level));
  const graph = removeDeadCode(foldConstants(sizedGraph(part, picture, size, "batch").graph));
  graph.outputs.length = 0;
  // A Reshape to [-1, …] hides that its rows are those of the batch; the sizes for a batch of 5 show it.
  for (const value of values) {
    const { dtype, shape } = sized.graph.typeOf(value);
    graph.types.set(value, { dtype, shape: ["batch", ...shape!.slice(1)] });
  }
  const g = new Builder(graph, "levels");
  const outputs = placed.map((level) => outputsOf(g, level));
  graph.outputs.push(...new Set(outputs.flatMap(({ classes, boxes }) => [classes, boxes])));
  return { graph, levels: outputs };
}

function outputsOf(g: Builder, level: FeatureLevel): LevelOutputs {
  const maps = level.values.map((one) => ({ ...one, map: channelsFirst(g, one, level) }));
  const joined = (use: "classes" | "boxes") => {
    const parts = maps.filter((one) => one.use === use || one.use === "both");
    return {
      value: g.concat(
        parts.map((one) => one.map),
        1,
      ),
      channels: parts.reduce((sum, one) => sum + one.channels, 0),
    };
  };
  const classes = joined("classes");
  const boxes = maps.every((one) => one.use === "both") ? classes : joined("boxes");
  const { stride, height, width } = level;
  return {
    stride,
    height,
    width,
    classes: classes.value,
    classChannels: classes.channels,
    boxes: boxes.value,
    boxChannels: boxes.channels,
  };
}

/** Returns a value as a map float32[batch, channels, height, width]. */
function channelsFirst(
  g: Builder,
  { value, layout, prefix, channels }: LevelValue,
  { height, width }: PictureSize,
): Value {
  if (layout === "NCHW") return value;
  if (layout === "NHWC") return g.transpose(value, [0, 3, 1, 2]);
  const grid =
    prefix === 0 ? value : g.slice(value, { starts: [prefix], ends: [prefix + height * width], axes: [1] });
  return g.reshape(g.transpose(grid, [0, 2, 1]), [0, channels, height, width]);
}
