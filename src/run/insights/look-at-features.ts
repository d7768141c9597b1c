// One door to what is asked of features before anything is trained: a page loads it in one file.
export { featureFindings } from "./feature-findings.js";
export { coloursBy, knownPairs, tellFeatureLeaks } from "./feature-leaks.js";
