/** Returns the first lines of a script: what it imports from Transformers.js, and the model folder. */
export const scriptBegin = (names: string): string =>
  [
    'import { resolve } from "node:path";',
    `import { ${names} } from "@huggingface/transformers";`,
    "",
    "// Absolute: under the same relative path Transformers.js takes two folders for one.",
    'const folder = resolve("model");',
  ].join("\n");

/**
 * Returns JavaScript that opens a model folder in Transformers.js and runs one prediction. The path is absolute: until the process
 * ends, Transformers.js remembers by the given path which files a folder has and what its config.json says. It would open a second
 * folder under the same relative path with the files of the first.
 *
 * @param task the pipeline's name in Transformers.js
 * @param name a name for the pipeline
 * @param call the line with the prediction
 */
export function pipelineSnippet(task: string, name: string, call: string): string {
  return `${scriptBegin("pipeline")}
const ${name} = await pipeline("${task}", folder, { local_files_only: true });
${call}`;
}

/**
 * Returns JavaScript that reads the logits of a sound: the pipeline for sounds always takes a softmax, which is wrong for several labels
 * and for numbers.
 *
 * @param call the line that uses `logits`
 */
export const soundLogitsSnippet = (
  call: string,
): string => `${scriptBegin("AutoModelForAudioClassification, AutoProcessor")}
const options = { local_files_only: true };
const [model, processor] = [await AutoModelForAudioClassification.from_pretrained(folder, options), await AutoProcessor.from_pretrained(folder, options)];
// A Float32Array, mono, at the sampling_rate of preprocessor_config.json. In Node decode the file first.
const { logits } = await model(await processor(samples));
${call}`;

/** What a card says of the input of a model of sounds. */
export const soundTensors = "`input_values` (float32, the samples of a clip, or its log-mel frames)";

/** Why the pipeline for sounds cannot be used. */
export const withoutPipeline =
  "The pipeline `audio-classification` of Transformers.js cannot serve this model: it always takes a softmax over the outputs. These lines\nread the `logits` instead:";

/** Inputs of a model of two text encoders. */
export const twoEncoderTensors =
  "`input_ids`, `attention_mask` int64[batch, length], `input_ids_2`, `attention_mask_2` int64[batch, length_2]";
