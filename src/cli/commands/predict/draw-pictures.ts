import { basename, extname } from "node:path";
import { EngraftError } from "../../../core/errors.js";
import { requireOwnOutput, writeOutput } from "../../../platform/disk/write-output.js";
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
 * @throws OptionError for a file that a drawing would replace, unless it is an earlier drawing
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
    // Many disks ignore case in names.
    const key = (one: string): string => one.toLowerCase();
    for (let n = 2; written.has(key(path)); n++) path = files.join(folder, `${name}-${n}${ending}`);
    if (await isSame(path, picture))
      throw new EngraftError("OptionError", `--draw ${folder} would replace the picture ${picture}`, {
        help: "give another folder",
      });
    await requireOwnOutput(files, path, "drawing", "--draw");
    written.add(key(path));
    const bytes = await files.read(files.resolve(picture));
    const size = await pictures.header(bytes);
    const overlay = overlaySvg(size, content, Math.max(readable, size.width, size.height));
    await writeOutput(files, path, await pictures.overlay!(bytes, overlay, format), "drawing", "--draw");
    return path;
  };
}

/** True if two paths are one file, or would be on a disk that ignores case: links are resolved. */
async function isSame(first: string, second: string): Promise<boolean> {
  const { files } = nodePlatform;
  const real = async (path: string): Promise<string> => {
    const at = files.resolve(path);
    return ((await files.stat(at)) ? await files.realPath(at) : at).toLowerCase();
  };
  return (await real(first)) === (await real(second));
}
