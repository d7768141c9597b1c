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
