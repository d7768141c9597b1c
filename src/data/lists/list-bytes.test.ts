import { expect, test } from "vitest";
import { decodePieces, decodeTexts } from "./list-bytes.js";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const wholeOf = async (bytes: Uint8Array): Promise<{ readonly pieces: number; readonly text: string }> => {
  const decoded = await decodePieces(bytes, "q.csv");
  const pieces = typeof decoded === "string" ? [decoded] : [...decoded];
  return { pieces: pieces.length, text: pieces.join("") };
};

test("a long text is decoded in pieces that together are the text", async () => {
  for (const unit of ["一二三四,🙂\n", "long line without an end é🙂", "ab,cd\r\n"]) {
    // 70 KiB: two pieces. One more byte in front moves the cut through a character.
    for (const before of unit.endsWith("\n") ? [""] : ["", "x", "xy", "xyz"]) {
      const text = before + unit.repeat(Math.ceil((70 * 2 ** 10) / bytesOf(unit).length));
      const whole = await wholeOf(bytesOf(text));
      expect(whole.pieces).toBe(2);
      expect(whole.text === text).toBe(true);
    }
  }
});

test("a short text, and a long one in another encoding, are decoded as a whole", async () => {
  expect(await wholeOf(bytesOf("a,b\n1,2\n"))).toEqual({ pieces: 1, text: "a,b\n1,2\n" });
  const text = "文,标签\n很好,1\n".repeat(20_000);
  const utf16 = new Uint8Array(2 + 2 * text.length);
  utf16.set([0xff, 0xfe]);
  new Uint16Array(utf16.buffer).set(
    Array.from(text, (character) => character.charCodeAt(0)),
    1,
  );
  const whole = await wholeOf(utf16);
  expect(whole.pieces).toBe(1);
  expect(whole.text === text).toBe(true);
});

test("a long text with a damaged character is refused with its line", async () => {
  const bytes = bytesOf("é,1\n".repeat(30_000));
  bytes[bytes.length - 4] = 0xff;
  const refusal = (decode: typeof decodeTexts | typeof decodePieces) =>
    (decode as typeof decodeTexts)(bytes, "q.csv").catch((error: Error) => error.message);
  expect(await refusal(decodePieces)).toContain('"q.csv", line 30000 is not UTF-8');
  expect(await refusal(decodePieces)).toBe(await refusal(decodeTexts));
});
