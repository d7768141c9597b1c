import { expect, test } from "vitest";
import { parseLevels } from "./parse-levels.js";

test("a value for each stride, finest first", () => {
  expect(parseLevels("16=/layer3/Relu, 8=/layer2/Relu,32=out:0")).toEqual(
    new Map([
      [8, "/layer2/Relu"],
      [16, "/layer3/Relu"],
      [32, "out:0"],
    ]),
  );
});

test("names with commas and equal signs stay whole", () => {
  expect(parseLevels("8=block,a,16=b=c")).toEqual(
    new Map([
      [8, "block,a"],
      [16, "b=c"],
    ]),
  );
});

test("the decoder of a segmenter", () => {
  expect(parseLevels(" decoder ")).toBe("decoder");
});

const noStride = (stride: number): string => `--levels: stride ${stride} is no power of two`;
test.each([
  ["", '--levels: "" is not STRIDE=VALUE'],
  ["/layer2/Relu", '--levels: "/layer2/Relu" is not STRIDE=VALUE'],
  ["8=", '--levels: "8=" is not STRIDE=VALUE'],
  ["8=a,16=", '--levels: "16=" is not STRIDE=VALUE'],
  ["12=a", noStride(12)],
  ["0=a", noStride(0)],
  ["8=a,8=b", "--levels: stride 8 has two values"],
])("%j is refused", (text, message) => {
  expect(() => parseLevels(text)).toThrow(
    expect.objectContaining({
      kind: "OptionError",
      message,
      help: "give 8=VALUE,16=VALUE,32=VALUE, or decoder; `engraft inspect` lists the levels of a model",
    }),
  );
});
