// One entry for the checks of features before training: a page loads it in one file.
export { featureFindings } from "./feature-findings.js";
export { coloursBy, knownPairs, tellFeatureLeaks } from "./feature-leaks.js";
