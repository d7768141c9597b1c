import type { Message } from "../../core/messages/message.js";

/** Methods that explain a prediction. */
export const explainMethods = ["shap", "lime", "ig", "occlusion", "grad-cam"] as const;
export type ExplainMethod = (typeof explainMethods)[number];

/** Explanations of a trained model, stored with its run as `insights.json`. */
export interface Insights {
  readonly format: 1;
  /** Explanations of the worst and the best predictions of the test split. */
  readonly pictures?: readonly ExplainedPicture[];
  readonly texts?: readonly ExplainedText[];
  /** The test items in the trained model's features, in two dimensions. */
  readonly map?: FeatureMap;
  readonly layers?: LayersMoved;
  /** Parts that are missing, and why. */
  readonly left_out: readonly {
    readonly what: "grad-cam" | "occlusion" | "map" | "layers";
    readonly why: string;
    /** The same for reports in other languages. Missing for the text of an error. */
    readonly message?: Message;
  }[];
  readonly seconds: number;
}

/** Numbers on an image: row by row from its top left corner. */
export interface HeatMap {
  /** The section of the picture that the model saw: left, top, width and height, in shares of the picture. Missing: all of it. */
  readonly inside?: readonly [number, number, number, number];
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
  /** Half widths of the values' 95 % confidence intervals, if the values are estimates. */
  readonly half_widths?: readonly number[];
}

interface Explained {
  readonly item: string;
  /** A wrong prediction of high loss, the surest right ones, or if none is wrong the least sure ones. */
  readonly which: "worst" | "least-sure" | "best";
  readonly true: string;
  readonly predicted: string;
  /** Probability of `predicted`, which is explained. */
  readonly score: number;
}

export interface ExplainedPicture extends Explained {
  /** Not negative: Σ_c mean(∂ score / ∂ A_c) · A_c over the channels of the last feature map A, cut off at 0. */
  readonly grad_cam?: HeatMap;
  /** Loss of log p of the prediction if a patch is grey: above 0 supports the prediction, below 0 contradicts it. */
  readonly occlusion?: HeatMap;
}

export interface ExplainedText extends Explained {
  readonly words: readonly WordWeight[];
}

/** A piece of a text; all pieces together are the text. */
export interface WordWeight {
  readonly text: string;
  /** Loss of log p of the prediction without it; missing for text between words. */
  readonly weight?: number;
  /** Half width of the weight's 95 % confidence interval, if the weight is an estimate. */
  readonly half_width?: number;
}

/** Contribution of a column of a row to a prediction. */
export interface ColumnWeight {
  readonly name: string;
  /** Value in the row; "" if it is missing. */
  readonly value: string;
  readonly weight: number;
  /** Half width of the weight's 95 % confidence interval, if the weight is an estimate. */
  readonly half_width?: number;
}

/** Points of items, each list in the order of `items`. */
export interface FeatureMap {
  readonly items: readonly string[];
  /** Indices of the run's classes. */
  readonly true: readonly number[];
  readonly predicted: readonly number[];
  readonly pca: {
    readonly points: readonly Point[] /** Shares of the variance. */;
    readonly explained: Point;
  };
  /** Missing for too few items. */
  readonly umap?: { readonly points: readonly Point[]; readonly neighbours: number };
  /** Items of the split; more than there are points. */
  readonly of: number;
  /** Number of features of a point. */
  readonly width: number;
}

export type Point = readonly [number, number];

/** Changes of the body by training, from its input to its features. */
export interface LayersMoved {
  readonly blocks: readonly MovedBlock[];
  /** Number of items for CKA. */
  readonly items: number;
}

export interface MovedBlock {
  /** The last value of the block. */
  readonly name: string;
  /** Its number of weights, without BatchNormalization's averages. */
  readonly parameters: number;
  /** ‖w - w₀‖ / ‖w₀‖ over all of them; 0: unchanged. */
  readonly moved: number;
  /** Linear CKA of its output before and after training: 1 means equal up to rotation and scale. */
  readonly cka: number | null;
}
