/** Film of a fake camera in YUV4MPEG2, 4:2:0, at ten frames a second: Chromium plays it again and again. */
const [width, height] = [64, 48];

/** Luma and chroma (BT.601) of the scenes. */
const scenes = { red: [81, 90, 240], blue: [41, 240, 110] } as const;

/**
 * Returns a film of two scenes, red and blue. Blocks of another brightness in each frame make no two frames equal.
 * @param frames of each scene
 */
export function redAndBlue(frames: number): Buffer {
  const frame = ([y, u, v]: readonly [number, number, number], n: number): Buffer => {
    const bright = Buffer.from(
      Uint8Array.from({ length: width * height }, (_, i) => {
        const block = 8 * Math.floor(i / width / 8) + Math.floor((i % width) / 8);
        return y + (((n + 1) * (block + 7) * 7919) % 101 > 50 ? 30 : -30);
      }),
    );
    const [blueness, redness] = [u, v].map((value) => Buffer.alloc((width * height) / 4, value));
    return Buffer.concat([Buffer.from("FRAME\n"), bright, blueness!, redness!]);
  };
  const all = Object.values(scenes).flatMap((scene, k) =>
    Array.from({ length: frames }, (_, n) => frame(scene, frames * k + n)),
  );
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), ...all]);
}
