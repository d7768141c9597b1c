import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { onTestFinished } from "vitest";

/** Writes a folder of texts and images into a new folder, which disappears with the test. An image is given by its size, with an EXIF orientation if it has one. */
export async function boxTree(
  files: Readonly<
    Record<
      string,
      string | { readonly size: readonly [width: number, height: number]; readonly orientation?: number }
    >
  >,
): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), "engraft-boxes-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    if (typeof content === "string") {
      writeFileSync(path, content);
      continue;
    }
    const [width, height] = content.size;
    // Every image has its own colours: copies would be one group.
    const hash = [...name].reduce((h, c) => (h * 31 + c.charCodeAt(0)) >>> 0, 7);
    const data = Uint8Array.from(
      { length: width * height * 3 },
      (_, i) => (Math.imul(hash, 1 + (Math.floor(i / 96) % 7)) >>> (i % 24)) & 255,
    );
    const image = sharp(data, { raw: { width, height, channels: 3 } });
    await (content.orientation ? image.withMetadata({ orientation: content.orientation }) : image)
      .toFormat(/\.png$/i.test(name) ? "png" : "jpeg")
      .toFile(path);
  }
  return root;
}
