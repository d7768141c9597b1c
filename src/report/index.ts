export { loadReportAssets, type Resolve } from "./assets.js";
export { renderModelCard } from "./cards/model-card.js";
export type { ReportAssets } from "./charts/curves.js";
export { renderComparison } from "./pages/comparison.js";
export { renderReport } from "./report.js";
export type { ReportData } from "./report-data.js";
export { makeThumbnails } from "./thumbnails-node.js";
