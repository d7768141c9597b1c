import { gbc } from "./gbc.js";
import { hScore, regularisedHScore } from "./h-score.js";
import { leep, nce, type SourceAnswers } from "./leep.js";
import { logme } from "./logme.js";
import { nLeep } from "./n-leep.js";
import { nearestNeighbours } from "./nearest.js";
import { parc } from "./parc.js";
import { probeAccuracy } from "./probe-accuracy.js";
import type { LabelledSample } from "./sample.js";
import { transRate } from "./trans-rate.js";

interface About {
  /** Title in a table. */
  readonly title: string;
  readonly paper: string;
  /** Higher is better for all of them. */
  readonly higherIsBetter: true;
}

/** Input of a score: features and labels, or the predictions of the base's own head. */
export type ScoreRow = About &
  (
    | { readonly needs: "features"; readonly of: (sample: LabelledSample) => number }
    | { readonly needs: "source-head"; readonly of: (answers: SourceAnswers) => number }
  );

const higherIsBetter = true;
const features = { needs: "features", higherIsBetter } as const;
const head = { needs: "source-head", higherIsBetter } as const;

/** All scores of a base on a labelled set, in the order of a table. */
export const scores = {
  logme: {
    ...features,
    title: "LogME",
    of: (s: LabelledSample) => logme(s),
    paper: "You et al. 2021, arXiv:2102.11005",
  },
  "h-score-regularised": {
    ...features,
    title: "H-score reg.",
    of: regularisedHScore,
    paper: "Ibrahim et al. 2022, arXiv:2110.06893",
  },
  probe: {
    ...features,
    title: "probe CV",
    of: (s: LabelledSample) => probeAccuracy(s),
    paper: "five-fold cross-validation",
  },
  leep: { ...head, title: "LEEP", of: leep, paper: "Nguyen et al. 2020, arXiv:2002.12462" },
  "n-leep": {
    ...features,
    title: "N-LEEP",
    of: (s: LabelledSample) => nLeep(s),
    paper: "Li et al. 2021, arXiv:2011.11200",
  },
  nce: { ...head, title: "NCE", of: nce, paper: "Tran et al. 2019, arXiv:1908.08142" },
  "h-score": { ...features, title: "H-score", of: hScore, paper: "Bao et al. 2019, ICIP" },
  "trans-rate": {
    ...features,
    title: "TransRate",
    of: (s: LabelledSample) => transRate(s),
    paper: "Huang et al. 2022, arXiv:2106.09362",
  },
  gbc: {
    ...features,
    title: "GBC",
    of: (s: LabelledSample) => gbc(s),
    paper: "Pandy et al. 2022, arXiv:2111.12780",
  },
  parc: {
    ...features,
    title: "PARC",
    of: (s: LabelledSample) => parc(s),
    paper: "Bolya et al. 2021, arXiv:2111.06977",
  },
  knn: {
    ...features,
    title: "1-NN",
    of: (s: LabelledSample) => nearestNeighbours(s),
    paper: "leave-one-out",
  },
} as const satisfies Record<string, ScoreRow>;

/** Name of a score. */
export type ScoreName = keyof typeof scores;

/**
 * Scores that {@link meanRanks} uses in `rank`: the two that predict held-out items, a linear probe and the nearest
 * neighbour; ties go by the probe. LogME and the H-score lost more when rankings were checked by training
 * (docs/results.md, "Ranking checked").
 */
export const ensemble = ["probe", "knn"] as const satisfies readonly ScoreName[];

/**
 * Returns each candidate's mean rank over scores, 1 for the best; ties share their ranks.
 *
 * Ranks instead of values, because the scores have different units. A candidate without a score is ranked after those
 * that have it.
 * @param values by candidate, then by score; undefined if not applicable
 */
export function meanRanks(values: readonly (readonly (number | undefined)[])[]): number[] {
  const columns = values[0]?.length ?? 0;
  const worth = (v: number | undefined): number =>
    v === undefined || Number.isNaN(v) ? Number.NEGATIVE_INFINITY : v;
  return values.map((own) => {
    let sum = 0;
    for (let s = 0; s < columns; s++) {
      const others = values.map((row) => worth(row[s]));
      const better = others.filter((v) => v > worth(own[s])).length;
      const equal = others.filter((v) => v === worth(own[s])).length;
      sum += better + (equal + 1) / 2;
    }
    return columns === 0 ? 1 : sum / columns;
  });
}
