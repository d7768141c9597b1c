// Pooled features of the pretraining images from real bases: float32[N, D], one file per base and split. Written by
// appending, so that the same call resumes.
import { appendFileSync, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { withPixels } from "../../dist/bases/pixels.js";
import { toOnnx } from "../../dist/graph/to-onnx.js";
import { openBody } from "../../dist/run/setup.js";
import { realBases } from "../measure/bases.mjs";
import { bytesEach, side } from "./pictures.mjs";

const batch = 30; // divides 34,650 and 3,960

/**
 * @param {string} folder of `models/`
 * @param {Record<"train" | "val", { pixels: Uint8Array, labels: Int32Array }>} parts
 * @returns {Promise<Record<"train" | "val", { rows: Float32Array, width: number }>>} all bases side by side, each
 * column standardised by the training images
 */
export async function teacherFeatures(folder, parts, state, { platform, runtime }) {
  const bases = {};
  for (const [name, options] of Object.entries(realBases(folder))) {
    const { base, body } = await openBody(options.base, options, platform);
    const file = (part) => join(state, `teacher-${name}.${part}.f32`);
    const size = options.imageSize;
    let session;
    for (const [part, { pixels, labels }] of Object.entries(parts)) {
      const have = existsSync(file(part)) ? statSync(file(part)).size / (4 * body.width) : 0;
      for (let first = have; first < labels.length; first += batch) {
        session ??= await runtime.session(toOnnx(withPixels(body.graph, base.preprocessing)), {
          label: name,
        });
        const data = new Uint8Array(batch * size * size * 3);
        await Promise.all(
          Array.from({ length: batch }, async (_, i) => {
            const at = (first + i) * bytesEach;
            const raw = { width: side, height: side, channels: 3 };
            const large = sharp(pixels.subarray(at, at + bytesEach), { raw }).resize(size, size, {
              kernel: "cubic",
            });
            data.set(await large.raw().toBuffer(), i * size * size * 3);
          }),
        );
        const out = await session.run({ pixels: { dtype: "uint8", dims: [batch, size, size, 3], data } });
        const rows = Object.values(out)[0].data;
        appendFileSync(file(part), Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength));
        if ((first / batch) % 100 === 0)
          console.log(JSON.stringify({ teacher: name, part, pictures: first }));
      }
    }
    await session?.dispose();
    bases[name] = { width: body.width, file };
  }
  const width = Object.values(bases).reduce((n, b) => n + b.width, 0);
  const joined = {};
  for (const [part, { labels }] of Object.entries(parts)) {
    const rows = new Float32Array(labels.length * width);
    let column = 0;
    for (const base of Object.values(bases)) {
      const own = new Float32Array(new Uint8Array(readFileSync(base.file(part))).buffer);
      for (let i = 0; i < labels.length; i++)
        rows.set(own.subarray(i * base.width, (i + 1) * base.width), i * width + column);
      column += base.width;
    }
    joined[part] = { rows, width };
  }
  standardise(joined);
  return joined;
}

/** z = (x - mean) / std of each column over the training images. */
function standardise({ train, ...others }) {
  const { rows, width } = train;
  const n = rows.length / width;
  for (let c = 0; c < width; c++) {
    let [sum, squares] = [0, 0];
    for (let at = c; at < rows.length; at += width) {
      sum += rows[at];
      squares += rows[at] ** 2;
    }
    const mean = sum / n;
    const scale = 1 / Math.sqrt(Math.max(squares / n - mean ** 2, 1e-8));
    for (const part of [train, ...Object.values(others)])
      for (let at = c; at < part.rows.length; at += width) part.rows[at] = (part.rows[at] - mean) * scale;
  }
}
