/** Base models: where they come from, and their folder. */

export { type BaseLanguages, type BaseRow, baseUses, useOf } from "./base-row.js";
export { type BaseInfo, baseNamed, catalog, listBases, showBase } from "./catalog.js";
export type { FeatureCut } from "./feature-cuts.js";
export { type CacheInfo, type CachePart, cacheInfo, clearCache } from "./hub/cache-folder.js";
export { fetchFromHub, type HubOptions, type HubSnapshot } from "./hub/hub.js";
export { type HubRef, parseHubRef } from "./hub/hub-ref.js";
export { type FineTune, type Inspection, inspectModel, type OperatorCount } from "./inspect.js";
export {
  type EngraftManifest,
  findModelFolder,
  type ModelFolder,
  type ModelFolderContent,
  readModelFolder,
  writeModelFolder,
} from "./model-folder/model-folder.js";
export { locateBase, requireBase } from "./open/locate.js";
export type { LocatedBase } from "./open/located.js";
export {
  type Base,
  type OpenBaseOptions,
  type OpenedFile,
  openBase,
  openModelFile,
  type PulledBase,
  pullBase,
} from "./open/open-base.js";
export {
  commonPreprocessing,
  type PreprocessingOptions,
  preprocessingFromOptions,
  readPreprocessing,
  writePreprocessing,
} from "./preprocessing.js";
