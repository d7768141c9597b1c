import { type Draws, draws } from "../../core/random.js";
import type { Augmentation, Pixels } from "../dataset.js";

/** The augmentations of {@link augment}. */
export type PlainAugmentation = Extract<Augmentation, "none" | "light" | "standard">;

/**
 * Returns a randomly changed copy of a picture, for training. The draws are a hash of (seed, epoch, item), so a resumed run gets the
 * same pictures. `none` returns the picture itself.
 *
 * `light`: mirrored with probability ½, shifted by up to 10 % of each side, the border reflected.
 *
 * `standard`: a random part of 35 to 100 % of the area with aspect ratio 3/4 to 4/3 stretched to the full size
 * (Inception's crop; its lower bound of 8 % is for a million pictures, fastai's RandomResizedCrop takes 0.35
 * for fine-tuning), mirrored with probability ½, brightness, contrast and saturation each times 0.8 to 1.2.
 *
 * @param pixels uint8[H, W, 3]; not changed
 * @param item the item's id: the same in every run and on every machine
 * @see Szegedy et al. 2015, "Going Deeper with Convolutions", section 6; fastai `RandomResizedCrop(min_scale=0.35)`
 */
export function augment(
  pixels: Pixels,
  augmentation: PlainAugmentation,
  seed: number,
  epoch: number,
  item: string,
): Pixels {
  if (augmentation === "none") return pixels;
  const { height: h, width: w } = pixels;
  const draw = draws(seed, "augment", epoch, item);
  const mirror = draw.chance(0.5);
  if (augmentation === "light") {
    // Whole pixels: no interpolation, so the picture stays as sharp as those of validation.
    const dy = Math.round((draw.uniform() * 2 - 1) * 0.1 * h);
    const dx = Math.round((draw.uniform() * 2 - 1) * 0.1 * w);
    return shift(pixels, dy, dx, mirror);
  }
  const picture = cropped(pixels, mirror, draw);
  const jitter = {
    brightness: 0.8 + 0.4 * draw.uniform(),
    contrast: 0.8 + 0.4 * draw.uniform(),
    saturation: 0.8 + 0.4 * draw.uniform(),
  };
  return recolor(picture, jitter);
}

/** The crop of `standard`: 35 to 100 % of the area. */
export function cropped(pixels: Pixels, mirror: boolean, draw: Draws): Pixels {
  return stretch(pixels, randomPart(pixels.height, pixels.width, draw.uniform, 0.35), mirror);
}

/** y[i, j] = x[reflect(i + dy), reflect(±j + dx)] */
export function shift(
  { height: h, width: w, data }: Pixels,
  dy: number,
  dx: number,
  mirror: boolean,
): Pixels {
  const out = new Uint8Array(h * w * 3);
  const columns = Int32Array.from({ length: w }, (_, j) => 3 * reflect((mirror ? w - 1 - j : j) + dx, w));
  let o = 0;
  for (let i = 0; i < h; i++) {
    const row = reflect(i + dy, h) * w * 3;
    for (let j = 0; j < w; j++) {
      const s = row + columns[j]!;
      out[o] = data[s]!;
      out[o + 1] = data[s + 1]!;
      out[o + 2] = data[s + 2]!;
      o += 3;
    }
  }
  return { height: h, width: w, data: out };
}

/** Returns position i on a line of n points, reflected at both ends without repeating the border: -1 -> 1, n -> n-2. */
export function reflect(i: number, n: number): number {
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const k = ((i % period) + period) % period;
  return k < n ? k : period - k;
}

/** A rectangle in pixels; fractions allowed. */
export interface PicturePart {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** area ~ U(minimum, 1) · h · w, log aspect ~ U(log 3/4, log 4/3); ten tries, then the whole picture. */
export function randomPart(h: number, w: number, uniform: () => number, minimum: number): PicturePart {
  const tries = 10;
  for (let k = 0; k < tries; k++) {
    const area = (minimum + (1 - minimum) * uniform()) * h * w;
    const aspect = Math.exp((uniform() * 2 - 1) * Math.log(4 / 3));
    const height = Math.sqrt(area / aspect);
    const width = Math.sqrt(area * aspect);
    if (height <= h && width <= w)
      return { top: uniform() * (h - height), left: uniform() * (w - width), height, width };
  }
  return { top: 0, left: 0, height: h, width: w };
}

/** Stretches a part to the full size, bilinear, with pixel centres at i + ½. */
export function stretch({ height: h, width: w, data }: Pixels, part: PicturePart, mirror: boolean): Pixels {
  const out = new Uint8Array(h * w * 3);
  // x_s = left + (j + ½) · part.width / w − ½, as two columns and the weight of the second in 1/256.
  const x0 = new Int32Array(w);
  const x1 = new Int32Array(w);
  const wx = new Int32Array(w);
  for (let j = 0; j < w; j++) {
    const s = Math.min(
      w - 1,
      Math.max(0, part.left + ((mirror ? w - 1 - j : j) + 0.5) * (part.width / w) - 0.5),
    );
    const floor = Math.floor(s);
    x0[j] = 3 * floor;
    x1[j] = 3 * Math.min(w - 1, floor + 1);
    wx[j] = Math.round((s - floor) * 256);
  }
  let o = 0;
  for (let i = 0; i < h; i++) {
    const s = Math.min(h - 1, Math.max(0, part.top + (i + 0.5) * (part.height / h) - 0.5));
    const floor = Math.floor(s);
    const r0 = floor * w * 3;
    const r1 = Math.min(h - 1, floor + 1) * w * 3;
    const wy = Math.round((s - floor) * 256);
    for (let j = 0; j < w; j++) {
      const a = x0[j]!;
      const b = x1[j]!;
      const f = wx[j]!;
      for (let c = 0; c < 3; c++) {
        const top = data[r0 + a + c]! * (256 - f) + data[r0 + b + c]! * f;
        const bottom = data[r1 + a + c]! * (256 - f) + data[r1 + b + c]! * f;
        out[o++] = (top * (256 - wy) + bottom * wy + 32768) >>> 16;
      }
    }
  }
  return { height: h, width: w, data: out };
}

/** Factors of a colour change; 1 changes nothing. */
export interface Jitter {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
}

/**
 * Changes colours in place: x' = s·(b·c·x + b·(1−c)·m) + (1−s)·gray. m is the picture's mean gray, and gray the pixel's gray after
 * brightness and contrast (Rec. 601 weights, as in PIL's ImageEnhance).
 */
export function recolor(pixels: Pixels, { brightness: b, contrast: c, saturation: s }: Jitter): Pixels {
  const { data } = pixels;
  const n = data.length / 3;
  let sum = 0;
  for (let i = 0; i < data.length; i += 3) sum += 299 * data[i]! + 587 * data[i + 1]! + 114 * data[i + 2]!;
  const mean = sum / 1000 / n;
  const scale = b * c;
  const offset = b * (1 - c) * mean;
  // A Uint8ClampedArray on the same memory rounds and clamps by itself.
  const clamped = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  for (let i = 0; i < data.length; i += 3) {
    const red = scale * data[i]! + offset;
    const green = scale * data[i + 1]! + offset;
    const blue = scale * data[i + 2]! + offset;
    const gray = (1 - s) * (0.299 * red + 0.587 * green + 0.114 * blue);
    clamped[i] = s * red + gray;
    clamped[i + 1] = s * green + gray;
    clamped[i + 2] = s * blue + gray;
  }
  return pixels;
}
