// Pictures with texture and shapes, as photographs have, and copies of them.
import sharp, { type Sharp } from "sharp";
import { draws } from "../../src/core/random.js";

/** Texture of 160 × 120 pixels: random grey levels for every 4 × 4 pixels, and smooth between them. */
function cloth(seed: number): Promise<Buffer> {
  const draw = draws(seed, "cloth");
  const data = Uint8Array.from({ length: 40 * 30 }, () => 60 + draw.integer(120));
  return sharp(data, { raw: { width: 40, height: 30, channels: 1 } })
    .resize(160, 120)
    .png()
    .toBuffer();
}

/** A picture of 160 × 120 pixels with texture and with shapes of several sizes and colours, as photographs have. */
export async function scene(seed: number, ground = seed, shapes = 60): Promise<Sharp> {
  const draw = draws(seed, "scene");
  const within = (least: number, most: number) => Math.round(least + (most - least) * draw.uniform());
  const drawn = Array.from({ length: shapes }, (_, i) => {
    const size = within(3, i < 12 ? 45 : 16);
    const fill = `rgb(${within(30, 180)},${within(30, 180)},${within(30, 180)})`;
    const [x, y, turn] = [within(-10, 170), within(-10, 130), within(0, 90)];
    return draw.chance(0.5)
      ? `<circle cx="${x}" cy="${y}" r="${size / 2}" fill="${fill}"/>`
      : `<rect x="${x}" y="${y}" width="${size}" height="${within(3, 25)}" fill="${fill}" transform="rotate(${turn} ${x} ${y})"/>`;
  });
  const svg = `<svg width="160" height="120"><g opacity="0.7">${drawn.join("")}</g></svg>`;
  const painted = await sharp(await cloth(ground))
    .toColourspace("srgb")
    .composite([{ input: Buffer.from(svg) }])
    .removeAlpha()
    .png()
    .toBuffer();
  return sharp(painted);
}
const size = { width: 160, height: 120 };

/** Returns a square part of a scene. @param share of its width and height */
export const cropped = async (seed: number, left: number, top: number, share: number) =>
  (await scene(seed))
    .extract({ left, top, width: Math.round(160 * share), height: Math.round(120 * share) })
    .png();

/** Kinds of copies of a scene. */
export const changes: Readonly<Record<string, (seed: number) => Promise<Sharp>>> = {
  "1.35 times as bright": async (seed) => (await scene(seed)).linear(1.35, 0).png(),
  "0.75 times as bright": async (seed) => (await scene(seed)).linear(0.75, 0).png(),
  "of more contrast": async (seed) => (await scene(seed)).linear(1.3, -38).png(),
  "in grey": async (seed) => (await scene(seed)).grayscale().toColourspace("srgb").png(),
  "turned by a quarter": async (seed) => (await scene(seed)).rotate(90).png(),
  "mirrored upside down": async (seed) => (await scene(seed)).flip().png(),
  "turned by 8°": async (seed) => {
    const turned = await (await scene(seed)).rotate(8, { background: "#000" }).png().toBuffer();
    const { width, height } = await sharp(turned).metadata();
    return sharp(turned)
      .extract({ left: Math.floor((width - 160) / 2), top: Math.floor((height - 120) / 2), ...size })
      .png();
  },
  "cropped to 90 %": (seed) => cropped(seed, 8, 6, 0.9),
  "cropped to 75 %": (seed) => cropped(seed, 20, 15, 0.75),
  "cropped to a corner of 75 %": (seed) => cropped(seed, 0, 30, 0.75),
  "in a white frame": async (seed) =>
    (await scene(seed)).extend({ top: 10, bottom: 10, left: 12, right: 12, background: "#fff" }).png(),
};
