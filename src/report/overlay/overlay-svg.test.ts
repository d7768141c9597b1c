import sharp from "sharp";
import { expect, test } from "vitest";
import { maskErrors } from "../../evaluate/segmentation/mask-errors.js";
import { nodePlatform } from "../../platform/node.js";
import { classColour, textColour } from "./colours.js";
import { boxOutcomes, maskOutcomes } from "./outcomes.js";
import { type OverlayBox, type OverlayContent, overlaySvg } from "./overlay-svg.js";

const size = { width: 120, height: 80 };
const red = classColour(5);
const channels = (colour: string) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

/** Draws on a grey image; returns its pixels. */
async function drawn(objects: OverlayContent, background = 128) {
  const grey = sharp({
    create: { ...size, channels: 3, background: { r: background, g: background, b: background } },
  });
  const png = await nodePlatform.pictures.overlay!(
    await grey.png().toBuffer(),
    overlaySvg(size, objects),
    "png",
  );
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([size.width, size.height]);
  return (x: number, y: number) => [...data.subarray(3 * (y * size.width + x), 3 * (y * size.width + x) + 3)];
}

/** Colours along the upper line of a box from x = 20 to 100. */
async function upperLine(outcome: OverlayBox["outcome"]) {
  const at = await drawn({ boxes: [{ box: [20, 30, 100, 70], label: 5, ...(outcome && { outcome }) }] });
  return Array.from({ length: 70 }, (_, i) => at(25 + i, 30).join());
}

test("a found box has a solid line, a false one a dashed line, a missed one white dots on black", async () => {
  const colour = channels(red).join();
  expect(new Set(await upperLine("found"))).toEqual(new Set([colour]));
  const dashed = await upperLine("false");
  expect(dashed).toContain(colour);
  expect(dashed).toContain("128,128,128");
  const dotted = new Set(await upperLine("missed"));
  expect(dotted).toContain("255,255,255");
  expect(dotted).toContain("0,0,0");
  expect(dotted).not.toContain("128,128,128");
});

test("a mask covers its pixels by 45 %, and other pixels not at all", async () => {
  const labels = new Uint8Array(size.width * size.height);
  for (let y = 20; y < 60; y++) labels.fill(3, y * size.width + 30, y * size.width + 90);
  const at = await drawn({ mask: { ...size, labels, regions: [{ value: 3, label: 5 }] } });
  const mixed = channels(red).map((c) => 0.45 * c + 0.55 * 128);
  for (const [i, c] of at(60, 40).entries()) expect(Math.abs(c - mixed[i]!)).toBeLessThan(1.5);
  expect(at(10, 10)).toEqual([128, 128, 128]);
  expect(at(95, 40)).toEqual([128, 128, 128]);
});

test("names are escaped, and a hostile one is drawn", async () => {
  const name = '<script>&"\u0000\uffff</text>';
  const box: OverlayBox = { box: [20, 30, 100, 70], label: 0, name, score: 0.5 };
  const { svg } = overlaySvg(size, { boxes: [box] });
  expect(svg).toContain("&lt;script&gt;&amp;&quot;\ufffd\ufffd&lt;/text&gt; 0.50");
  expect(svg).not.toContain("<script");
  await drawn({ boxes: [box] });
});

test("boxes are drawn by rising score with those without a score last, and names above all lines", () => {
  const box = [0, 40, 10, 50] as const;
  const { svg } = overlaySvg(size, {
    boxes: [
      { box, label: 0, name: "missed", outcome: "missed" },
      { box, label: 1, name: "high", score: 0.9 },
      { box, label: 2, name: "low", score: 0.2 },
    ],
  });
  const order = [classColour(2), classColour(1), "#ffffff", ">low 0.20<", ">high 0.90<", ">missed<"];
  const places = order.map((text) => svg.indexOf(text));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test("a name is above its box, or inside where there is no room, and within the image", async () => {
  const name = "ant";
  // The upper left corner of a plate has its colour.
  const colour = channels(classColour(0));
  const above = await drawn({ boxes: [{ box: [20, 40, 100, 70], label: 0, name }] });
  expect(above(22, 26)).toEqual(colour);
  const inside = await drawn({ boxes: [{ box: [20, 5, 100, 70], label: 0, name }] });
  expect(inside(21, 8)).toEqual(colour);
  const right = await drawn({ boxes: [{ box: [110, 40, 119, 70], label: 0, name }] });
  expect(right(size.width - 1, 26)).toEqual(colour);
});

test("an overlay keeps the aspect ratio, and enlarges a small image at most twice", () => {
  const boxes: OverlayBox[] = [{ box: [10, 20, 30, 40], label: 0 }];
  const half = overlaySvg({ width: 300, height: 200 }, { boxes }, 150);
  expect([half.width, half.height]).toEqual([150, 100]);
  expect(half.svg).toContain('x="5" y="10" width="10" height="10"');
  expect(overlaySvg({ width: 300, height: 200 }, { boxes })).toMatchObject({ width: 300, height: 200 });
  expect(overlaySvg({ width: 300, height: 200 }, { boxes }, 900)).toMatchObject({ width: 600, height: 400 });
  const mask = {
    width: 4,
    height: 2,
    labels: Uint8Array.of(1, 1, 0, 0, 1, 1, 0, 0),
    regions: [{ value: 1, label: 0 }],
  };
  expect(overlaySvg({ width: 8, height: 4 }, { mask }).svg).toContain('d="M0 0h4v4h-4v-4z"');
});

test("a JPEG with EXIF rotation is drawn upright", async () => {
  const lying = await sharp({ create: { width: 60, height: 90, channels: 3, background: "#808080" } })
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const upright = { width: 90, height: 60 };
  const overlay = overlaySvg(upright, { boxes: [{ box: [1, 1, 89, 59], label: 0 }] });
  const bytes = await nodePlatform.pictures.overlay!(lying, overlay, "jpeg");
  expect(await sharp(bytes).metadata()).toMatchObject({ format: "jpeg", ...upright });
});

test("hundreds of classes have different colours, and every text is readable on its plate", () => {
  const colours = Array.from({ length: 200 }, (_, k) => classColour(k));
  expect(new Set(colours).size).toBe(200);
  const luminance = (colour: string) =>
    channels(colour)
      .map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + [0.2126, 0.7152, 0.0722][i]! * c, 0);
  for (const colour of colours) {
    const [a, b] = [luminance(colour), luminance(textColour(colour))].sort((x, y) => y - x) as [
      number,
      number,
    ];
    // WCAG 2.2, level AA
    expect((a + 0.05) / (b + 0.05)).toBeGreaterThan(4.5);
  }
});

test("the outcomes of boxes are those of the kinds of errors", () => {
  const at = (x: number) => [x, 0, x + 10, 10] as const;
  const picture = {
    truths: [
      { label: 0, box: at(0) },
      { label: 1, box: at(50) },
      { label: 0, box: at(100), crowd: true },
    ],
    detections: [
      { label: 0, box: at(0), score: 0.9 },
      { label: 0, box: at(50), score: 0.8 },
      { label: 0, box: at(100), score: 0.7 },
      { label: 0, box: at(200), score: 0.1 },
    ],
  };
  expect(boxOutcomes(picture, 0.5, ["ant", "bee"])).toEqual([
    { label: 0, box: at(0), score: 0.9, name: "ant", outcome: "found" },
    { label: 0, box: at(50), score: 0.8, name: "ant", outcome: "false" },
    { label: 1, box: at(50), name: "bee", outcome: "missed" },
  ]);
});

test("an error map has the right, false, missed and confused pixels", () => {
  const [truth, predicted] = [Uint8Array.of(1, 1, 0, 255, 2, 0), Uint8Array.of(1, 0, 1, 1, 1, 0)];
  const { labels, regions } = maskOutcomes(maskErrors(truth, predicted).map, { width: 3, height: 2 });
  const outcomes = new Map(regions.map(({ value, outcome }) => [value, outcome]));
  expect([...labels].map((value) => outcomes.get(value))).toEqual([
    ...["found", "missed", "false", undefined, "false", undefined],
  ]);
  // Confused pixels have a colour of their own.
  expect(new Set(regions.map(({ label }) => label)).size).toBe(4);
});
