import { basename, extname, resolve } from "node:path";
import { EngraftError } from "../../../core/errors.js";
import { nodePlatform } from "../../../platform/node.js";
import { type OverlayContent, overlaySvg } from "../../../report/overlay/overlay-svg.js";

/** Draws on a picture. @returns path of the drawn picture */
export type Draw = (picture: string, content: OverlayContent) => Promise<string>;

const jpeg = /^\.jpe?g$/i;

/** Smaller pictures are enlarged, at most twice, so that the names can be read. */
const readable = 640;

/**
 * Returns a function that writes pictures with drawings into a folder. Their size is the original one, or larger for small pictures. A
 * JPEG stays one, other pictures become PNG. Pictures of one name in several folders get a number.
 * @throws OptionError for a picture that would be replaced by its drawing
 */
export async function openDrawings(folder: string): Promise<Draw> {
  const { files, pictures } = nodePlatform;
  await files.ensureDir(files.resolve(folder));
  const written = new Set<string>();
  return async (picture, content) => {
    const extension = extname(picture);
    const format = jpeg.test(extension) ? "jpeg" : "png";
    const name = basename(picture, extension);
    const ending = format === "jpeg" ? extension : ".png";
    let path = files.join(folder, name + ending);
    for (let n = 2; written.has(path); n++) path = files.join(folder, `${name}-${n}${ending}`);
    if (resolve(path) === resolve(picture))
      throw new EngraftError("OptionError", `--draw ${folder} would replace the picture ${picture}`, {
        help: "give another folder",
      });
    written.add(path);
    const bytes = await files.read(files.resolve(picture));
    const size = await pictures.header(bytes);
    const overlay = overlaySvg(size, content, Math.max(readable, size.width, size.height));
    await files.writeAtomic(files.resolve(path), await pictures.overlay!(bytes, overlay, format));
    return path;
  };
}
