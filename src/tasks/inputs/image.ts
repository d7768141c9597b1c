import { viewOf } from "../../data/augment/views.js";
import { decodePixels, type Sample } from "../../data/index.js";
import { type ImageFolder, openImageFolder } from "../../inference/image-folder.js";
import type { ImageInput } from "../../inference/image-input.js";
import type { Platform } from "../../platform/platform.js";
import { averageViews, type ViewAverage } from "../../run/training/average-views.js";
import { firstOutput } from "../../runtime/first-output.js";
import type { Session } from "../../runtime/runtime.js";
import type { Input } from "./input.js";

export const imageInput: Input<ImageInput> = {
  modality: "image",
  async holds(platform, path, how) {
    const { pictureList } = await import("../../data/images/listed-samples.js");
    return (await pictureList(platform, path, how)) !== undefined;
  },
  async open(platform, path, source, how) {
    const { openPictures } = await import("../../data/images/listed-samples.js");
    return openPictures(platform, path, source, how);
  },
  given: ({ path }) => path,
  async folder(platform, dir, average) {
    const folder = await openImageFolder(platform, dir);
    return {
      ...folder,
      about: {},
      scores: (session, pictures, options = {}) =>
        pictures.some((one) => one instanceof Uint8Array)
          ? scoreEach(platform, folder, session, pictures, average, options.views)
          : folder.scores(session, pictures.map(pictureAt), { ...options, viewAverage: average }),
    };
  },
  checked: (given, _facts, { files }) =>
    given.map((one) => (typeof one === "string" ? files.resolve(one) : one)),
};

/** Returns the logits of encoded pictures, float32[N, C]. */
async function scoreEach(
  platform: Platform,
  { preprocessing, classes }: ImageFolder,
  session: Session,
  pictures: readonly ImageInput[],
  average: ViewAverage,
  views = 1,
): Promise<Float32Array> {
  const logits = new Float32Array(pictures.length * classes.length);
  for (const [i, one] of pictures.entries()) {
    const pixels = await decodePixels(one, preprocessing, platform);
    const mean = await averageViews(views, average, classes.length, (view) => {
      const { data, height, width } = viewOf(pixels, view);
      return firstOutput(session, { dtype: "uint8", dims: [1, height, width, 3], data });
    });
    logits.set(mean, i * classes.length);
  }
  return logits;
}

/** Returns a picture as a sample without a target. */
function pictureAt(input: ImageInput): Sample {
  const path = String(input);
  return { id: path, path, sha256: path, part: "test" };
}
