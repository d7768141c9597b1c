/** One picture of the demo set of boxes: screws, nuts and washers on a conveyor belt. */
import { draws } from "../../src/core/random.js";
import { photograph } from "../demo/camera.js";
import { between, canvas, type Field } from "../demo/canvas.js";
import { halve, illuminate } from "../demo/light.js";
import { type PartName, partNames } from "./parts.js";
import { makeScene, type PartScene } from "./scene.js";

export { partNames };
export const [width, height] = [256, 192];
/** Number of pictures of each part; they are numbered through. */
export const counts = { train: 80, test: 40 } as const;
export const demoSeed = 0;
/** JPEG quality. */
export const quality = 80;

/** A part in a picture. */
export interface DrawnPart {
  readonly name: PartName;
  /** x, y, width and height of its visible pixels. */
  readonly box: readonly [number, number, number, number];
  /** Number of its visible pixels. */
  readonly area: number;
}

export interface Picture {
  /** height × width × 3 bytes, RGB. */
  readonly rgb: Uint8Array;
  readonly parts: readonly DrawnPart[];
}

/** The scene is drawn with twice the width and height. */
const large = canvas(2 * width, 2 * height);
const small = canvas(width, height);

/** Renders picture `index`. Equal arguments give equal bytes. */
export function renderPicture(index: number, seed = demoSeed): Picture {
  const d = draws(seed, "demo boxes light", index);
  const made = makeScene(large, seed, index);
  const lit = illuminate(large, made.scene, {
    azimuth: d.uniform() * 2 * Math.PI,
    elevation: between(d, 0.5, 1.15),
    ambient: between(d, 0.25, 0.6),
    softness: between(d, 0.05, 0.45),
  });
  const moved = d.chance(0.15) ? smear(lit, between(d, 3, 8), d.uniform() * Math.PI) : lit;
  const [r, g, b] = moved.map((channel) => halve(channel, 2 * width)) as [Field, Field, Field];
  const camera = { mean: [0.09, 0.28], grain: [0.003, 0.012], blur: [0.3, 0.7] } as const;
  return {
    rgb: photograph(small, [r, g, b], draws(seed, "demo boxes camera", index), camera),
    parts: partsOf(made),
  };
}

/** The belt moves while the shutter is open. @param length pixels */
function smear(light: readonly Field[], length: number, angle: number): Field[] {
  const steps = Math.ceil(length);
  const shifts = Array.from({ length: steps }, (_, k) => {
    const t = (k / Math.max(1, steps - 1) - 0.5) * length;
    return [Math.round(t * Math.cos(angle)), Math.round(t * Math.sin(angle))] as const;
  });
  const [w, h] = [large.width, large.height];
  return light.map((channel) =>
    large.field((x, y) => {
      let sum = 0;
      for (const [dx, dy] of shifts) {
        const px = Math.min(w - 1, Math.max(0, Math.floor(x) + dx));
        const py = Math.min(h - 1, Math.max(0, Math.floor(y) + dy));
        sum += channel[py * w + px]!;
      }
      return sum / steps;
    }),
  );
}

/** Returns the labelled parts with the boxes around their visible pixels. */
function partsOf({ placed, seen }: PartScene): DrawnPart[] {
  return placed.flatMap(({ name }, k) => {
    if (!isPart(name)) return [];
    let [x1, y1, x2, y2, points] = [large.width, large.height, 0, 0, 0];
    for (let i = 0; i < seen.length; i++) {
      if (seen[i] !== k + 1) continue;
      const [x, y] = [i % large.width, Math.floor(i / large.width)];
      [x1, y1, x2, y2] = [Math.min(x1, x), Math.min(y1, y), Math.max(x2, x + 1), Math.max(y2, y + 1)];
      points++;
    }
    return [{ name, box: [x1 / 2, y1 / 2, (x2 - x1) / 2, (y2 - y1) / 2] as const, area: points / 4 }];
  });
}

const isPart = (name: string): name is PartName => (partNames as readonly string[]).includes(name);
