// Parameter-efficient strategies: what they say of themselves holds of what they leave behind.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bodyOf } from "../../src/bases/body.js";
import { withHead, withWeights } from "../../src/bases/heads.js";
import { draws } from "../../src/core/random.js";
import { float32, type Tensor, tensor } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import { Graph } from "../../src/graph/graph.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { adapt } from "../../src/methods/peft/adapt.js";
import { merged } from "../../src/methods/peft/merge.js";
import { attentionRoles, branchEnds } from "../../src/methods/peft/roles.js";
import { sitesOf } from "../../src/methods/peft/sites.js";
import { plannerOf } from "../../src/methods/registry.js";
import { GoldenFamily } from "../support/families/golden.js";
import { opaque } from "../support/fixtures.js";
import { closeTiny, examples, model, openTiny, planFor, rows, run, runtime } from "./tiny-training.js";

beforeAll(async () => {
  await openTiny();
});
afterAll(closeTiny);

const kinds = ["lora", "dora", "ia3", "adapter"] as const;

async function scores(graph: Graph): Promise<Float32Array> {
  const session = await runtime.session(toOnnx(graph));
  const out = await session.run({ pixel_values: rows([0, 1, 2, 3, 4, 5, 6, 7]) });
  await session.dispose();
  return Object.values(out)[0]!.data as Float32Array;
}
const furthest = (a: Float32Array, b: Float32Array): number =>
  Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));

describe.each(kinds)("%s", (kind) => {
  test("merges to the model that was trained, to 1e-5, and leaves no weight of the base it does not name", async () => {
    const plan = planFor(kind, { epochs: 3, rate: 0.02 });
    const { state, result } = await run(plan);
    const { graph, spec } = plan.adaptation!;
    expect(result.weights.size).toBe(plan.trainable.length);
    const apart = withWeights(graph, state);
    const joined = merged(model, spec, state);
    const before = await scores(apart);
    expect(furthest(before, await scores(joined))).toBeLessThan(1e-5 * Math.max(1, ...before.map(Math.abs)));
    // It has learnt something that is not in the head.
    expect(furthest(before, await scores(withWeights(model, state)))).toBeGreaterThan(1e-3);
    for (const [value, data] of model.initializers) {
      expect(graph.initializers.get(value), value).toBe(data);
      const moved = joined.initializers.get(value) !== data;
      const named = spec.places.some((p) => p.at === value) || value.startsWith("engraft/head");
      expect(moved && !named, value).toBe(false);
    }
    expect(joined.nodes.length === model.nodes.length).toBe(kind !== "adapter");
  });
});

test.each(kinds)("%s learns what no head on the frozen features can, in the same steps", async (kind) => {
  // Before its first step an adapter changes nothing: with the head alone, the features stay the base's.
  const plan = planFor(kind, { epochs: 6, rate: 0.005 });
  const head = plan.trainable.filter((t) => t.value.startsWith("engraft/head"));
  expect(head).toHaveLength(2);
  const lossOf = ({ result }: Awaited<ReturnType<typeof run>>) => result.epochs.at(-1)!.train_loss;
  const [alone, beside] = [lossOf(await run({ ...plan, trainable: head })), lossOf(await run(plan))];
  expect(beside).toBeLessThan(0.8 * alone);
});

test("the change of a weight has rank r at most, and a tenth of its numbers", async () => {
  const plan = planFor("lora", { epochs: 2, rate: 0.02, option: { r: 2, targets: "stage2.*" } });
  const { state } = await run(plan);
  const { spec } = plan.adaptation!;
  const after = merged(model, spec, state);
  for (const { at } of spec.places) {
    const [w, v] = [model, after].map((m) => m.initializers.get(at)!) as [Tensor, Tensor];
    const [out, each] = [w.dims[0]!, w.data.length / w.dims[0]!];
    const rowsOf = Array.from({ length: out }, (_, j) =>
      Array.from({ length: each }, (_, k) => Number(v.data[j * each + k]) - Number(w.data[j * each + k])),
    );
    expect(rank(rowsOf)).toBe(2);
  }
});

/** By elimination with pivots; below 1e-5 of the largest number is rounding. */
function rank(matrix: number[][]): number {
  const most = Math.max(...matrix.flat().map(Math.abs));
  let found = 0;
  const left = matrix.map((row) => [...row]);
  for (let c = 0; c < left[0]!.length && found < left.length; c++) {
    const pivot = left
      .slice(found)
      .reduce((p, row, i) => (Math.abs(row[c]!) > Math.abs(left[p]![c]!) ? i + found : p), found);
    if (Math.abs(left[pivot]![c]!) < 1e-5 * most) continue;
    [left[found], left[pivot]] = [left[pivot]!, left[found]!];
    for (let i = found + 1; i < left.length; i++) {
      const f = left[i]![c]! / left[found]![c]!;
      left[i] = left[i]!.map((v, k) => v - f * left[found]![k]!);
    }
    found++;
  }
  return found;
}

test("rsLoRA divides alpha by the root of r", () => {
  const scaleOf = (rslora: boolean) =>
    planFor("lora", { option: { r: 16, alpha: 8, rslora } }).adaptation!.spec.scale;
  expect([scaleOf(false), scaleOf(true)]).toEqual([0.5, 2]);
});

test("dropout differs by step, is the same after a resume, and is off outside training", async () => {
  const plain = await run(planFor("lora", { epochs: 1, rate: 0.02 }));
  const plan = planFor("lora", { epochs: 1, rate: 0.02, option: { dropout: 0.5 } });
  const once = await run(plan);
  const again = await run(plan, 2);
  expect(again.state).toEqual(once.state);
  const name = plan.trainable.find((t) => t.value.endsWith("lora_B.weight"))!.value;
  expect(once.state.get(name)).not.toEqual(plain.state.get(name));
  expect(furthest(once.first, plain.first)).toBe(0);
});

test("a pattern that names nothing lists what there is", () => {
  const wrong = () => planFor("lora", { option: { targets: "query" } });
  expect(wrong).toThrow('option targets of strategy "lora" is "query", which names no weight of the base');
  try {
    wrong();
  } catch (error) {
    expect((error as { help: string }).help).toContain("it has 6: stem.conv, stage1.block1.a.conv");
  }
  const plan = planFor("lora", { option: { targets: "stage2.*" } });
  expect(plan.adaptation!.spec.places.length).toBeGreaterThan(1);
  expect(planFor("lora", { trainable: "stage2/*" }).adaptation!.spec.places).toEqual(
    plan.adaptation!.spec.places,
  );
});

test.each([
  ["bert", 17],
  ["bert", 11],
  ["vit", 17],
  ["distilbert", 13],
  ["gpt2", 17],
  ["swin", 17],
  ["t5-encoder", 17],
  ["wav2vec2", 17],
] as const)("%s (opset %i): projections of attention are found by what they do", (name, opset) => {
  const { graph } = new GoldenFamily(name).import(opset);
  const sites = sitesOf(graph);
  const { query, key, value, out } = attentionRoles(graph, sites);
  const names = (role: ReadonlySet<{ name: string }>) => [...role].map((s) => s.name);
  const softmaxes = graph.nodes.filter((n) => n.op === "Softmax").length;
  expect({ name, q: query.size, k: key.size, v: value.size, o: out.size }).toEqual({
    ...{ name, q: softmaxes, k: softmaxes, v: softmaxes, o: softmaxes },
  });
  expect(names(out).some((n) => names(query).includes(n))).toBe(false);
  // Behind attention and behind the feed-forward layer of each block.
  expect(branchEnds(graph, sites).length).toBeGreaterThanOrEqual(2 * softmaxes);
});

/** pixels -> conv -> tokens -> a product by a weight that is stored as int8 -> mean -> classes. */
function quantised(): { graph: Graph; whole: Graph } {
  const build = (ints: boolean): Graph => {
    const graph = new Graph("quantised");
    const g = new Builder(graph);
    const draw = draws(5, "quantised");
    const numbers = (dims: readonly number[], f = () => 0.3 * draw.normal()): Tensor =>
      float32(dims, Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, f));
    const x = graph.input("pixel_values", { dtype: "float32", shape: ["batch", 3, 16, 16] });
    const maps = g.relu(g.conv(x, g.weight("conv.weight", numbers([8, 3, 4, 4])), "", { strides: [4, 4] }));
    const tokens = g.transpose(g.reshape(maps, [-1, 8, 16]), [0, 2, 1]);
    const q = Int8Array.from({ length: 8 * 12 }, () => Math.round(200 * draw.uniform() - 100));
    const scales = numbers([12], () => 0.005 + 0.005 * draw.uniform());
    let w: string;
    if (ints) {
      const inputs = [
        g.weight("fc.weight_quantized", tensor("int8", [8, 12], q)),
        g.weight("fc.weight_scale", scales),
      ];
      w = "fc.weight_DequantizeLinear_Output";
      const kind = {
        kind: "opaque",
        op: "DequantizeLinear",
        domain: "",
        name: "",
        captures: [],
        attributes: [],
      } as const;
      graph.push({ ...kind, inputs, outputs: [w] });
      graph.types.set(w, { dtype: "float32", shape: [8, 12] });
    } else
      w = g.weight(
        "fc.weight",
        float32(
          [8, 12],
          Float32Array.from(q, (v, i) => v * Number(scales.data[i % 12])),
        ),
      );
    const y = g.relu(g.matmul(tokens, w));
    graph.outputs.push(g.gemm(g.reduceMean(y, { axes: [1] }), g.weight("old", numbers([12, 5]))));
    return graph;
  };
  return { graph: fromOnnx(toOnnx(build(true))).graph, whole: build(false) };
}

test.each(["lora", "dora"] as const)(
  "%s stands beside a weight of integers, which stay; the model is the one with float weights",
  async (kind) => {
    const planner = await plannerOf(kind);
    const trained = async (base: Graph) => {
      const body = bodyOf(base, { classes: 5 });
      const blank = withHead(body, 3, { weight: new Float32Array(36), bias: new Float32Array(3) });
      const plan = planner(blank, {
        examples,
        batch: 8,
        epochs: 2,
        rate: 0.05,
        // Adam would divide the rounding of small gradients by their size.
        optimizer: "sgd",
        option: { targets: "fc" },
      });
      const { state } = await run(plan, undefined, blank, new Map());
      return {
        blank,
        joined: merged(blank, plan.adaptation!.spec, state),
        state,
        places: plan.adaptation!.spec.places,
      };
    };
    const { graph, whole } = quantised();
    const ints = await trained(graph);
    const floats = await trained(whole);
    expect(ints.joined.initializers.get("fc.weight_quantized")!.dtype).toBe("int8");
    expect(ints.places).toHaveLength(1);
    expect(furthest(await scores(ints.joined), await scores(ints.blank))).toBeGreaterThan(1e-2);
    // The same steps were taken. Where it infers, onnxruntime makes one product of its own of DequantizeLinear and MatMul
    // (MatMulNBits), which rounds what is fed to 8 bits: 2^-8 of the largest score.
    const furthestState = [...ints.state].map(([v, t]) =>
      furthest(t.data as Float32Array, floats.state.get(v)!.data as Float32Array),
    );
    expect(Math.max(...furthestState)).toBeLessThan(1e-6);
    const answers = await scores(floats.joined);
    const far = furthest(await scores(ints.joined), answers);
    expect(far).toBeLessThan(2 ** -8 * Math.max(...answers.map(Math.abs)));
  },
);

test.each(kinds)("%s is merged into a product by a weight that an exporter turned", async (kind) => {
  const { whole } = quantised();
  const [out, inputs] = [12, 8];
  const given = whole.initializers.get("fc.weight")!.data as Float32Array;
  const turned = Float32Array.from(
    { length: out * inputs },
    (_, i) => given[(i % inputs) * out + Math.floor(i / inputs)]!,
  );
  const graph = new Graph("turned");
  for (const v of whole.inputs) graph.input(v, whole.typeOf(v));
  for (const [v, t] of whole.initializers)
    graph.initializer(v, v === "fc.weight" ? float32([out, inputs], turned) : t);
  const g = new Builder(graph, "turned");
  const view = g.transpose("fc.weight", [1, 0]);
  for (const node of whole.nodes)
    graph.push(
      { ...node, inputs: node.inputs.map((v) => (v === "fc.weight" ? view : v)) },
      whole.typesOf(node),
    );
  graph.outputs.push(...whole.outputs);
  const plans = await Promise.all(
    [whole, graph].map(async (base) => {
      const blank = withHead(bodyOf(base, { classes: 5 }), 3, {
        weight: new Float32Array(36).fill(0.1),
        bias: new Float32Array(3),
      });
      const plan = (await plannerOf(kind))(blank, { examples, option: { targets: "fc" } });
      const draw = draws(9, "moved");
      const state = new Map(
        plan.trainable.map(({ value }): [string, Tensor] => {
          const { dims, data } = plan.adaptation!.graph.initializers.get(value)!;
          return [
            value,
            float32(
              dims,
              Float32Array.from(data as Float32Array, (v) => v + 0.2 * draw.normal()),
            ),
          ];
        }),
      );
      return {
        apart: withWeights(plan.adaptation!.graph, state),
        joined: merged(blank, plan.adaptation!.spec, state),
      };
    }),
  );
  const expected = await scores(plans[0]!.apart);
  for (const { apart, joined } of plans)
    for (const model of [apart, joined]) expect(furthest(await scores(model), expected)).toBeLessThan(1e-5);
  expect(plans[1]!.joined.nodes.length === plans[1]!.apart.nodes.length).toBe(kind === "adapter");
});

test("a base that computes with integers is refused by the operator's name", async () => {
  const graph = new Graph("integers");
  const g = new Builder(graph, "");
  const x = graph.input("pixel_values", { dtype: "float32", shape: ["batch", 12] });
  const type = { dtype: "int32", shape: ["batch", 8] } as const;
  const w = g.weight("w", tensor("int8", [12, 8], new Int8Array(96)));
  const small = g.node("Cast", [x], { to: "int8" });
  const y = g.node("Cast", [opaque(g, "MatMulInteger", [small, w], type)], { to: "float32" });
  graph.outputs.push(y);
  const lora = await plannerOf("lora");
  expect(() => lora(graph, { examples })).toThrow(
    'MatMulInteger "the MatMulInteger" computes with integers, through which no gradient is followed',
  );
});

test("a convolution in groups has no change of low rank; ia3 scales it", () => {
  const graph = new Graph("grouped");
  const g = new Builder(graph, "");
  const x = graph.input("pixel_values", { dtype: "float32", shape: ["batch", 4, 8, 8] });
  const w = g.weight("deep.weight", float32([4, 1, 3, 3], new Float32Array(36).fill(0.1)));
  const body = g.flatten(g.globalAveragePool(g.conv(x, w, "", { group: 4 })));
  graph.outputs.push(body);
  return plannerOf("lora").then(async (lora) => {
    expect(() => lora(graph, { examples })).toThrow("the base has only convolutions in groups");
    expect(() => lora(graph, { examples, option: { targets: "deep" } })).toThrow(
      '"deep" is a convolution in 4 groups, for which lora has no change of low rank',
    );
    const plan = (await plannerOf("ia3"))(graph, { examples });
    expect(plan.adaptation!.spec.places).toEqual([{ name: "deep", at: "deep.weight" }]);
    expect(adapt(graph, plan.adaptation!.spec).graph.nodes.length).toBe(graph.nodes.length + 1);
  });
});
