/** Where models come from, and the folder they are kept in. */
export { type CacheInfo, type CachePart, cacheInfo, clearCache } from "./cache-folder.js";
export { type BaseInfo, type BaseRow, baseNamed, catalog, listBases, showBase } from "./catalog.js";
export type { FeatureCut } from "./feature-cuts.js";
export { fetchFromHub, type HubOptions, type HubSnapshot } from "./hub.js";
export { type HubRef, parseHubRef } from "./hub-ref.js";
export { type FineTune, type Inspection, inspectModel, type OperatorCount } from "./inspect.js";
export { locateBase, requireBase } from "./locate.js";
export type { LocatedBase } from "./located.js";
export {
  type EngraftManifest,
  findModelFolder,
  type ModelFolder,
  type ModelFolderContent,
  readModelFolder,
  writeModelFolder,
} from "./model-folder.js";
export {
  type Base,
  type OpenBaseOptions,
  type OpenedFile,
  openBase,
  openModelFile,
  type PulledBase,
  pullBase,
} from "./open-base.js";
export {
  commonPreprocessing,
  type PreprocessingOptions,
  preprocessingFromOptions,
  readPreprocessing,
  writePreprocessing,
} from "./preprocessing.js";
