import type { ClassificationScores, Interval, TrustResult } from "../core/events.js";

const share = (x: number, digits = 0): string => `${(100 * x).toFixed(digits)} %`;
const fraction = (x: number | null): string => (x === null ? "–" : x.toFixed(3));
const range = ([low, high]: Interval): string => `${fraction(low)} to ${fraction(high)}`;

/** One line for the end of a run: what the probabilities are good for. */
export function trustLine({ temperature, calibration, prediction_sets: sets, abstain }: TrustResult): string {
  const { before, after } = calibration;
  const { threshold, test } = abstain;
  const said =
    threshold === null
      ? `no threshold makes ${share(abstain.accuracy)} right`
      : `${share(test.answered)} answered ${test.accuracy === null ? "" : `with ${share(test.accuracy)} right `}at ${threshold.toFixed(2)}`;
  return `temperature ${temperature.value.toPrecision(3)}${temperature.written ? " (in the model)" : ""}: calibration error ${fraction(before.ece)} -> ${fraction(after.ece)}; sets of ${sets.lac.mean_size.toFixed(1)} classes hold ${share(sets.lac.test_coverage)} (${share(sets.coverage)} asked); ${said}`;
}

/** The same with intervals, a line each: for `eval`. */
export function trustLines({
  n,
  temperature,
  calibration,
  prediction_sets: sets,
  abstain,
  unusual,
}: TrustResult): string[] {
  const error = (which: "before" | "after"): string => {
    const { ece, ece_ci95, loss } = calibration[which];
    return `${fraction(ece)} (95 % interval ${range(ece_ci95)}), loss ${fraction(loss)}`;
  };
  const of = (kind: "lac" | "aps"): string => {
    const { test_coverage, test_coverage_ci95, mean_size } = sets[kind];
    return `sets ${kind}: ${share(test_coverage, 1)} hold the true class (${range(test_coverage_ci95)}; ${share(sets.coverage)} asked), ${mean_size.toFixed(2)} classes on average`;
  };
  const { threshold, test, accuracy } = abstain;
  return [
    `calibration error ${error("before")}; a calibrated model would show ${fraction(calibration.before.ece_if_calibrated.mean)}`,
    `temperature ${temperature.value.toPrecision(3)}${temperature.written ? ", in the model" : ""}: ${error("after")}`,
    of("lac"),
    of("aps"),
    threshold === null
      ? `abstain: no threshold made validation ${share(accuracy)} right`
      : `abstain below ${threshold.toFixed(3)}: ${share(test.answered, 1)} answered${test.accuracy === null || test.accuracy_ci95 === null ? "" : `, ${share(test.accuracy, 1)} of them right (${range(test.accuracy_ci95)})`}; ${share(accuracy)} asked`,
    `unusual: ${share(unusual.test, 1)} by energy (${range(unusual.test_ci95)}); ${share(unusual.level)} of usual ones are expected`,
    `fitted on ${n} validation items`,
  ];
}

/** Further scores, a line each. */
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
    `balanced accuracy ${fraction(balanced_accuracy)}, kappa ${fraction(kappa)}, MCC ${fraction(mcc)}, Brier ${fraction(brier)}`,
    ...(top_k.length > 0
      ? [top_k.map(({ k, accuracy }) => `top-${k} accuracy ${fraction(accuracy)}`).join(", ")]
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
