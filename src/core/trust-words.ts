import type { AbstainChoice } from "./trust.js";

/** Says why no threshold can be promised. @param n samples of the validation part */
export function whyNoThreshold(n: number, { accuracy, needed, surest }: AbstainChoice): string {
  const asked = `no threshold can promise ${Number((100 * accuracy).toFixed(2))} % right`;
  const samples = `${n} validation sample${n === 1 ? "" : "s"}`;
  if (surest) return `${asked}: ${surest.errors} of the surest ${surest.n} of ${samples} are wrong`;
  if (needed !== undefined) return `${asked}: ${samples}, and ${needed} sure ones are needed`;
  return `${asked} from ${samples}`;
}
