// Renders assets/demo: `node scripts/demo/make-data.mjs [--out DIR]`. Nothing is downloaded; see assets/demo/README.md.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import sharp from "sharp";

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { out: { type: "string" } } });
const out = resolve(values.out ?? join(here, "../..", "assets", "demo"));

// The renderer is TypeScript, which Node 20 does not run: bundled in memory first.
const bundle = await build({
  entryPoints: [join(here, "render.ts")],
  bundle: true,
  format: "esm",
  platform: "node",
  write: false,
});
const { counts, defectNames, renderPicture, SIZE } = await import(
  `data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`
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
