// Renders assets/demo-masks: `node scripts/demo-masks/make-data.mjs [--out DIR]`. Nothing is downloaded.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { loadRenderer } from "../demo/load-renderer.mjs";
import { startProgram } from "../start-program.mjs";
import { writePalettePng } from "./write-png.mjs";

const { values } = startProgram(import.meta.url, {
  needs: [],
  options: { out: { type: "string", about: "folder to write (default assets/demo-masks)" } },
});
const out = resolve(values.out ?? fileURLToPath(new URL("../../assets/demo-masks", import.meta.url)));
const { classColours, classNames, counts, height, quality, renderPicture, width } = await loadRenderer(
  new URL("render.ts", import.meta.url),
);

let [index, bytes] = [0, 0];
for (const [part, count] of Object.entries(counts)) {
  const [images, masks] = ["images", "masks"].map((name) => join(out, part, name));
  for (const folder of [images, masks]) mkdirSync(folder, { recursive: true });
  const pixels = classNames.map(() => 0);
  for (let n = 0; n < count; n++, index++) {
    const { rgb, mask } = renderPicture(index);
    for (const label of mask) pixels[label]++;
    const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 } })
      .jpeg({ quality, mozjpeg: true })
      .toBuffer();
    const png = writePalettePng(mask, width, height, classColours);
    const name = String(index).padStart(3, "0");
    writeFileSync(join(images, `${name}.jpg`), jpeg);
    writeFileSync(join(masks, `${name}.png`), png);
    bytes += jpeg.length + png.length;
  }
  const shares = pixels.map(
    (n, k) => `${classNames[k]} ${((100 * n) / (count * width * height)).toFixed(1)} %`,
  );
  console.log(`${part}: ${count} pictures; ${shares.join(", ")}`);
}
writeFileSync(join(out, "classes.txt"), `${classNames.join("\n")}\n`);
console.log(`${(bytes / 1e3).toFixed(0)} kB`);
