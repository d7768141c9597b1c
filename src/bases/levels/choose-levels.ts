import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import { didYouMean } from "../../core/nearest.js";
import { formatShape } from "../../core/shape.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { type FeatureMap, featureMaps, mapOf } from "./feature-maps.js";
import { type FindLevelsOptions, findLevels, isEnough, levelOf, probeSize } from "./find-levels.js";
import { levelAt, requireSize } from "./level-at.js";
import type { FeatureLevels } from "./levels.js";
import type { NamedLevels } from "./parse-levels.js";
import { type PictureSize, requirePicture, sizedGraph } from "./sized-graph.js";

export interface ChooseLevelsOptions extends FindLevelsOptions {
  /** Levels that the user names. Default: they are found. */
  readonly named?: NamedLevels;
}

/**
 * Returns the levels of a model on which a head can be trained: those that the user names, else those that are found.
 * @throws OptionError if a named value is no map of its stride; ModelError if fewer than two strides are found
 */
export function chooseLevels(graph: Graph, options: ChooseLevelsOptions = {}): FeatureLevels {
  const { named } = options;
  if (named !== undefined && named !== "decoder") return levelsNamed(graph, named, options);
  const found = findLevels(graph, options);
  if (named === undefined) return requireEnough(found);
  if (found.decoder) return { ...found, levels: [found.decoder] };
  throw new EngraftError("OptionError", "--levels decoder: the base has no decoder", {
    help: `it is a ${found.kind}; leave the option out, or give 8=VALUE,16=VALUE,32=VALUE`,
    details: { option: "levels" },
  });
}

function requireEnough(found: FeatureLevels): FeatureLevels {
  if (isEnough(found)) return found;
  const { levels, refused } = found;
  const strides = levels.map((level) => `stride ${level.stride} ("${level.values[0]!.value}")`);
  throw new EngraftError(
    "ModelError",
    `the base has feature maps of ${strides.length === 0 ? "no stride" : `${strides.join(", ")} only`}; boxes and masks need two strides`,
    {
      at: ["values that were looked at:", ...refused.map(refusedLine)].join("\n"),
      help: "name the values yourself: --levels 8=VALUE,16=VALUE,32=VALUE; or use another base",
      details: { levels, refused },
    },
  );
}

export const refusedLine = ({ value, shape, why }: FeatureLevels["refused"][number]): string =>
  `"${value}" ${formatShape(shape)}: ${why}`;

function levelsNamed(
  graph: Graph,
  named: ReadonlyMap<number, Value>,
  options: FindLevelsOptions,
): FeatureLevels {
  const picture = requirePicture(graph);
  const found = findLevels(graph, { classes: options.classes });
  const own = found.fixed ?? picture.fixed;
  const probe = mapsAt(graph, probeSize);
  const isFree = [...named.values()].every((value) => typeof probe(value) !== "string");
  const mapIn = isFree || !own ? probe : mapsAt(graph, own);
  const maps = [...named].map(([stride, value]) => {
    if (!graph.has(value)) throw unknownValue(graph, value);
    const map = mapIn(value);
    if (typeof map !== "string" && map.stride === stride) return map;
    throw wrongValue(stride, value, typeof map === "string" ? map : `its stride is ${map.stride}`);
  });
  const fixed = isFree ? undefined : own;
  const size = options.size ?? own ?? probeSize;
  requireSize(fixed, size);
  const sized = sizedGraph(graph, picture, size);
  const levels = maps.map((map) => levelAt(sized, levelOf([{ map, use: "both" }], message("level-named"))));
  return { ...found, levels, size, fixed };
}

/** Returns the feature map of each value for a picture size, or the reason why it is none. */
function mapsAt(graph: Graph, size: PictureSize): (value: Value) => FeatureMap | string {
  const sized = sizedGraph(graph, requirePicture(graph), size);
  const maps = featureMaps(sized);
  return (value) => maps.get(value) ?? mapOf(sized, value);
}

function unknownValue(graph: Graph, value: Value): EngraftError {
  const names = graph.nodes.flatMap((node) => node.outputs);
  return new EngraftError("OptionError", `--levels: the base has no value "${value}"`, {
    help: `${didYouMean(value, names)}\`engraft inspect\` lists the levels of a model`,
    details: { option: "levels", value },
  });
}

const wrongValue = (stride: number, value: Value, why: string): EngraftError =>
  new EngraftError("OptionError", `--levels ${stride}=${value}: ${why}`, {
    help: "name a value with this stride; `engraft inspect` lists the levels of a model",
    details: { option: "levels", stride, value },
  });
