import { expect, test } from "vitest";
import { residualNet } from "../../bases/architectures/index.js";
import type { EngraftError } from "../../core/errors.js";
import { parametersOf } from "../../graph/surgery/index.js";
import { selectWeights } from "./select-weights.js";

const net = residualNet({ widths: [4, 4], blocks: [1, 1], classes: 2 });
const weights = parametersOf(net).filter((p) => p.kind !== "statistic");
const chosen = (pattern: string): string[] => selectWeights(net, weights, pattern).map((w) => w.value);
const names = (test: (name: string) => boolean): string[] => weights.map((w) => w.value).filter(test);

test("a star stands for any text, and nothing else is special", () => {
  expect(chosen("*")).toEqual(names(() => true));
  expect(chosen("stage2/*")).toEqual(names((n) => n.startsWith("stage2/")));
  expect(chosen("stage1/*,head/*")).toEqual(names((n) => /^(stage1|head)\//.test(n)));
  expect(() => chosen("stage./*")).toThrow("names no weight");
});

test("after: a value are the weights that only nodes behind it read", () => {
  const end = net.nodes.find((n) => n.kind === "op" && n.op === "GlobalAveragePool")!;
  expect(chosen(`after:${end.outputs[0]}`)).toEqual(names((n) => n.startsWith("head/")));
  expect(chosen("after:pixel_values")).toEqual(names(() => true));
  expect(chosen(`after:${end.outputs[0]},stem/*`)).toEqual(names((n) => /^(head|stem)\//.test(n)));
});

test("a weight that is read before the value as well stays where it is", () => {
  const [stem] = net.nodes;
  const behind = chosen(`after:${stem!.outputs[0]}`);
  expect(behind).not.toContain(stem!.inputs[1]);
  expect(behind).toHaveLength(weights.length - 1);
});

test("a pattern that names nothing says what there is", () => {
  expect.assertions(2);
  try {
    chosen("layer4*");
  } catch (error) {
    expect((error as EngraftError).format()).toBe(
      `OptionError: --trainable "layer4*" names no weight of the base
  help: its ${weights.length} weights are called ${weights.map(({ value }) => JSON.stringify(value)).join(", ")}; * stands for any text, after:VALUE for all weights behind a value`,
    );
  }
  expect(() => chosen("after:nowhere")).toThrow('the graph has no value "nowhere"');
});
