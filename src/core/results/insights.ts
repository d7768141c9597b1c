import type { Message } from "../../core/messages/message.js";

/** Methods that explain a prediction. */
export const explainMethods = ["shap", "lime", "ig", "occlusion", "grad-cam"] as const;
export type ExplainMethod = (typeof explainMethods)[number];

/** What was seen inside a trained model: kept beside its run as `insights.json`. */
export interface Insights {
  readonly format: 1;
  /** Why the model answered what it answered, for the worst and the best answers of the test part. */
  readonly pictures?: readonly ExplainedPicture[];
  readonly texts?: readonly ExplainedText[];
  /** The test items as the trained model sees them, in two dimensions. */
  readonly map?: FeatureMap;
  readonly layers?: LayersMoved;
  /** What could not be looked at, and why. */
  readonly left_out: readonly {
    readonly what: "grad-cam" | "occlusion" | "map" | "layers";
    readonly why: string;
    /** The same for reports in other languages. Missing for the text of an error. */
    readonly message?: Message;
  }[];
  readonly seconds: number;
}

/** Numbers on a picture: row by row from its top left corner. */
export interface HeatMap {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
  /** Half widths of the values' 95 % confidence intervals, where the values are estimates. */
  readonly half_widths?: readonly number[];
}

interface Explained {
  readonly item: string;
  /** A wrong answer of high loss, the surest right answers, or where none is wrong the least sure ones. */
  readonly which: "worst" | "least-sure" | "best";
  readonly true: string;
  readonly predicted: string;
  /** Probability of `predicted`, which is what is explained. */
  readonly score: number;
}

export interface ExplainedPicture extends Explained {
  /** Not negative: Σ_c mean(∂ score / ∂ A_c) · A_c over the channels of the last feature map A, cut off at 0. */
  readonly grad_cam?: HeatMap;
  /** What log p of the answer loses where a patch is grey: above 0 speaks for the answer, below against it. */
  readonly occlusion?: HeatMap;
}

export interface ExplainedText extends Explained {
  readonly words: readonly WordWeight[];
}

/** A piece of a text; all of them together are the text. */
export interface WordWeight {
  readonly text: string;
  /** What log p of the answer loses without it; missing for what stands between words. */
  readonly weight?: number;
  /** Half width of the weight's 95 % confidence interval, where the weight is an estimate. */
  readonly half_width?: number;
}

/** What a column of a row adds to a prediction. */
export interface ColumnWeight {
  readonly name: string;
  /** As it stands in the row; "" if it is missing. */
  readonly value: string;
  readonly weight: number;
  /** Half width of the weight's 95 % confidence interval, where the weight is an estimate. */
  readonly half_width?: number;
}

/** Points of items, each list in the order of `items`. */
export interface FeatureMap {
  readonly items: readonly string[];
  /** Places in the run's classes. */
  readonly true: readonly number[];
  readonly predicted: readonly number[];
  readonly pca: {
    readonly points: readonly Point[] /** Shares of the variance. */;
    readonly explained: Point;
  };
  /** Missing for too few items. */
  readonly umap?: { readonly points: readonly Point[]; readonly neighbours: number };
  /** Items of the part; more than there are points. */
  readonly of: number;
  /** Numbers that a point was made from. */
  readonly width: number;
}

export type Point = readonly [number, number];

/** How training changed the body, from its input to its features. */
export interface LayersMoved {
  readonly blocks: readonly MovedBlock[];
  /** Items that CKA was computed from. */
  readonly items: number;
}

export interface MovedBlock {
  /** The value that the block ends in. */
  readonly name: string;
  /** Its weights, BatchNormalization's averages not among them. */
  readonly parameters: number;
  /** ‖w - w₀‖ / ‖w₀‖ over all of them; 0: it stayed. */
  readonly moved: number;
  /** Linear CKA of what comes out of it before and after training: 1, the same up to rotation and scale. */
  readonly cka: number | null;
}
