/** Path of an image, or the bytes of its file. */
export type ImageInput = string | Uint8Array;

/** Predicts for one image, or for each of several. */
export interface PredictImages<Result, Options = Record<never, never>> {
  (input: ImageInput, options?: Options): Promise<Result>;
  (inputs: readonly ImageInput[], options?: Options): Promise<Result[]>;
}

/** Returns the function that predicts for one image or for several. @param one predicts for one */
export function eachImage<Result, Options = Record<never, never>>(
  one: (input: ImageInput, options?: Options) => Promise<Result>,
): PredictImages<Result, Options> {
  async function predict(input: ImageInput, options?: Options): Promise<Result>;
  async function predict(inputs: readonly ImageInput[], options?: Options): Promise<Result[]>;
  async function predict(
    input: ImageInput | readonly ImageInput[],
    options?: Options,
  ): Promise<Result | Result[]> {
    if (!isList(input)) return one(input, options);
    const results: Result[] = [];
    for (const each of input) results.push(await one(each, options));
    return results;
  }
  return predict;
}

const isList = (input: ImageInput | readonly ImageInput[]): input is readonly ImageInput[] =>
  Array.isArray(input);
