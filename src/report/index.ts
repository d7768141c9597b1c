export { loadReportAssets } from "./assets.js";

export type { ReportAssets, ReportData } from "./report-data.js";
export { studyPage } from "./studies/study-sheets.js";
export { makeThumbnails } from "./thumbnails-node.js";
