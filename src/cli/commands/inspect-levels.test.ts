import { expect, test } from "vitest";
import { network } from "../../../test/support/level-networks.js";
import { inspectLevels } from "../../bases/levels/inspect-levels.js";
import type { Graph } from "../../graph/graph.js";
import { levelLines } from "./inspect.js";

/** The sentences, without the breaks of lines. */
const shown = (graph: Graph): string => levelLines(inspectLevels(graph)).join(" ").replace(/\s+/g, " ");

test("levels are shown by stride with their values; towers say what they are for", () => {
  const { graph, marks } = network((l, x) => {
    const s8 = l.layer(l.layer(l.layer(x, 8, { stride: 2 }), 8, { stride: 2 }), 16, { stride: 2 });
    const outputs = [s8, l.layer(s8, 24, { stride: 2 })].map((map, i) => {
      const [classes, boxes] = [l.layer(map, 12, { name: `c${i}` }), l.layer(map, 14, { name: `b${i}` })];
      return [l.g.sigmoid(l.conv(classes, 5)), l.conv(boxes, 4)];
    });
    return outputs.flat();
  });
  expect(shown(graph)).toBe(
    [
      "levels of a detector, for pictures of 352 x 416 pixels",
      `stride 8: 44 x 52, "${marks.c0}" 12 channels for classes, "${marks.b0}" 14 channels for boxes`,
      `stride 16: 22 x 26, "${marks.c1}" 12 channels for classes, "${marks.b1}" 14 channels for boxes`,
    ].join(" "),
  );
});

test("a segmenter has a line for its decoder", () => {
  const { graph, marks } = network((l, x) => {
    const s4 = l.layer(l.layer(x, 8, { stride: 2 }), 12, { stride: 2, name: "s4" });
    const s8 = l.layer(s4, 16, { stride: 2, name: "s8" });
    return l.upsample(l.conv(l.layer(l.upsample(s8), 20, { name: "decoder" }), 3), 4);
  });
  expect(shown(graph)).toBe(
    [
      "levels of a segmenter, for pictures of 352 x 416 pixels",
      `stride 4: 88 x 104, "${marks.s4}" 12 channels`,
      `stride 8: 44 x 52, "${marks.s8}" 16 channels`,
      `decoder, stride 4: 88 x 104, "${marks.decoder}" 20 channels`,
    ].join(" "),
  );
});

test("a base with one stride says what was looked at; a model without pictures has no lines", () => {
  const { graph, marks } = network(
    (l, x) => l.classifier(l.layer(x, 8, { stride: 4, name: "s4" })),
    [16, 16],
  );
  const [conv, , pooled] = graph.nodes.map((node) => node.outputs[0]);
  expect(shown(graph)).toBe(
    [
      "levels too few for boxes and masks, which need features of two strides",
      `stride 4: 4 x 4, "${marks.s4}" 8 channels`,
      `"${conv}" [batch, 8, 88, 104]: another value of stride 4 is the level`,
      `"${pooled}" [batch, 8, 1, 1]: it has no axes of height and width for a picture of 352 x 416`,
    ].join(" "),
  );
  graph.input("mask", { dtype: "float32", shape: ["batch", 1, 8, 8] });
  expect(levelLines(inspectLevels(graph))).toEqual([]);
});
