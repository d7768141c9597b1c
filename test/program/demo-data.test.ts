import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { expect, test } from "vitest";
import { counts, type DemoPart, defectNames, renderPicture, SIZE } from "../../scripts/demo/render.js";

const root = fileURLToPath(new URL("../../assets/demo/", import.meta.url));
const parts = Object.keys(counts) as DemoPart[];
const file = (part: DemoPart, name: string, index: number): string =>
  `${root}${part}/${name}/${String(index).padStart(3, "0")}.jpg`;

test("the demo data has its five classes in both parts, equally many pictures each, in at most 3 MB", () => {
  let bytes = 0;
  for (const part of parts) {
    expect(readdirSync(`${root}${part}`).sort()).toEqual([...defectNames]);
    for (const name of defectNames) {
      const files = readdirSync(`${root}${part}/${name}`);
      expect(files).toHaveLength(counts[part]);
      for (const each of files) bytes += statSync(`${root}${part}/${name}/${each}`).size;
    }
  }
  expect(bytes).toBeLessThanOrEqual(3e6);
});

test("no picture is in it twice", () => {
  const seen = new Set<string>();
  for (const part of parts)
    for (const name of defectNames)
      for (let i = 0; i < counts[part]; i++) seen.add(readFileSync(file(part, name, i)).toString("base64"));
  expect(seen.size).toBe(defectNames.length * (counts.train + counts.test));
});

test("the renderer makes the bundled pictures again", async () => {
  for (const [k, name] of defectNames.entries()) {
    const part = parts[k % 2]!;
    const index = 7 * k + 3;
    const { rgb, quality } = renderPicture(name, part, index);
    const { data, info } = await sharp(file(part, name, index))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([SIZE, SIZE, 3]);
    const again = await sharp(rgb, { raw: { width: SIZE, height: SIZE, channels: 3 } })
      .jpeg({ quality, mozjpeg: true })
      .toBuffer();
    const decoded = await sharp(again).raw().toBuffer();
    let difference = 0;
    for (let i = 0; i < data.length; i++) difference += Math.abs(data[i]! - decoded[i]!);
    // 0 with the same sharp and V8; another version may round a sine or a DCT coefficient differently.
    expect(difference / data.length).toBeLessThan(1);
  }
});

test("another seed makes another picture of the same class", () => {
  expect(renderPicture("crack", "train", 0, 1).rgb).not.toEqual(renderPicture("crack", "train", 0, 0).rgb);
});
