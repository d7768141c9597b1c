import type { Size } from "../../data/boxes/box.js";
import type { Platform } from "../../platform/platform.js";
import { type OverlayContent, overlaySvg } from "../../report/overlay/overlay-svg.js";

/** A picture and what is drawn on it. */
export interface Drawing {
  readonly item: string;
  /** Absolute path. */
  readonly path: string;
  /** Size of the picture. */
  readonly size: Size;
  readonly content: OverlayContent;
}

/** Longer side in a report, in pixels. */
const longest = 480;

/**
 * Draws on pictures for a report. Pictures that cannot be read, or that have another size now, are left out.
 * @returns `data:image/jpeg;base64,…` by item
 */
export async function drawPictures(
  { files, pictures }: Platform,
  drawings: readonly Drawing[],
): Promise<Record<string, string>> {
  const drawn: Record<string, string> = {};
  for (const { item, path, size, content } of drawings) {
    try {
      const bytes = await files.read(path);
      const { width, height } = await pictures.header(bytes);
      if (width !== size.width || height !== size.height) continue;
      const jpeg = await pictures.overlay?.(bytes, overlaySvg(size, content, longest), "jpeg");
      if (jpeg) drawn[item] = `data:image/jpeg;base64,${base64(jpeg)}`;
    } catch {
      // Moved or damaged since the run began.
    }
  }
  return drawn;
}

/** Bytes that are written at once: as arguments of one call. */
const piece = 2 ** 14;

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += piece) text += String.fromCharCode(...bytes.subarray(i, i + piece));
  return btoa(text);
}
