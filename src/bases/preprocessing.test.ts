import { expect, test } from "vitest";
import { baseNamed } from "./catalog.js";
import {
  commonPreprocessing,
  preprocessingFromOptions,
  readPreprocessing,
  writePreprocessing,
} from "./preprocessing.js";

const imagenet = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };
const plain = { size: 224, ...imagenet };

test("size may be a number, a height and width, or a shortest edge; a centre crop is the input size", () => {
  expect(readPreprocessing(plain)).toMatchObject({ height: 224, width: 224 });
  expect(readPreprocessing({ ...plain, size: { height: 96, width: 128 } })).toMatchObject({
    height: 96,
    width: 128,
  });
  expect(readPreprocessing({ ...plain, size: { shortest_edge: 256 } })).toMatchObject({
    height: 256,
    width: 256,
  });
  const cropped = { ...plain, size: { shortest_edge: 256 }, crop_size: { height: 224, width: 224 } };
  expect(readPreprocessing(cropped)).toMatchObject({ height: 224, width: 224 });
  expect(readPreprocessing({ ...cropped, do_center_crop: false })).toMatchObject({ height: 256 });
});

test("without do_rescale the pixels stay 0..255, without do_normalize nothing is subtracted", () => {
  expect(readPreprocessing(plain).rescale).toBe(1 / 255);
  expect(readPreprocessing({ ...plain, do_rescale: false }).rescale).toBe(1);
  expect(readPreprocessing({ ...plain, do_normalize: false })).toMatchObject({
    mean: [0, 0, 0],
    std: [1, 1, 1],
  });
  expect(readPreprocessing({ size: 32 })).toMatchObject({ mean: [0, 0, 0], std: [1, 1, 1] });
});

test("for BGR the mean is reversed, since Hugging Face turns the channels round after normalising", () => {
  const p = readPreprocessing({ ...plain, do_flip_channel_order: true });
  expect(p.channels).toBe("bgr");
  expect(p.mean).toEqual([0.406, 0.456, 0.485]);
  expect(writePreprocessing(p)).toMatchObject({ ...imagenet, do_flip_channel_order: true });
});

test("what is written is what the format prescribes, and reads back as it was", () => {
  const p = {
    height: 64,
    width: 96,
    rescale: 1 / 255,
    mean: [0.1, 0.2, 0.3],
    std: [1, 2, 3],
    channels: "rgb",
  } as const;
  expect(writePreprocessing(p)).toEqual({
    image_processor_type: "ViTImageProcessor",
    do_resize: true,
    size: { height: 64, width: 96 },
    resample: 1,
    do_rescale: true,
    rescale_factor: 0.00392156862745098,
    do_normalize: true,
    image_mean: [0.1, 0.2, 0.3],
    image_std: [1, 2, 3],
  });
  for (const channels of ["rgb", "bgr"] as const)
    expect(readPreprocessing(JSON.parse(JSON.stringify(writePreprocessing({ ...p, channels }))))).toEqual({
      ...p,
      channels,
    });
});

test.each([
  [{ ...plain, size: undefined }, '"size" is missing, not a whole number of pixels from 1 to 4096'],
  [{ ...plain, size: 1e9 }, '"size" is 1000000000, not a whole number'],
  [{ ...plain, size: { height: 10 } }, '"size.width" is missing'],
  [{ ...plain, size: {} }, '"size" is {}, not {"height", "width"}'],
  [{ ...plain, image_std: [1, 0, 1] }, '"image_std" is [1,0,1], not 3 numbers above 0'],
  [{ ...plain, image_mean: [0.5] }, '"image_mean" is [0.5], not 3 finite numbers'],
  [{ ...plain, do_normalize: true, image_mean: undefined }, '"image_mean" is missing'],
  [{ ...plain, rescale_factor: "x" }, '"rescale_factor" is "x", not a number above 0'],
  [{ ...plain, do_rescale: 1 }, '"do_rescale" is 1, not true or false'],
  [[1], '"(whole file)" is [1], not an object'],
])("a wrong value is a ModelError that names the field: %j", (json, message) => {
  expect(() => readPreprocessing(json)).toThrow(`preprocessor_config.json: ${message}`);
});

test("options override the file; without a file mean, std and a size are all needed", () => {
  const known = readPreprocessing(plain);
  expect(preprocessingFromOptions({}, known)).toEqual(known);
  expect(preprocessingFromOptions({ imageSize: 96, channels: "bgr" }, known)).toMatchObject({
    height: 96,
    channels: "bgr",
    mean: known.mean,
  });
  expect(preprocessingFromOptions({ mean: [0, 0, 0], imageSize: 32 })).toBeUndefined();
  expect(preprocessingFromOptions({ mean: [0, 0, 0], std: [1, 1, 1] })).toBeUndefined();
  expect(preprocessingFromOptions({ mean: [0.5], std: [0.5] }, undefined, [48, 64])).toEqual({
    height: 48,
    width: 64,
    rescale: 1 / 255,
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
    channels: "rgb",
  });
});

test.each([
  [{ std: [1, 0, 1] }, "--std 1,0,1: must be 3 numbers above 0"],
  [{ mean: [1, 2] }, "--mean 1,2: must be 3 numbers, like"],
  [{ rescale: -1 }, "--rescale -1: must be a number above 0"],
  [{ imageSize: 1.5 }, "--image-size 1.5x1.5: must be a whole number of pixels"],
])("an option out of range says what is allowed: %j", (options, message) => {
  expect(() => preprocessingFromOptions(options)).toThrow(message);
});

/** Returns the options of a proposal, as the command line reads them. */
function optionsOf(flags: string) {
  const value = (name: string): string | undefined =>
    new RegExp(`--${name} (\\S+)`).exec(flags)?.[1] ?? undefined;
  const numbers = (name: string): number[] => value(name)!.split(",").map(Number);
  const [rescale, channels] = [value("rescale"), value("channels")];
  return {
    ...{ mean: numbers("mean"), std: numbers("std"), imageSize: 416 },
    ...(rescale !== undefined && { rescale: Number(rescale) }),
    ...(channels !== undefined && { channels: channels as "rgb" | "bgr" }),
  };
}

test("every proposal of the refusal is a whole preprocessing", () => {
  for (const flags of Object.values(commonPreprocessing))
    expect(preprocessingFromOptions(optionsOf(flags)), flags).toBeDefined();
});

test.each(["yolox-nano", "yolox-tiny", "yolox-s"])(
  "%s of the catalogue takes pixels as YOLOX does",
  (name) => {
    const { preprocessing } = baseNamed(name);
    const { height, width, ...pixels } = preprocessing!;
    const options = optionsOf(commonPreprocessing["YOLOX, 0..255"]);
    expect(preprocessingFromOptions(options)).toMatchObject(pixels);
    expect(baseNamed(name).input).toBe(`${height} x ${width}`);
  },
);

test("YOLOX takes pixels as they are: 0 to 255, blue first, without mean and deviation", () => {
  // demo/ONNXRuntime of YOLOX: cv2.imread, resized, float32, transposed; no division.
  expect(preprocessingFromOptions(optionsOf(commonPreprocessing["YOLOX, 0..255"]))).toEqual({
    ...{ height: 416, width: 416, rescale: 1, channels: "bgr" },
    ...{ mean: [0, 0, 0], std: [1, 1, 1] },
  });
});
