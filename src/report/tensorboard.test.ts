import { expect, test } from "vitest";
import { crc32c, maskedCrc, record, scalarsRecord, tensorboardRecord, versionRecord } from "./tensorboard.js";

const text = (s: string) => new TextEncoder().encode(s);
const hex = (b: Uint8Array) => Buffer.from(b).toString("hex");

test("the checksum is CRC-32C", () => {
  // The check value of the CRC catalogue, and RFC 3720, B.4.
  expect(crc32c(text("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
});

test("a record is length, checksum, data, checksum", () => {
  const made = record(text("abc"));
  const view = new DataView(made.buffer);
  expect(made.length).toBe(8 + 4 + 3 + 4);
  expect(view.getBigUint64(0, true)).toBe(3n);
  expect(view.getUint32(8, true)).toBe(maskedCrc(Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0)));
  expect(view.getUint32(15, true)).toBe(maskedCrc(text("abc")));
});

test("messages are Event's of TensorFlow's event.proto, byte by byte", () => {
  // wall_time 1.0; step 0; file_version (field 3) of 13 bytes.
  expect(hex(versionRecord(1).subarray(12, -4))).toBe(
    `09000000000000f03f` + `1000` + `1a0d${hex(text("brain.Event:2"))}`,
  );
  // step 300 is ac 02; summary (5) { value (1) { tag (1) "a", simple_value (2) 0.5 } }.
  expect(hex(scalarsRecord(1, 300, { a: 0.5 }).subarray(12, -4))).toBe(
    `09000000000000f03f` + `10ac02` + `2a0a` + `0a08` + `0a0161` + `150000003f`,
  );
});

test("steps and epochs become scalars, what is no number of theirs nothing", () => {
  const step = tensorboardRecord(
    { event: "progress", phase: "training", done: 4, total: 9, unit: "steps", loss: 1, rate: 0.1 },
    0,
  )!;
  expect(new TextDecoder().decode(step)).toContain("training/loss");
  expect(new TextDecoder().decode(step)).toContain("training/rate");
  expect(tensorboardRecord({ event: "checkpoint", step: 1 }, 0)).toBeUndefined();
});
