import { describe, expect, test } from "vitest";
import { type Layers, type Network, network } from "../../../test/support/level-networks.js";
import { float32 } from "../../core/tensor.js";
import type { Value } from "../../graph/node.js";
import { findLevels, isEnough } from "./find-levels.js";
import type { FeatureLevel } from "./levels.js";

/** Stem and stages of strides 4, 8, 16 and 32. */
function stages(l: Layers, x: Value): readonly Value[] {
  const s4 = l.residual(l.layer(x, 8, { stride: 2 }), 8, { stride: 2, name: "s4" });
  const s8 = l.residual(l.residual(s4, 16, { stride: 2 }), 16, { name: "s8" });
  const s16 = l.residual(s8, 24, { stride: 2, name: "s16" });
  return [s4, s8, s16, l.residual(s16, 32, { stride: 2, name: "s32" })];
}

/** Values of the levels by stride, as the names under which the network remembers them. */
function found({ graph, marks }: Network, size?: { readonly height: number; readonly width: number }) {
  const levels = findLevels(graph, { size });
  const names = new Map(Object.entries(marks).map(([name, value]) => [value, name]));
  const named = ({ values }: FeatureLevel) =>
    values
      .map(({ value, use }) => `${names.get(value) ?? value}${use === "both" ? "" : ` ${use}`}`)
      .join(" + ");
  return {
    ...levels,
    named: Object.fromEntries(levels.levels.map((level) => [level.stride, named(level)])),
    decoderNamed: levels.decoder && named(levels.decoder),
  };
}

describe("a classifier", () => {
  test("of residual stages has the last sum of each stage", () => {
    const resnet = network((l, x) => l.classifier(stages(l, x).at(-1)!));
    const { kind, named, levels } = found(resnet, { height: 96, width: 160 });
    expect(kind).toBe("classifier");
    expect(named).toEqual({ 4: "s4", 8: "s8", 16: "s16", 32: "s32" });
    expect(levels.map(({ height, width, channels }) => [height, width, channels])).toEqual([
      [24, 40, 8],
      [12, 20, 16],
      [6, 10, 24],
      [3, 5, 32],
    ]);
  });

  test("with inverted bottlenecks has the expanded maps that the next stage reads, never the gates", () => {
    const mobile = network((l, x) => {
      let y = l.layer(x, 8, { stride: 2 });
      y = l.inverted(y, 8, { stride: 2 });
      y = l.inverted(l.inverted(y, 8), 12, { stride: 2, name: "expanded4" });
      y = l.inverted(l.inverted(y, 12), 16, { stride: 2, name: "expanded8" });
      return l.classifier(l.layer(y, 80, { kernel: 1, name: "last" }));
    });
    expect(found(mobile).named).toEqual({ 4: "expanded4", 8: "expanded8", 16: "last" });
  });

  test("with two ways out of a stage has the map from which the other is computed", () => {
    // ShuffleNet: both branches of a block halve the picture; one expands before.
    const halve = (l: Layers, x: Value, to: number): Value => {
      const branch = l.layer(x, to, { kernel: 1 });
      return l.g.concat([l.layer(x, to, { stride: 2 }), l.layer(branch, to, { stride: 2 })], 1);
    };
    const shuffle = network((l, x) => {
      const s4 = l.mark("s4", l.pool(l.layer(x, 12, { stride: 2 })));
      const s8 = l.mark("s8", halve(l, s4, 12));
      return l.classifier(l.layer(halve(l, s8, 20), 64, { kernel: 1, name: "last" }));
    });
    expect(found(shuffle).named).toEqual({ 4: "s4", 8: "s8", 16: "last" });
  });

  test("without a product at its end does not have its map of classes", () => {
    const squeeze = network((l, x) => {
      const s4 = l.layer(l.layer(x, 8, { stride: 2 }), 16, { stride: 2, name: "s4" });
      const s8 = l.layer(s4, 24, { stride: 2, name: "s8" });
      return l.g.softmax(l.g.flatten(l.g.globalAveragePool(l.layer(s8, 1000, { kernel: 1 }))));
    });
    expect(found(squeeze).named).toEqual({ 4: "s4", 8: "s8" });
  });

  test("whose convolutions do not pad has maps that are some places short", () => {
    const alexnet = network((l, x) => {
      const s4 = l.layer(l.layer(x, 8, { stride: 2, padded: false }), 16, {
        stride: 2,
        padded: false,
        name: "s4",
      });
      return l.classifier(l.layer(s4, 24, { stride: 2, padded: false, name: "s8" }));
    });
    const { named, levels } = found(alexnet, { height: 64, width: 96 });
    expect(named).toEqual({ 4: "s4", 8: "s8" });
    // 64 -> 31 -> 15 -> 7 and 96 -> 47 -> 23 -> 11
    expect(levels.map(({ height, width }) => [height, width])).toEqual([
      [15, 23],
      [7, 11],
    ]);
  });

  test("with a Pad of nothing before its pooling has the map before it", () => {
    const densenet = network((l, x) => {
      const s4 = l.layer(l.layer(x, 8, { stride: 2 }), 16, { stride: 2, name: "s4" });
      const pads = l.g.ints([0, 0, 0, 0, 0, 0, 0, 0]);
      const padded = l.g.node("Pad", [s4, pads, l.g.number(0, s4)], { mode: "constant" });
      return l.classifier(l.layer(l.pool(padded), 24, { name: "s8" }));
    });
    expect(found(densenet).named).toEqual({ 4: "s4", 8: "s8" });
  });

  test("with outputs of several stages is no detector", () => {
    const pyramid = network((l, x) => {
      const s4 = l.layer(l.layer(x, 8, { stride: 2 }), 16, { stride: 2, name: "s4" });
      const s8 = l.layer(s4, 24, { stride: 2, name: "s8" });
      return [s4, s8, l.layer(s8, 32, { stride: 2, name: "s16" })];
    });
    expect(found(pyramid)).toMatchObject({ kind: "classifier", named: { 4: "s4", 8: "s8", 16: "s16" } });
  });

  test("of one stride is not enough; the other values are refused with the reason", () => {
    const small = network((l, x) => l.classifier(l.layer(l.layer(x, 8, { stride: 2 }), 12, { stride: 2 })));
    const { levels, refused, kind } = found(small);
    expect(levels.map((level) => level.stride)).toEqual([4]);
    expect(isEnough({ kind, levels })).toBe(false);
    expect(refused.map(({ shape, why }) => [String(shape), why])).toEqual([
      ["batch,8,176,208", "stride 2, not one of 4, 8, 16, 32"],
      ["batch,12,88,104", "another value of stride 4 is the level"],
      ["batch,12,1,1", "it has no axes of height and width for a picture of 352 x 416"],
    ]);
  });

  test("of a fixed size takes other sizes where its numbers follow the picture", () => {
    const fixed = network(
      (l, x) => {
        const y = stages(l, x);
        // A shuffle of channels with written sizes, and a classifier with written sizes behind.
        const apart = l.g.reshape(y[3]!, [0, 4, 8, 2, 3]);
        const last = l.mark("s32", l.g.reshape(l.g.transpose(apart, [0, 2, 1, 3, 4]), [0, 32, 2, 3]));
        return l.linear(l.g.reshape(last, [0, 192]), 10);
      },
      [64, 96],
    );
    const { levels, fixed: only, named } = found(fixed, { height: 96, width: 160 });
    expect(only).toBeUndefined();
    expect(named[32]).toBe("s32");
    expect(levels.at(-1)).toMatchObject({ height: 3, width: 5 });
  });
});

describe("a transformer", () => {
  /** Patches of 16, a class token, one block with attention. */
  const vit =
    (places: number) =>
    (l: Layers, x: Value): Value => {
      const { g } = l;
      const patches = l.rows(
        g.conv(x, g.weight("patch", float32([24, 3, 16, 16], new Float32Array(24 * 768))), "", {
          strides: [16, 16],
        }),
      );
      const token = g.weight("class_token", float32([1, 1, 24], new Float32Array(24)));
      const first = g.mul(g.reduceMean(patches, { axes: [1], keepdims: true }), token);
      const positions = g.weight(
        "positions",
        float32([1, places + 1, 24], new Float32Array(24 * (places + 1))),
      );
      const tokens = g.add(g.concat([first, patches], 1), positions);
      const y = l.norm(tokens);
      const scores = g.softmax(g.matmul(l.linear(y, 24), g.transpose(l.linear(y, 24), [0, 2, 1])));
      const attended = g.add(tokens, g.matmul(scores, l.linear(y, 24)));
      const mixed = g.add(attended, l.linear(g.relu(l.linear(l.norm(attended), 96)), 24));
      const last = l.mark("last", l.norm(mixed));
      return l.linear(g.gather(last, g.ints([0]), 1), 10);
    };

  test("has its last tokens, without the hidden layers of its blocks", () => {
    const { levels, named, fixed } = found(network(vit(24), [64, 96]));
    expect(named).toEqual({ 16: "last" });
    expect(levels[0]).toMatchObject({ stride: 16, height: 4, width: 6, channels: 24 });
    expect(levels[0]!.values[0]).toMatchObject({ layout: "tokens", prefix: 1 });
    expect(isEnough({ kind: "classifier", levels })).toBe(true);
    expect(fixed).toEqual({ height: 64, width: 96 });
  });

  test("with a table of positions takes its own size only", () => {
    const { graph } = network(vit(24), [64, 96]);
    expect(() => findLevels(graph, { size: { height: 96, width: 96 } })).toThrow(
      expect.objectContaining({
        kind: "ModelError",
        message: "the base takes pictures of 64 x 96 pixels only, not 96 x 96",
        help: "use an image size of 64 x 96, or export the model with symbolic height and width",
      }),
    );
  });

  test("with a table of positions and open sizes takes the usual size that fits the table", () => {
    const { named, fixed } = found(network(vit(16)));
    expect(named).toEqual({ 16: "last" });
    expect(fixed).toEqual({ height: 64, width: 64 });
  });

  test("with channels last has the sum at the end of each stage", () => {
    const block = (l: Layers, x: Value): Value =>
      l.g.add(x, l.linear(l.g.relu(l.linear(l.norm(x), 64)), l.graph.typeOf(x).shape![3] as number));
    const swin = network((l, x) => {
      const { g } = l;
      const s4 = l.mark("s4", block(l, g.transpose(l.conv(x, 12, { kernel: 1, stride: 4 }), [0, 2, 3, 1])));
      // Patch merging: every other row and column, four times.
      const part = (row: number, column: number): Value =>
        g.slice(s4, { starts: [row, column], ends: [9999, 9999], axes: [1, 2], steps: [2, 2] });
      const merged = g.concat([part(0, 0), part(1, 0), part(0, 1), part(1, 1)], 3);
      const last = l.mark("last", l.norm(block(l, l.linear(merged, 24))));
      return l.linear(g.reduceMean(last, { axes: [1, 2] }), 10);
    });
    const { named, levels } = found(swin);
    expect(named).toEqual({ 4: "s4", 8: "last" });
    expect(levels.map(({ values }) => values[0]!.layout)).toEqual(["NHWC", "NHWC"]);
  });
});

describe("a detector", () => {
  const head = (l: Layers, x: Value, name: string) => {
    const stem = l.layer(x, 16, { kernel: 1 });
    return {
      classes: l.layer(stem, 16, { name: `classes${name}` }),
      boxes: l.layer(stem, 20, { name: `boxes${name}` }),
    };
  };

  test("of the YOLOX family has a tower for classes and one for boxes on each stride, at other sizes too", () => {
    const yolox = network(
      (l, x) => {
        const { g } = l;
        const levels = stages(l, x)
          .slice(1)
          .map((map, i) => {
            const { classes, boxes } = head(l, map, `${2 ** (i + 3)}`);
            const scores = [l.conv(boxes, 1, { kernel: 1 }), l.conv(classes, 7, { kernel: 1 })];
            const all = g.concat([l.conv(boxes, 4, { kernel: 1 }), ...scores.map((y) => g.sigmoid(y))], 1);
            return g.reshape(all, [0, 12, [96, 24, 6][i]!]);
          });
        const rows = g.transpose(g.concat(levels, 2), [0, 2, 1]);
        const grid = g.weight("grid", float32([1, 126, 2], new Float32Array(252)));
        const cut = (from: number, to: number) => g.slice(rows, { starts: [from], ends: [to], axes: [2] });
        return g.concat([g.add(cut(0, 2), grid), g.exp(cut(2, 4)), cut(4, 12)], 2);
      },
      [64, 96],
    );
    const { kind, named, levels, fixed } = found(yolox, { height: 96, width: 160 });
    expect(kind).toBe("detector");
    expect(named).toEqual({
      8: "boxes8 boxes + classes8 classes",
      16: "boxes16 boxes + classes16 classes",
      32: "boxes32 boxes + classes32 classes",
    });
    expect(levels[0]).toMatchObject({ height: 12, width: 20, channels: 36 });
    expect(fixed).toBeUndefined();
  });

  test("of the SSD family: classes are what a Softmax scores, not what has more channels", () => {
    const ssd = network((l, x) => {
      const { g } = l;
      const rows = (y: Value, per: number) => g.reshape(g.transpose(y, [0, 2, 3, 1]), [0, -1, per]);
      const towers = stages(l, x)
        .slice(2)
        .map((map, i) => head(l, map, `${2 ** (i + 4)}`));
      // Three anchors: 3 x 2 scores against 3 x 4 distances.
      const scores = g.softmax(
        g.concat(
          towers.map((t) => rows(l.conv(t.classes, 6), 2)),
          1,
        ),
      );
      const boxes = g.concat(
        towers.map((t) => rows(l.conv(t.boxes, 12), 4)),
        1,
      );
      const anchors = g.number(0.1, boxes);
      return [scores, g.add(g.mul(g.exp(boxes), anchors), boxes)];
    });
    expect(found(ssd).named).toEqual({
      16: "classes16 classes + boxes16 boxes",
      32: "classes32 classes + boxes32 boxes",
    });
  });

  test("with one convolution for all and distributions over distances has one map for both", () => {
    const nanodet = network((l, x) => {
      const { g } = l;
      const all = stages(l, x)
        .slice(1, 3)
        .map((map) => l.rows(l.conv(map, 3 + 4 * 8, { kernel: 1 })));
      const rows = g.concat(all, 1);
      const scores = g.sigmoid(g.slice(rows, { starts: [0], ends: [3], axes: [2] }));
      const bins = g.reshape(g.slice(rows, { starts: [3], ends: [35], axes: [2] }), [0, -1, 4, 8]);
      const row = g.weight(
        "project",
        float32(
          [8, 1],
          Float32Array.from({ length: 8 }, (_, i) => i),
        ),
      );
      return g.concat([g.reshape(g.matmul(g.softmax(bins), row), [0, -1, 4]), scores], 2);
    });
    expect(found(nanodet)).toMatchObject({ kind: "detector", named: { 8: "s8", 16: "s16" } });
  });

  test("without scores in the file leaves open which tower is for what: both serve both", () => {
    const raw = network((l, x) =>
      stages(l, x)
        .slice(2)
        .flatMap((map, i) => {
          const { classes, boxes } = head(l, map, `${2 ** (i + 4)}`);
          return [l.conv(classes, 8), l.conv(boxes, 4)];
        }),
    );
    expect(found(raw).named).toEqual({ 16: "classes16 + boxes16", 32: "classes32 + boxes32" });
  });

  test("of one stride is one that joins several predictions", () => {
    const fastest = network((l, x) => {
      const { classes, boxes } = head(l, stages(l, x)[2]!, "16");
      return l.g.concat([l.g.sigmoid(l.conv(classes, 5)), l.conv(boxes, 4)], 1);
    });
    const { kind, named, levels } = found(fastest);
    expect({ kind, named }).toEqual({ kind: "detector", named: { 16: "classes16 classes + boxes16 boxes" } });
    expect(isEnough({ kind, levels })).toBe(true);
  });
});

describe("a segmenter", () => {
  const enlarged = (l: Layers, x: Value): Value => {
    const [s4, s8, s16] = stages(l, x);
    const joined = l.g.add(l.conv(s8!, 16, { kernel: 1 }), l.upsample(l.conv(s16!, 16, { kernel: 1 })));
    return l.layer(l.g.add(l.conv(s4!, 16, { kernel: 1 }), l.upsample(joined)), 16, { name: "decoder" });
  };

  test("has the levels of its encoder, and what its last convolution reads", () => {
    const fpn = network((l, x) => l.upsample(l.conv(enlarged(l, x), 3, { kernel: 1 }), 4));
    expect(found(fpn)).toMatchObject({
      kind: "segmenter",
      named: { 4: "s4", 8: "s8", 16: "s16" },
      decoderNamed: "decoder",
    });
  });

  test("may write the class of each pixel", () => {
    const classes = network((l, x) => l.g.argMax(l.upsample(l.conv(enlarged(l, x), 3), 4), 1));
    expect(found(classes)).toMatchObject({ kind: "segmenter", decoderNamed: "decoder" });
  });

  test("that adds score maps of several strides is no detector", () => {
    const fcn8 = network((l, x) => {
      const [, s8, s16, s32] = stages(l, x);
      const score = (y: Value) => l.conv(y, 9, { kernel: 1 });
      const sum = l.g.add(score(s16!), l.upsample(score(s32!)));
      return l.upsample(l.g.add(score(s8!), l.upsample(sum)), 8);
    });
    expect(found(fcn8)).toMatchObject({
      kind: "segmenter",
      named: { 4: "s4", 8: "s8", 16: "s16", 32: "s32" },
      decoder: undefined,
    });
  });
});

test("a model with another input than pictures is refused", () => {
  const { graph } = network((_l, x) => x);
  graph.input("size", { dtype: "float32", shape: ["batch", 4, 8, 8] });
  expect(() => findLevels(graph)).toThrow(
    expect.objectContaining({
      message: "the model does not have one input of pictures",
      at: "inputs image float32[batch, 3, height, width], size float32[batch, 4, 8, 8]",
    }),
  );
});
