import { fixed } from "../fixed.js";
import type { AbstainChoice, CalibrationChange } from "./trust.js";

/** Says whether the change of the log loss by the temperature is significant. */
export function changeWords({ loss, ci95, finding }: CalibrationChange): string {
  const range = ci95
    ? ` (95 % interval ${(loss < 0 ? [-ci95[1], -ci95[0]] : ci95).map((end) => fixed(end, 3)).join(" to ")})`
    : "";
  const by = `by ${Math.abs(loss).toFixed(3)}${range}`;
  if (finding === "falls") return `the temperature lowers the log loss ${by}: more than chance`;
  if (finding === "rises")
    return `the temperature raises the log loss ${by}: more than chance, so leave it out`;
  if (finding === "few groups")
    return `the temperature changes the log loss ${by}: the groups are too few to tell whether that is chance`;
  if (ci95 === null) return "the temperature changes no log loss";
  return `the temperature ${loss < 0 ? "raises" : "lowers"} the log loss ${by}, which can be chance`;
}

/** Says why no threshold is accepted. @param n samples of the validation split */
export function whyNoThreshold(n: number, { accuracy, needed, surest, few_groups }: AbstainChoice): string {
  const asked = `no threshold can promise ${Number((100 * accuracy).toFixed(2))} % right`;
  const samples = `${n} validation sample${n === 1 ? "" : "s"}`;
  if (few_groups !== undefined)
    return `${asked}: ${samples} of ${few_groups} group${few_groups === 1 ? "" : "s"}, too few to tell for other groups`;
  if (surest) return `${asked}: ${surest.errors} of the surest ${surest.n} of ${samples} are wrong`;
  if (needed !== undefined) return `${asked}: ${samples}, and ${needed} sure ones are needed`;
  return `${asked} from ${samples}`;
}
