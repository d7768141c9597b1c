export { loadReportAssets, type Resolve } from "./assets.js";

export { renderComparison } from "./pages/comparison.js";
export type { ReportAssets, ReportData } from "./report-data.js";
export { makeThumbnails } from "./thumbnails-node.js";
