import fc from "fast-check";
import { expect, test } from "vitest";
import { EngraftError } from "../../core/errors.js";
import { float32, int64, type Tensor } from "../../core/tensor.js";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.js";

const sample = (): Uint8Array =>
  encodeCheckpoint({
    tensors: new Map<string, Tensor>([
      ["w", float32([2, 2], [1, -2, 3.5, 0])],
      ["n", int64([1], [7])],
      ["empty", float32([0, 3], [])],
    ]),
    note: { step: 12, words: "größer" },
  });

test("gives back tensors and note", () => {
  const { tensors, note } = decodeCheckpoint(sample(), "state/last.safetensors");
  expect(note).toEqual({ step: 12, words: "größer" });
  expect(tensors.get("w")).toEqual(float32([2, 2], [1, -2, 3.5, 0]));
  expect(tensors.get("n")).toEqual(int64([1], [7]));
  expect(tensors.get("empty")!.dims).toEqual([0, 3]);
});

test("reads bytes that start at an odd position of a larger buffer", () => {
  const bytes = sample();
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(decodeCheckpoint(shifted.subarray(3), "x").tensors.get("w")).toEqual(
    float32([2, 2], [1, -2, 3.5, 0]),
  );
});

test("reads a Node Buffer, whose slices are views, and leaves it as it was", () => {
  const bytes = Buffer.from(sample());
  const before = Buffer.from(bytes);
  expect(decodeCheckpoint(bytes, "x").tensors.get("w")).toEqual(float32([2, 2], [1, -2, 3.5, 0]));
  expect(bytes.equals(before)).toBe(true);
});

test("says that a cut-off file is damaged, and where", () => {
  const bytes = sample();
  const cut = () => decodeCheckpoint(bytes.subarray(0, bytes.length - 1), "state/last.safetensors");
  expect(cut).toThrow("the checkpoint is damaged: its content does not match its checksum");
  expect(() => decodeCheckpoint(bytes.subarray(0, 5), "x")).toThrow("it has 5 bytes");
});

test("any change of any byte is noticed", () => {
  const bytes = sample();
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const hurt = bytes.slice();
      hurt[at] = hurt[at]! ^ change;
      let thrown: unknown;
      try {
        decodeCheckpoint(hurt, "x");
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(EngraftError);
    }),
    { numRuns: 2000, seed: 1 },
  );
});
