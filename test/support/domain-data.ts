// Two domains that train in seconds: bars, light on dark and dark on light; and reviews of two kinds of things.
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { draws } from "../../src/core/random.js";

/** Writes pictures of 16 × 16 pixels with one bar each at a random place, with noise. */
export async function bars(
  folder: string,
  classes: readonly string[],
  count: number,
  inverted: boolean,
): Promise<string> {
  const { default: sharp } = await import("sharp");
  for (const [c, label] of classes.entries()) {
    mkdirSync(join(folder, label), { recursive: true });
    for (let i = 0; i < count; i++) {
      const draw = draws(5, basename(folder), c, i);
      const place = 4 + draw.integer(8);
      const data = new Uint8Array(16 * 16);
      for (let y = 0; y < 16; y++)
        for (let x = 0; x < 16; x++) {
          const on = Math.abs((c % 2 === 0 ? x : y) - place) < 2;
          // So much noise that two bars at one place are no near copies.
          const value = (on ? 180 : 30) + 60 * draw.uniform();
          data[y * 16 + x] = inverted ? 255 - value : value;
        }
      await sharp(data, { raw: { width: 16, height: 16, channels: 1 } })
        .png()
        .toFile(join(folder, label, `${i}.png`));
    }
  }
  return folder;
}

const words = {
  good: ["great", "lovely", "superb", "fine", "happy"],
  bad: ["awful", "broken", "poor", "sad", "useless"],
} as const;

/** Writes short reviews, with some words that occur only in their domain. */
export function reviews(path: string, own: readonly string[], labelled = true): string {
  const lines = (["good", "bad"] as const).flatMap((label) =>
    Array.from({ length: 80 }, (_, i) => {
      const draw = draws(2, basename(path), label, i);
      const pick = (list: readonly string[]): string => list[draw.integer(list.length)]!;
      const text = [pick(own), pick(words[label]), pick(own), pick(words[label]), `n${i}`].join(" ");
      return labelled ? `"${text}",${label}` : `"${text}"`;
    }),
  );
  writeFileSync(path, `${[labelled ? "text,label" : "text", ...lines].join("\n")}\n`);
  return path;
}
