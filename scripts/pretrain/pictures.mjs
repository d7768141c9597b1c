// The pretraining pictures as two flat files of pixels, made once from the tar.gz archives of the data folder.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import sharp from "sharp";

export const side = 64;
export const bytesEach = side * side * 3;

/** Files of a ustar archive, in order. */
function* tarFiles(bytes) {
  for (let at = 0; at + 512 <= bytes.length; ) {
    const name = bytes.toString("latin1", at, at + 100).replace(/\0.*$/s, "");
    if (name === "") return;
    const size = Number.parseInt(bytes.toString("latin1", at + 124, at + 136), 8);
    const type = bytes[at + 156];
    if (type === 0x30 || type === 0) yield { name, bytes: bytes.subarray(at + 512, at + 512 + size) };
    at += 512 + 512 * Math.ceil(size / 512);
  }
}

/** @returns {{ pixels: Uint8Array, labels: Int32Array, classes: string[] }} uint8[N, 64, 64, 3] */
export async function loadPictures(data, part, cache) {
  mkdirSync(cache, { recursive: true });
  const classes = JSON.parse(readFileSync(join(data, "classes.json"), "utf8"));
  const list = Array.isArray(classes) ? classes : classes.classes;
  const pixelFile = join(cache, `${part}.pixels`);
  const labelFile = join(cache, `${part}.labels`);
  if (!existsSync(labelFile)) {
    const folder = join(data, part);
    const pixels = [];
    const labels = [];
    for (const archive of readdirSync(folder).sort()) {
      const label = list.findIndex((c) => archive.startsWith(c.wnid));
      if (label < 0) throw new Error(`${archive} is of no class in classes.json`);
      const decoded = await Promise.all(
        [...tarFiles(gunzipSync(readFileSync(join(folder, archive))))].map(({ bytes }) =>
          sharp(bytes).removeAlpha().toColourspace("srgb").raw().toBuffer(),
        ),
      );
      for (const one of decoded) {
        if (one.length !== bytesEach) throw new Error(`a picture of ${archive} is not ${side} × ${side} RGB`);
        pixels.push(one);
        labels.push(label);
      }
    }
    writeFileSync(`${pixelFile}.tmp`, Buffer.concat(pixels));
    renameSync(`${pixelFile}.tmp`, pixelFile);
    writeFileSync(`${labelFile}.tmp`, Buffer.from(Int32Array.from(labels).buffer));
    renameSync(`${labelFile}.tmp`, labelFile);
  }
  const labels = new Int32Array(new Uint8Array(readFileSync(labelFile)).buffer);
  return { pixels: readFileSync(pixelFile), labels, classes: list.map((c) => c.name) };
}

/**
 * One training picture: mirrored by chance, and a random window of `size` × `size`; where the window leaves the
 * picture (up to `margin` pixels) the border is black.
 */
export function augmentInto(target, offset, pixels, index, size, draw) {
  const margin = size === side ? 6 : 0;
  const range = side + 2 * margin - size + 1;
  const top = draw.integer(range) - margin;
  const left = draw.integer(range) - margin;
  const mirror = draw.chance(0.5);
  const from = index * bytesEach;
  for (let y = 0; y < size; y++) {
    const sy = y + top;
    for (let x = 0; x < size; x++) {
      const sx = (mirror ? size - 1 - x : x) + left;
      const to = offset + (y * size + x) * 3;
      if (sy < 0 || sy >= side || sx < 0 || sx >= side) {
        target[to] = target[to + 1] = target[to + 2] = 0;
      } else {
        const at = from + (sy * side + sx) * 3;
        target[to] = pixels[at];
        target[to + 1] = pixels[at + 1];
        target[to + 2] = pixels[at + 2];
      }
    }
  }
}
