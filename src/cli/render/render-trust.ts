import type { ClassificationScores, Interval, TrustResult } from "../../core/events/events.js";
import { changeWords, whyNoThreshold } from "../../core/results/trust-words.js";
import { percent, percentRange } from "./percent.js";

const share = (x: number, digits = 0): string => `${(100 * x).toFixed(digits)} %`;
const fraction = (x: number | null): string => (x === null ? "–" : x.toFixed(3));
/** "from 82 to 98", of 100. */
const ofHundred = ([low, high]: Interval): string =>
  `from ${Math.round(100 * low)} to ${Math.round(100 * high)}`;

/** Returns a line for each trust fact, for the end of a run. */
export function trustSummary(trust: TrustResult): string[] {
  const { n, temperature, calibration, prediction_sets: sets } = trust;
  const { before, after } = calibration;
  const { test_coverage, test_coverage_ci95, mean_size } = sets.lac;
  const goal = `made to hold the right one for ${Math.round(100 * sets.coverage)} of 100`;
  const size = `sets of ${mean_size.toFixed(1)} classes`;
  return [
    `calibration error ${percent(before.ece)}, a calibrated model would show ${percent(before.ece_if_calibrated.mean)}; with temperature ${temperature.value.toPrecision(3)}${temperature.written ? " (in the model)" : ""}: ${percent(after.ece)}`,
    ...changeLine(trust),
    sets.lac.threshold === null
      ? `sets of all classes: ${n} validation samples are too few for sets ${goal}`
      : `${size}, ${goal}${setsRange(trust)}; on the test part ${Math.round(100 * test_coverage)} (${ofHundred(test_coverage_ci95)})`,
    abstainWords(trust),
  ];
}

/** Returns the line on the change of the log loss by the temperature. */
const changeLine = ({ calibration: { change } }: TrustResult): string[] =>
  change ? [changeWords(change)] : [];

/** Describes the range of the true coverage: with few calibration samples it can be far from the target. */
function setsRange({
  n,
  groups,
  chosen_of,
  prediction_sets: { coverage_range95: range95 },
}: TrustResult): string {
  if (range95 === undefined) return "";
  const of = groups === undefined ? "" : ` of ${groups} group${groups === 1 ? "" : "s"}`;
  if (range95 === null) return `: set by ${n} samples${of}, too few groups to tell`;
  const chosen = chosen_of === undefined ? "" : `, which also chose this model from ${chosen_of}`;
  return `: with ${n} samples${of} to set them by${chosen}, anything ${ofHundred(range95)}`;
}

function abstainWords({ n, abstain }: TrustResult): string {
  const { threshold, test, accuracy } = abstain;
  if (threshold === null) return `abstain: ${whyNoThreshold(n, abstain)}`;
  const right =
    test.accuracy === null || test.accuracy_ci95 === null
      ? ""
      : `, ${share(test.accuracy, 1)} of them right (${percentRange(test.accuracy_ci95)})`;
  return `abstain below ${threshold.toFixed(3)}: ${share(test.answered, 1)} answered${right}; ${share(accuracy)} asked`;
}

/** Returns a line for each trust fact with its interval, for `eval`. */
export function trustLines(trust: TrustResult): string[] {
  const { n, temperature, calibration, prediction_sets: sets, unusual } = trust;
  const error = (which: "before" | "after"): string => {
    const { ece, ece_if_calibrated, loss } = calibration[which];
    return `${percent(ece)} (a calibrated model would show ${percent(ece_if_calibrated.mean)}), loss ${fraction(loss)}`;
  };
  const of = (kind: "lac" | "aps"): string => {
    const { test_coverage, test_coverage_ci95, mean_size } = sets[kind];
    return `sets ${kind}: ${share(test_coverage, 1)} hold the true class (${percentRange(test_coverage_ci95)}), ${mean_size.toFixed(2)} classes on average`;
  };
  return [
    `calibration error ${error("before")}`,
    `temperature ${temperature.value.toPrecision(3)}${temperature.written ? ", in the model" : ""}: ${error("after")}`,
    ...changeLine(trust),
    of("lac"),
    of("aps"),
    `sets are made to hold the right class for ${Math.round(100 * sets.coverage)} of 100${setsRange(trust)}`,
    abstainWords(trust),
    `unusual: ${share(unusual.test, 1)} by energy (${percentRange(unusual.test_ci95)}); ${share(unusual.level)} of usual ones are expected`,
    `fitted on ${n} validation items`,
  ];
}

/** Returns a line for each further score. */
export function metricsLines({ metrics }: ClassificationScores): string[] {
  if (!metrics) return [];
  const {
    balanced_accuracy,
    precision,
    recall,
    f1,
    auroc,
    average_precision: ap,
    top_k,
    brier,
    kappa,
    mcc,
  } = metrics;
  const three = ({ macro, micro, weighted }: typeof auroc): string =>
    `${fraction(macro)} macro, ${fraction(micro)} micro, ${fraction(weighted)} weighted`;
  return [
    `balanced accuracy ${percent(balanced_accuracy)}, kappa ${fraction(kappa)}, MCC ${fraction(mcc)}, Brier ${fraction(brier)}`,
    ...(top_k.length > 0
      ? [top_k.map(({ k, accuracy }) => `top-${k} accuracy ${percent(accuracy)}`).join(", ")]
      : []),
    `precision ${three(precision)}`,
    `recall    ${three(recall)}`,
    `F1        ${three(f1)}`,
    `AUROC     ${three(auroc)}`,
    `avg. precision ${three(ap)}`,
    ...(metrics.absent.length > 0
      ? [
          `not in the test part, and left out of averages: ${metrics.absent.slice(0, 6).join(", ")}${metrics.absent.length > 6 ? " …" : ""}`,
        ]
      : []),
  ];
}
