import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A WAV file of 16 bits. @param channels values −1 … 1, all of one length */
export function wavOf(channels: readonly ArrayLike<number>[], rate = 16_000): Uint8Array {
  const frames = channels[0]!.length;
  const width = 2 * channels.length;
  const bytes = new Uint8Array(44 + frames * width);
  const view = new DataView(bytes.buffer);
  const name = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  name(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  name(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * width, true);
  view.setUint16(32, width, true);
  view.setUint16(34, 16, true);
  name(36, "data");
  view.setUint32(40, frames * width, true);
  for (let i = 0; i < frames; i++)
    for (const [c, channel] of channels.entries())
      view.setInt16(
        44 + i * width + 2 * c,
        Math.max(-32_768, Math.min(32_767, Math.round(channel[i]! * 32_768))),
        true,
      );
  return bytes;
}

/** A tone, mono. @param seconds length, default a quarter of a second */
export const tone = (hertz: number, rate = 16_000, seconds = 0.25): Float32Array =>
  Float32Array.from(
    { length: Math.round(rate * seconds) },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / rate),
  );

/** A folder with the given files, removed at the end of the test. @returns its path */
export function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const root = mkdtempSync(join(tmpdir(), "engraft-sounds-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}
