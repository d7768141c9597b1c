/** Where models come from, and the folder they are kept in. */
export {
  type EngraftManifest,
  findModelFolder,
  type ModelFolder,
  type ModelFolderContent,
  readModelFolder,
  writeModelFolder,
} from "./model-folder.js";
export {
  commonPreprocessing,
  type PreprocessingOptions,
  preprocessingFromOptions,
  readPreprocessing,
  writePreprocessing,
} from "./preprocessing.js";
