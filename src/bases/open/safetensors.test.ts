import { expect, test } from "vitest";
import { EngraftError } from "../../core/errors.js";
import { decodeSafetensors } from "./safetensors.js";

const damaged = (why: string) => new EngraftError("ModelError", why);

/** A file with this header and eight bytes of data. */
function file(header: unknown): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
const entry = (change: object) => ({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...change } });

test("reads tensors, and metadata that are missing or null", () => {
  for (const metadata of [{}, { __metadata__: null }, { __metadata__: { format: "pt" } }]) {
    const { tensors } = decodeSafetensors(file({ ...entry({}), ...metadata }), damaged);
    expect(tensors.get("a")!.dims).toEqual([2]);
  }
});

const outsideFile = 'the entry of "a" points outside the file';
const incompleteEntry = 'the entry of "a" is incomplete';
test("an entry of another form is damage, with its name", () => {
  const cases: readonly (readonly [object, string])[] = [
    [{ data_offsets: 1 }, incompleteEntry],
    [{ data_offsets: null }, incompleteEntry],
    [{ data_offsets: [0] }, incompleteEntry],
    [{ shape: 2 }, incompleteEntry],
    [{ dtype: "constructor" }, incompleteEntry],
    [{ dtype: 5 }, incompleteEntry],
    [{ data_offsets: [0.5, 8.5] }, outsideFile],
    [{ data_offsets: [0, "8"] }, outsideFile],
    [{ data_offsets: [4, 12] }, outsideFile],
    [{ shape: [3] }, '"a" has 8 bytes, its shape needs others'],
  ];
  for (const [change, why] of cases)
    expect(() => decodeSafetensors(file(entry(change)), damaged), JSON.stringify(change)).toThrow(why);
  expect(() => decodeSafetensors(file({ a: null }), damaged)).toThrow(incompleteEntry);
  expect(() => decodeSafetensors(file({ __metadata__: 5 }), damaged)).toThrow("its metadata is no object");
});
