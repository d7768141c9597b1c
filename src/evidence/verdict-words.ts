import type { Verdict } from "../core/events.js";
import { neededWords } from "./needed.js";

/** What a verdict's sentence is made of. */
export interface Told extends Pick<Verdict, "transfer" | "gain" | "ci95" | "margin" | "seeds" | "needed"> {
  readonly items: number;
  readonly detectable: number;
  /** Of one seed: what trainings are taken to differ by. */
  readonly scatter: number;
  readonly names: { readonly a: string; readonly b: string };
  /** Too few test items, of all or of a class. */
  readonly few?: "all" | { readonly name: string; readonly items: number };
}

/** One to three sentences that a beginner understands and a statistician would sign. */
export function sentence(told: Told): string {
  const { transfer, gain, ci95, margin, seeds, items, names } = told;
  const interval = `95 % interval ${signed(ci95[0])} to ${signed(ci95[1])}`;
  const on = `${items} test item${items === 1 ? "" : "s"}, ${seeds} seed${seeds === 1 ? "" : "s"}`;
  const lead = leadOf(told);
  const amount = `${points(Math.abs(gain))} (${interval}; ${on})`;
  const tail = seeds > 1 ? "" : oneSeed(told);
  switch (transfer) {
    case "positive":
      return `${lead}${capital(names.a)} helped: better than ${names.b} by ${amount}.${tail}`;
    case "negative":
      return `${lead}${capital(names.a)} hurt: worse than ${names.b} by ${amount}.${tail}`;
    case "neutral":
      return `${lead}${capital(names.a)} made no difference that matters: ${signed(gain)} points against ${names.b}, within ± ${points(margin)} (${interval}; ${on}).${tail}`;
    case "inconclusive":
      return `${lead}Undecided: ${difference(gain, names)} (${interval}; ${on}). This amount of data shows gains of ${points(told.detectable)} or more.${told.needed ? ` ${neededWords(told.needed, told)}` : ""}${tail}`;
  }
}

function oneSeed({ scatter }: Told): string {
  return scatter === 0
    ? " One seed: how much another training run would differ is not in the interval."
    : ` One seed: that other seeds would move it by ${points(scatter)} (standard deviation) is assumed, not measured.`;
}

function leadOf({ few, items }: Told): string {
  if (few === undefined) return "";
  if (few === "all") return `Only ${items} test items: little can be said. `;
  return few.items === 0
    ? `No test item of class "${few.name}": nothing can be said of it. `
    : `Only ${few.items} test item${few.items === 1 ? "" : "s"} of class "${few.name}": little can be said. `;
}

function difference(gain: number, names: Told["names"]): string {
  if (gain === 0) return `${names.a} and ${names.b} were right equally often`;
  return `${names.a} was ${points(Math.abs(gain))} ${gain > 0 ? "above" : "below"} ${names.b}, which chance can explain`;
}

/** The sentence where F1 is the score. @param told `on`: what was answered, as "40 test sentences, 1 seed" */
export function f1Sentence(
  told: Pick<Told, "transfer" | "gain" | "ci95" | "names"> & { readonly on: string },
): string {
  const { transfer, gain, ci95, names, on } = told;
  const between = `95 % interval ${signed(ci95[0])} to ${signed(ci95[1])}; ${on}`;
  const first = capital(names.a);
  const size = points(Math.abs(gain));
  switch (transfer) {
    case "positive":
      return `${first} helped: F1 ${size} above ${names.b} (${between}).`;
    case "negative":
      return `${first} hurt: F1 ${size} below ${names.b} (${between}).`;
    case "neutral":
      return `${first} made no difference that matters: F1 ${signed(gain)} against ${names.b} (${between}).`;
    case "inconclusive":
      return `Undecided: F1 ${signed(gain)} against ${names.b}, which chance can explain (${between}).`;
  }
}

/** 0.0312 as "3.1 points". */
export function points(share: number): string {
  const value = (100 * share).toFixed(1);
  return `${value} point${value === "1.0" ? "" : "s"}`;
}

/** 0.0312 as "+3.1", with a real minus sign. */
export function signed(share: number): string {
  const value = (100 * Math.abs(share)).toFixed(1);
  if (value === "0.0") return "0.0";
  return `${share < 0 ? "−" : "+"}${value}`;
}

/** "transfer" as "Transfer". */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
