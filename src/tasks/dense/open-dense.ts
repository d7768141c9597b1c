import type { FeatureMap } from "../../bases/dense/dense-head.js";
import { chooseLevels } from "../../bases/levels/choose-levels.js";
import { levelBody } from "../../bases/levels/level-body.js";
import type { FeatureLevels } from "../../bases/levels/levels.js";
import { parseLevels } from "../../bases/levels/parse-levels.js";
import { openBase } from "../../bases/open/open-base.js";
import type { OnEvent } from "../../core/events/events.js";
import { baseFacts } from "../../core/results/base-facts.js";
import { formatType } from "../../core/shape.js";
import type { Size } from "../../data/boxes/box.js";
import type { TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { OpenedBase } from "../../run/setup.js";

/** A base that is cut at feature maps of several strides. */
export interface DenseBase {
  readonly opened: OpenedBase;
  /** Finest first. */
  readonly maps: readonly FeatureMap[];
  readonly kind: FeatureLevels["kind"];
}

/**
 * Opens a base for pictures of one size, cut at its feature levels: those of the option `levels`, else those that are found.
 * @throws OptionError if a named level is no map of its stride
 * @throws ModelError if no two levels are found, or the base takes another picture size only
 */
export async function openDense(
  ref: string,
  { cut: _cut, imageSize: _imageSize, levels, ...options }: TrainOptions,
  size: Size,
  platform: Platform,
  onEvent: OnEvent,
): Promise<DenseBase> {
  const base = await openBase(ref, { ...options, platform, onEvent });
  const { graph } = base.imported;
  const found = chooseLevels(graph, {
    size,
    ...(base.classes !== undefined && { classes: base.classes }),
    ...(levels !== undefined && { named: parseLevels(levels) }),
  });
  const body = levelBody(graph, found.levels, size);
  const maps = body.levels.map(({ stride, height, width, classes, classChannels, boxes, boxChannels }) => ({
    stride,
    height,
    width,
    values: classes === boxes ? [classes] : [classes, boxes],
    channels: classes === boxes ? classChannels : classChannels + boxChannels,
  }));
  const values = maps.flatMap((map) => map.values);
  const cut = { value: values.join(", "), because: `feature levels of a ${found.kind}` };
  const channels = maps.reduce((sum, map) => sum + map.channels, 0);
  const opened: OpenedBase = {
    base: { ...base, preprocessing: { ...base.preprocessing, height: size.height, width: size.width } },
    body: { graph: body.graph, cut, pooling: "none", features: values[0]!, width: channels },
  };
  onEvent({
    event: "base",
    ...baseFacts(base),
    input: `${formatType(body.graph.typeOf(body.graph.inputs[0]!))}, pictures stretched to ${size.width} × ${size.height}`,
    cut: `${cut.because}: ${maps.map((map) => `stride ${map.stride} (${map.channels})`).join(", ")}`,
    features: channels,
    notes: base.imported.notes,
  });
  return { opened, maps, kind: found.kind };
}
