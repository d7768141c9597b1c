export { loadReportAssets, type Resolve } from "./assets.js";
export { renderComparison } from "./comparison.js";
export type { ReportAssets } from "./curves.js";
export { renderModelCard } from "./model-card.js";
export { renderReport } from "./report.js";
export type { ReportData } from "./report-data.js";
export { makeThumbnails } from "./thumbnails-node.js";
