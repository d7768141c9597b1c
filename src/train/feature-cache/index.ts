export {
  type CachedRows,
  type FeatureCache,
  type FeatureCacheOptions,
  type FeatureCacheStats,
  type FeatureKey,
  openFeatureCache,
} from "./feature-cache.js";
