export { type CachedRows, type FeatureKey, openFeatureCache } from "./feature-cache.js";
