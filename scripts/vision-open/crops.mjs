// Training pictures: a new random crop of a random picture at every step, with cut-outs pasted on, and mixed pairs.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** @returns {{ photographs: object[], cutOuts: object[] }} pictures as written by pictures.mjs */
export function loadPool(state) {
  const pixels = readFileSync(join(state, "pictures.bin"));
  const index = JSON.parse(readFileSync(join(state, "pictures.json"), "utf8"));
  const of = (kind) =>
    index
      .filter((p) => p.kind === kind)
      .map(({ levels }) => ({ levels: levels.map((l) => ({ ...l, pixels })) }));
  return { photographs: of("photograph"), cutOuts: of("cut-out") };
}

/** Returns the smallest stored size of a picture in which the crop still has `least` pixels across. */
function levelFor({ levels }, share, least) {
  return levels.findLast(({ width, height }) => share * Math.min(width, height) >= least) ?? levels[0];
}

/** Bilinear: out[size, size, 3] = a window of a picture of 3 channels. Lengths in pixels of the picture. */
function windowInto(out, { pixels, offset, width, height }, { left, top, across, down, mirror }, size) {
  const columns = neighbours(size, left, across, width, mirror);
  const rows = neighbours(size, top, down, height, false);
  let to = 0;
  for (let y = 0; y < size; y++) {
    const above = offset + rows.low[y] * width * 3;
    const below = offset + rows.high[y] * width * 3;
    const fy = rows.share[y];
    for (let x = 0; x < size; x++) {
      const [x0, x1, fx] = [columns.low[x] * 3, columns.high[x] * 3, columns.share[x]];
      for (let c = 0; c < 3; c++) {
        const a = pixels[above + x0 + c];
        const b = pixels[below + x0 + c];
        const upper = a + fx * (pixels[above + x1 + c] - a);
        out[to++] = upper + fy * (b + fx * (pixels[below + x1 + c] - b) - upper);
      }
    }
  }
}

/** For each of n pixels its two neighbours in a line of `end` pixels, and the weight of the second. */
function neighbours(n, start, length, end, mirror) {
  const [low, high, share] = [new Int32Array(n), new Int32Array(n), new Float32Array(n)];
  for (let i = 0; i < n; i++) {
    const k = mirror ? n - 1 - i : i;
    const at = Math.max(0, Math.min(end - 1, start + ((k + 0.5) * length) / n - 0.5));
    low[i] = Math.floor(at);
    high[i] = Math.min(end - 1, low[i] + 1);
    share[i] = at - low[i];
  }
  return { low, high, share };
}

/** Pastes a cut-out (4 channels) turned by up to 30 degrees, 0.4 to 1.2 of the side wide. */
function paste(out, picture, size, draw) {
  const scale = size * (0.4 + 0.8 * draw.uniform());
  const level =
    picture.levels.findLast(({ width, height }) => Math.max(width, height) >= scale) ?? picture.levels[0];
  const { pixels, offset, width, height } = level;
  const factor = Math.max(width, height) / scale;
  const angle = ((2 * draw.uniform() - 1) * Math.PI) / 6;
  const flip = draw.chance(0.5) ? -1 : 1;
  const [cx, cy] = [size * (0.2 + 0.6 * draw.uniform()), size * (0.2 + 0.6 * draw.uniform())];
  const [cos, sin] = [Math.cos(angle) * factor, Math.sin(angle) * factor];
  const at = new Float32Array(4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const u = flip * (cos * (x - cx) + sin * (y - cy)) + width / 2;
      const v = cos * (y - cy) - sin * (x - cx) + height / 2;
      if (u < 0 || v < 0 || u >= width - 1 || v >= height - 1) continue;
      const [i, j] = [Math.floor(u), Math.floor(v)];
      const [fu, fv] = [u - i, v - j];
      const p = offset + (j * width + i) * 4;
      const q = p + width * 4;
      for (let c = 0; c < 4; c++) {
        const upper = pixels[p + c] * (1 - fu) + pixels[p + 4 + c] * fu;
        at[c] = upper * (1 - fv) + (pixels[q + c] * (1 - fu) + pixels[q + 4 + c] * fu) * fv;
      }
      const alpha = at[3] / 255;
      const to = (y * size + x) * 3;
      for (let c = 0; c < 3; c++) out[to + c] += alpha * (at[c] - out[to + c]);
    }
  }
}

/** Changes brightness, contrast, saturation and white balance by up to `most`. */
function recolour(out, most, draw) {
  const change = () => 1 + most * (2 * draw.uniform() - 1);
  const [contrast, saturation] = [change(), change()];
  const scales = [change(), change(), change()].map((c) => (1 + (c - 1) / 2) * contrast);
  const bright = 255 * most * 0.5 * (2 * draw.uniform() - 1);
  for (let i = 0; i < out.length; i += 3) {
    const gray = 0.299 * out[i] + 0.587 * out[i + 1] + 0.114 * out[i + 2];
    for (let c = 0; c < 3; c++)
      out[i + c] = (gray + saturation * (out[i + c] - gray) - 114) * scales[c] + 114 + bright;
  }
}

/** Standard deviation of gray, 0 to 1: near 0 for a crop of no content. */
function contentOf(out) {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < out.length; i += 3) {
    const gray = (out[i] + out[i + 1] + out[i + 2]) / 765;
    sum += gray;
    squares += gray * gray;
  }
  const n = out.length / 3;
  return Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2));
}

/** Returns one training picture, float32[size, size, 3] from about 0 to 255. */
function cropOf({ photographs, cutOuts }, size, { area, ratio, cutOuts: share, colour }, draw) {
  const out = new Float32Array(size * size * 3);
  for (let tries = 0; tries < 4; tries++) {
    const picture = photographs[draw.integer(photographs.length)];
    const part = Math.sqrt(Math.exp(Math.log(area[0]) + draw.uniform() * Math.log(area[1] / area[0])));
    const stretch = Math.exp((2 * draw.uniform() - 1) * Math.log(ratio) * 0.5);
    const level = levelFor(picture, part, size);
    const across = Math.min(level.width, level.width * part * stretch);
    const down = Math.min(level.height, (level.height * part) / stretch);
    const [left, top] = [(level.width - across) * draw.uniform(), (level.height - down) * draw.uniform()];
    windowInto(out, level, { left, top, across, down, mirror: draw.chance(0.5) }, size);
    if (draw.chance(share))
      for (let n = 1 + draw.integer(2); n > 0; n--)
        paste(out, cutOuts[draw.integer(cutOuts.length)], size, draw);
    if (contentOf(out) > 0.04) break;
  }
  recolour(out, colour, draw);
  return out;
}

/** Fills uint8[batch, size, size, 3]; a share of the pictures is mixed with another one (mixup). */
export function batchOf(pool, batch, size, crops, draw) {
  const pixels = new Uint8ClampedArray(batch * size * size * 3);
  let previous;
  for (let i = 0; i < batch; i++) {
    const one = cropOf(pool, size, crops, draw);
    const lambda = previous && draw.chance(crops.mixup) ? 0.5 + 0.5 * draw.uniform() : 1;
    const at = i * one.length;
    if (lambda === 1) pixels.set(one, at);
    else for (let k = 0; k < one.length; k++) pixels[at + k] = lambda * one[k] + (1 - lambda) * previous[k];
    previous = one;
  }
  return new Uint8Array(pixels.buffer);
}
