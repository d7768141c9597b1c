import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { weight } from "../../../test/support/families/draw.js";
import { float32, int64, type Tensor } from "../../core/tensor.js";
import { openSession } from "../../runtime/open.js";
import { nodeRuntime } from "../../runtime/ort-node.js";
import type { Runtime, Session } from "../../runtime/runtime.js";
import { encoderDecoder } from "./encoder-decoder.js";

const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/encoder-decoder.json", import.meta.url), "utf8"),
) as {
  readonly sizes: Parameters<typeof encoderDecoder>[0];
  readonly sources: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
  readonly logits: readonly number[];
};
const { sizes, sources, targets } = golden;
const { vocabulary, width, heads, decoderLayers } = sizes;
const parts = encoderDecoder(sizes, (name, dims) => float32(dims, weight(name, dims, 7)));

let runtime: Runtime;
let [encoder, decoder] = [] as Session[];
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
  encoder = await openSession(runtime, parts.encoder);
  decoder = await openSession(runtime, parts.decoder);
});
afterAll(async () => {
  await encoder?.dispose();
  await decoder?.dispose();
  await runtime.close();
});

const rowsOf = (rows: readonly (readonly number[])[]) => int64([rows.length, rows[0]!.length], rows.flat());
type Tensors = Readonly<Record<string, Tensor>>;

/** Returns the features and the mask of sources, filled to a length. */
async function read(rows: readonly (readonly number[])[], length: number): Promise<Tensors> {
  const filled = rows.map((ids) => Array.from({ length }, (_, i) => ids[i] ?? 1));
  const mask = rowsOf(rows.map((ids) => Array.from({ length }, (_, i) => Number(i < ids.length))));
  const { last_hidden_state } = await encoder!.run({ input_ids: rowsOf(filled), attention_mask: mask });
  return { encoder_hidden_states: last_hidden_state!, encoder_attention_mask: mask };
}

const nothing = (batch: number): Tensors =>
  Object.fromEntries(
    Array.from({ length: decoderLayers }, (_, i) =>
      ["key", "value"].map((kind) => [
        `past_key_values.${i}.decoder.${kind}`,
        float32([batch, heads, 0, width / heads], []),
      ]),
    ).flat(),
  );
const write = (rows: readonly (readonly number[])[], source: Tensors, past = nothing(rows.length)) =>
  decoder!.run({ input_ids: rowsOf(rows), ...source, ...past });
const logitsOf = (made: Tensors): number[] => Array.from(made.logits!.data as Float32Array);

test("its scores are those of PyTorch's nn.Transformer", async () => {
  const made = logitsOf(await write(targets, await read(sources, 5)));
  expect(made).toHaveLength(golden.logits.length);
  for (const [i, expected] of golden.logits.entries()) expect(made[i]).toBeCloseTo(expected, 4);
});

test("earlier keys and values give the scores of a whole target, and padding changes nothing", async () => {
  const [, source] = sources;
  const [, target] = targets;
  const whole = logitsOf(await write([target!], await read([source!], 3)));
  const longer = await read([source!], 9);
  const first = await write([target!.slice(0, 3)], longer);
  const past = Object.fromEntries(
    Object.entries(first).flatMap(([name, value]) =>
      name === "logits" ? [] : [[name.replace("present", "past_key_values"), value]],
    ),
  );
  const last = logitsOf(await write([target!.slice(3)], longer, past));
  const both = [...logitsOf(first), ...last];
  expect(both).toHaveLength(4 * vocabulary);
  for (const [i, expected] of whole.entries()) expect(both[i]).toBeCloseTo(expected, 5);
});
