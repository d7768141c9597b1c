import { expect, test } from "vitest";
import { EngraftError } from "../../../core/errors.js";
import { refuseOptions } from "./refuse-options.js";

type Given = Parameters<typeof refuseOptions>;

/** Returns the error of options, as message and help; undefined if they are taken. */
function refusal(task: Given[0]["task"], modality: Given[1], options: Given[2]): string | undefined {
  try {
    refuseOptions({ task }, modality, options);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof EngraftError)) throw thrown;
    expect(thrown.kind).toBe("OptionError");
    return `${thrown.message}; ${thrown.help}`;
  }
}

test("an option of predict is refused by the kind of predictions and by the inputs", () => {
  expect(refusal("object-detection", "image", { tta: 2 })).toBe(
    "--tta is for models of classes, labels and numbers of pictures, and this is of object-detection; leave --tta out",
  );
  expect(refusal("text-classification", "text", { tta: 2 })).toMatch(/^--tta is for models of pictures,/);
  expect(refusal("token-classification", "text", { textA: "a", textB: "b" })).toBe(
    "--text, --text-a and --text-b are for models of texts, and this is of token-classification; leave them out",
  );
  expect(refusal("tabular-regression", "table", { text: "title" })).toMatch(
    /^--text, --text-a and --text-b /,
  );
  expect(refusal("image-classification", "image", { draw: "out" })).toBe(
    "--draw is for models of boxes and masks, and this is of image-classification; leave --draw out",
  );
  expect(refusal("image-segmentation", "image", { draw: "out", threshold: 0.5 })).toMatch(
    /^--threshold .* boxes, and this is of image-segmentation; leave --threshold out$/,
  );
  expect(refusal("multi-task-image-classification", "image", { abstain: true })).toBe(
    "--sets and --abstain are for models that give each item one class, the model answers multi-task-image-classification; leave them out",
  );
});

test("an option of predict is taken by every kind of predictions that can use it", () => {
  for (const task of ["image-classification", "image-regression", "multi-label-classification"] as const)
    expect(refusal(task, "image", { tta: 2 })).toBeUndefined();
  for (const task of ["text-classification", "text-regression", "multi-task-text-classification"] as const)
    expect(refusal(task, "text", { text: "title", textA: "a", textB: "b" })).toBeUndefined();
  expect(refusal("tabular-classification", "table", { sets: "lac", abstain: true })).toBeUndefined();
  expect(refusal("object-detection", "image", { draw: "out", threshold: 0.5 })).toBeUndefined();
  expect(refusal("automatic-speech-recognition", "audio", { tta: 1 })).toBeUndefined();
});
