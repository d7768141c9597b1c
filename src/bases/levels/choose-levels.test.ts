import { expect, test } from "vitest";
import { type Layers, network } from "../../../test/support/level-networks.js";
import { EngraftError } from "../../core/errors.js";
import type { Value } from "../../graph/node.js";
import { chooseLevels } from "./choose-levels.js";

const body = (l: Layers, x: Value): Value => {
  const s4 = l.layer(l.layer(x, 8, { stride: 2 }), 12, { stride: 2, name: "s4" });
  return l.layer(l.layer(s4, 16, { name: "wider" }), 24, { stride: 2, name: "s8" });
};
const classifier = network((l, x) => l.mark("scores", l.classifier(body(l, x))));
const { s4, wider, s8, scores } = classifier.marks as Record<"s4" | "wider" | "s8" | "scores", Value>;

const refusal = (work: () => unknown): EngraftError => {
  try {
    work();
  } catch (error) {
    if (error instanceof EngraftError) return error;
  }
  throw new Error("nothing was refused");
};

test("levels are found if none are named", () => {
  const { levels } = chooseLevels(classifier.graph);
  expect(levels.map((level) => level.values[0]!.value)).toEqual([wider, s8]);
});

test("named levels take the place of those that are found", () => {
  const named = new Map([
    [4, s4],
    [8, s8],
  ]);
  const { levels, kind } = chooseLevels(classifier.graph, { named, size: { height: 64, width: 96 } });
  expect(kind).toBe("classifier");
  expect(levels).toMatchObject([
    { stride: 4, height: 16, width: 24, channels: 12, because: { code: "level-named" } },
    { stride: 8, height: 8, width: 12, channels: 24, because: { code: "level-named" } },
  ]);
});

test("a name that the base lacks: the nearest one is suggested", () => {
  const error = refusal(() => chooseLevels(classifier.graph, { named: new Map([[4, `${s4}x`]]) }));
  expect(error.format()).toBe(
    [
      `OptionError: --levels: the base has no value "${s4}x"`,
      `  help: did you mean ${s4}? \`engraft inspect\` lists the levels of a model`,
    ].join("\n"),
  );
});

test("a value of another stride, and one that is no map, are refused with the reason", () => {
  expect(refusal(() => chooseLevels(classifier.graph, { named: new Map([[16, s8]]) })).message).toBe(
    `--levels 16=${s8}: its stride is 8`,
  );
  expect(refusal(() => chooseLevels(classifier.graph, { named: new Map([[8, scores]]) })).message).toBe(
    `--levels 8=${scores}: it has 2 axes, not 3 or 4`,
  );
  const weight = classifier.graph.nodes.find((node) => node.op === "Conv")!.inputs[1]!;
  expect(refusal(() => chooseLevels(classifier.graph, { named: new Map([[8, weight]]) })).message).toBe(
    `--levels 8=${weight}: its first axis is not the batch`,
  );
});

test("a base with fewer than two strides: the values are listed with shape and reason", () => {
  const { graph, marks } = network((l, x) =>
    l.classifier(l.layer(l.layer(x, 8, { stride: 2 }), 12, { stride: 2, name: "s4" })),
  );
  const [half, conv] = graph.nodes
    .filter((n) => n.op === "Relu" || n.op === "Conv")
    .map((n) => n.outputs[0]!)
    .slice(1);
  const pooled = graph.nodes.find((n) => n.op === "GlobalAveragePool")!.outputs[0];
  expect(refusal(() => chooseLevels(graph)).format()).toBe(
    [
      `ModelError: the base has feature maps of stride 4 ("${marks.s4}") only; boxes and masks need two strides`,
      "  at values that were looked at:",
      `    "${half}" [batch, 8, 176, 208]: stride 2, not one of 4, 8, 16, 32`,
      `    "${conv}" [batch, 12, 88, 104]: another value of stride 4 is the level`,
      `    "${pooled}" [batch, 12, 1, 1]: it has no axes of height and width for a picture of 352 x 416`,
      "  help: name the values yourself: --levels 8=VALUE,16=VALUE,32=VALUE; or use another base",
    ].join("\n"),
  );
});

test("the decoder of a segmenter can be the only level", () => {
  const segmenter = network((l, x) => {
    const small = l.upsample(l.layer(body(l, x), 12), 2);
    return l.upsample(l.conv(l.mark("decoder", small), 3), 4);
  });
  const { levels } = chooseLevels(segmenter.graph, { named: "decoder", size: { height: 64, width: 96 } });
  expect(levels).toMatchObject([
    { stride: 4, height: 16, width: 24, values: [{ value: segmenter.marks.decoder }] },
  ]);
  expect(refusal(() => chooseLevels(classifier.graph, { named: "decoder" })).format()).toBe(
    [
      "OptionError: --levels decoder: the base has no decoder",
      "  help: it is a classifier; leave the option out, or give 8=VALUE,16=VALUE,32=VALUE",
    ].join("\n"),
  );
});
