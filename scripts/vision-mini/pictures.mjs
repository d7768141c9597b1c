// The pretraining images as two flat files of pixels, made once from the tar.gz archives of the data folder.
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
 * A training image: randomly mirrored, and a random window of `size` × `size`; outside the image (up to `margin`
 * pixels) it is black.
 */
function windowInto(target, offset, pixels, index, size, draw) {
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

/**
 * A training image: a random crop of 45 to 100 % of the area with an aspect ratio of 3:4 to 4:3, resized bilinearly to
 * `size` × `size` and randomly mirrored; brightness, contrast and saturation changed by up to 30 %.
 * @see Szegedy et al., "Going Deeper with Convolutions", 2015, section 6 (crops); Howard 2013 (colour)
 */
function cropInto(target, offset, pixels, index, size, draw) {
  const area = 0.45 + 0.55 * draw.uniform();
  const ratio = Math.exp((2 * draw.uniform() - 1) * Math.log(4 / 3) * 0.5);
  const width = Math.min(side, side * Math.sqrt(area) * ratio);
  const height = Math.min(side, (side * Math.sqrt(area)) / ratio);
  const left = (side - width) * draw.uniform();
  const top = (side - height) * draw.uniform();
  const mirror = draw.chance(0.5);
  const change = () => 1 + 0.3 * (2 * draw.uniform() - 1);
  const [brightness, contrast, saturation] = [change(), change(), change()];
  const columns = neighbours(size, left, width, mirror);
  const rows = neighbours(size, top, height, false);
  const scale = brightness * contrast;
  const shift = 114 * (1 - contrast) + 0.5;
  for (let y = 0; y < size; y++) {
    const above = index * bytesEach + rows.low[y] * side * 3;
    const below = index * bytesEach + rows.high[y] * side * 3;
    const fy = rows.share[y];
    for (let x = 0; x < size; x++) {
      const x0 = columns.low[x] * 3;
      const x1 = columns.high[x] * 3;
      const fx = columns.share[x];
      const a = (1 - fy) * (1 - fx);
      const b = (1 - fy) * fx;
      const c = fy * (1 - fx);
      const d = fy * fx;
      const [p, q, r, s] = [above + x0, above + x1, below + x0, below + x1];
      const red = a * pixels[p] + b * pixels[q] + c * pixels[r] + d * pixels[s];
      const green = a * pixels[p + 1] + b * pixels[q + 1] + c * pixels[r + 1] + d * pixels[s + 1];
      const blue = a * pixels[p + 2] + b * pixels[q + 2] + c * pixels[r + 2] + d * pixels[s + 2];
      const gray = (0.299 * red + 0.587 * green + 0.114 * blue) * (1 - saturation);
      const to = offset + (y * size + x) * 3;
      target[to] = clamped((gray + red * saturation) * scale + shift);
      target[to + 1] = clamped((gray + green * saturation) * scale + shift);
      target[to + 2] = clamped((gray + blue * saturation) * scale + shift);
    }
  }
}

const clamped = (v) => (v < 0 ? 0 : v > 255 ? 255 : v);

/** For each of n pixels its two neighbours in a line of `side`, and the weight of the second. */
function neighbours(n, start, length, mirror) {
  const [low, high, share] = [new Int32Array(n), new Int32Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    const k = mirror ? n - 1 - i : i;
    const at = Math.max(0, Math.min(side - 1, start + ((k + 0.5) * length) / n - 0.5));
    low[i] = Math.floor(at);
    high[i] = Math.min(side - 1, low[i] + 1);
    share[i] = at - low[i];
  }
  return { low, high, share };
}

/** Augmentation of each stage: (target, offset, pixels, index, size, draws) => void. */
export const augmentations = { windows: windowInto, crops: cropInto };
