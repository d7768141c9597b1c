// Renders assets/demo-boxes: `node scripts/demo-boxes/make-data.mjs [--out DIR]`. Nothing is downloaded.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { loadRenderer } from "../demo/load-renderer.mjs";
import { startProgram } from "../start-program.mjs";

const { values } = startProgram(import.meta.url, {
  needs: [],
  options: { out: { type: "string", about: "folder to write (default assets/demo-boxes)" } },
});
const out = resolve(values.out ?? fileURLToPath(new URL("../../assets/demo-boxes", import.meta.url)));
const { counts, height, partNames, quality, renderPicture, width } = await loadRenderer(
  new URL("render.ts", import.meta.url),
);

mkdirSync(join(out, "annotations"), { recursive: true });
let [index, bytes] = [0, 0];
for (const [part, count] of Object.entries(counts)) {
  mkdirSync(join(out, part), { recursive: true });
  const [images, annotations] = [[], []];
  for (let n = 0; n < count; n++, index++) {
    const { rgb, parts } = renderPicture(index);
    const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 } })
      .jpeg({ quality, mozjpeg: true })
      .toBuffer();
    const name = `${String(index).padStart(3, "0")}.jpg`;
    writeFileSync(join(out, part, name), jpeg);
    bytes += jpeg.length;
    images.push({ id: index + 1, file_name: name, width, height });
    for (const one of parts)
      annotations.push({
        id: annotations.length + 1,
        image_id: index + 1,
        category_id: partNames.indexOf(one.name) + 1,
        bbox: one.box,
        area: one.area,
        iscrowd: 0,
      });
  }
  const categories = partNames.map((name, i) => ({ id: i + 1, name }));
  // One line for each image and annotation, so that a change can be read.
  const lines = (rows) => `[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]`;
  const text = `{"images":${lines(images)},\n"annotations":${lines(annotations)},\n"categories":${JSON.stringify(categories)}}\n`;
  writeFileSync(join(out, "annotations", `${part}.json`), text);
  bytes += text.length;
  console.log(`${part}: ${count} pictures, ${annotations.length} boxes`);
}
console.log(`${(bytes / 1e3).toFixed(0)} kB`);
