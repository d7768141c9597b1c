import { expect, test } from "vitest";
import { decodeBfloat16, decodeFloat16, tensor } from "../../core/tensor.js";
import { widenTensor } from "./widen.js";

test("all 65,536 values of both 16-bit floats become the same number", () => {
  const bits = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
  const half = widenTensor(tensor("float16", [2 ** 16], bits));
  const brain = widenTensor(tensor("bfloat16", [2 ** 16], bits));
  const wrong = (read: Float32Array, decode: (bits: number) => number) =>
    read.findIndex((v, i) => !Object.is(v, Math.fround(decode(i))));
  expect(wrong(half.data, decodeFloat16)).toBe(-1);
  expect(wrong(brain.data, decodeBfloat16)).toBe(-1);
});
