import type { OverlayContent } from "../../report/overlay/overlay-svg.js";
import type { PredictionLine } from "../targets/target.js";

/** Printed prediction for a picture. */
export interface PictureLine extends PredictionLine {
  /** Returns what `--draw` draws on the picture. */
  overlay(): OverlayContent;
}
