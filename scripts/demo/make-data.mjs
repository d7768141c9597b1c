// Renders assets/demo: `node scripts/demo/make-data.mjs [--out DIR]`. Nothing is downloaded; see assets/demo/README.md.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { startProgram } from "../start-program.mjs";
import { loadRenderer } from "./load-renderer.mjs";

const { values } = startProgram(import.meta.url, {
  needs: [],
  options: { out: { type: "string", about: "folder to write (default assets/demo)" } },
});
const out = resolve(values.out ?? fileURLToPath(new URL("../../assets/demo", import.meta.url)));
const { counts, defectNames, renderPicture, SIZE } = await loadRenderer(
  new URL("render.ts", import.meta.url),
);

let bytes = 0;
let pictures = 0;
for (const part of Object.keys(counts)) {
  for (const name of defectNames) {
    const folder = join(out, part, name);
    await mkdir(folder, { recursive: true });
    for (let index = 0; index < counts[part]; index++) {
      const { rgb, quality } = renderPicture(name, part, index);
      const jpeg = await sharp(rgb, { raw: { width: SIZE, height: SIZE, channels: 3 } })
        .jpeg({ quality, mozjpeg: true })
        .toBuffer();
      const file = join(folder, `${String(index).padStart(3, "0")}.jpg`);
      await writeFile(`${file}.part`, jpeg);
      await rename(`${file}.part`, file);
      bytes += jpeg.length;
      pictures++;
    }
  }
}
console.log(`${pictures} pictures, ${(bytes / 1e6).toFixed(2)} MB`);
