/** Base models: where they come from, and their folder. */

export { type BaseRow, baseUses, useOf } from "./base-row.js";
export { type BaseInfo, catalog, listBases, showBase } from "./catalog.js";
export { type CacheInfo, cacheInfo, clearCache } from "./hub/cache-folder.js";
export { parseHubRef } from "./hub/hub-ref.js";
export { type Inspection, inspectModel } from "./inspect.js";
export { type EngraftManifest, readModelFolder, writeModelFolder } from "./model-folder/model-folder.js";
export { type PulledBase, pullBase } from "./open/open-base.js";
