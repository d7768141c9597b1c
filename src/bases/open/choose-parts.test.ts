import { expect, test } from "vitest";
import { chooseParts } from "./choose-parts.js";

/** Files of Xenova/opus-mt-en-de. */
const opus = ["decoder_model", "decoder_model_merged", "decoder_with_past_model", "encoder_model"].flatMap(
  (name) => ["", "_fp16", "_quantized", "_q4"].map((variant) => `onnx/${name}${variant}.onnx`),
);
const of = (file: RegExp, ...more: readonly string[]) => [...opus.filter((path) => file.test(path)), ...more];

test.each([
  ["all files", opus, undefined, "onnx/encoder_model.onnx", "onnx/decoder_model_merged.onnx"],
  [
    "16 bits only",
    of(/_fp16/),
    undefined,
    "onnx/encoder_model_fp16.onnx",
    "onnx/decoder_model_merged_fp16.onnx",
  ],
  ["no merged file", of(/^((?!merged).)*$/), undefined, "onnx/encoder_model.onnx", "onnx/decoder_model.onnx"],
  [
    "a named file",
    opus,
    "onnx/encoder_model_fp16.onnx",
    "onnx/encoder_model_fp16.onnx",
    "onnx/decoder_model_merged_fp16.onnx",
  ],
  [
    "files at the top",
    ["encoder_model.onnx", "decoder_model.onnx"],
    undefined,
    "encoder_model.onnx",
    "decoder_model.onnx",
  ],
  ["an encoder alone", ["onnx/encoder_model.onnx"], undefined, "onnx/encoder_model.onnx", undefined],
  [
    "a decoder alone",
    of(/decoder_model.*d\.onnx|decoder_model\.onnx/),
    undefined,
    "onnx/decoder_model_merged.onnx",
    "onnx/decoder_model_merged.onnx",
  ],
  [
    "a decoder with parts beside it",
    of(/decoder/, "onnx/model.onnx"),
    undefined,
    "onnx/model.onnx",
    undefined,
  ],
  ["another file that is named", [...opus, "a.onnx"], "a.onnx", "a.onnx", undefined],
])("%s", (_, paths, file, onnx, decoder) => {
  const chosen = chooseParts(paths, file, "FOLDER");
  expect([chosen.onnx, chosen.decoder]).toEqual([onnx, decoder]);
});

test("weights of both files are among the files to fetch", () => {
  const weights = ["onnx/encoder_model.onnx_data", "onnx/decoder_model_merged.onnx_data"];
  expect(chooseParts([...opus, ...weights], undefined, "FOLDER").external).toEqual(weights);
});

test.each([
  [of(/_q/), undefined],
  [opus, "onnx/encoder_model_q4.onnx"],
])("files of integers are refused with the files to take", (paths, file) => {
  expect(() => chooseParts(paths, file, "FOLDER")).toThrow(
    expect.objectContaining({
      kind: "ModelError",
      help: expect.stringMatching(/onnx\/encoder_model\.onnx and onnx\/decoder_model_merged\.onnx/),
    }),
  );
});
