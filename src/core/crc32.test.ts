import { expect, test } from "vitest";
import { crc32 } from "./crc32.js";

test("the check value of CRC-32, also of bytes in two parts", () => {
  const bytes = new TextEncoder().encode("123456789");
  // "Check" of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
  expect(crc32(bytes)).toBe(0xcbf43926);
  expect(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4)))).toBe(0xcbf43926);
});
