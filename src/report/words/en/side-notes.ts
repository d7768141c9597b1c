/** What the numbers of several runs side by side do not say, in English. */
import type { SideRun } from "../../../core/results/side-by-side.js";

/** One of these notes. */
export type SideNote =
  | { readonly kind: "paired" | "other-test-items" | "other-parts" | "machines" }
  | {
      readonly kind: "not-done";
      readonly runs: readonly Pick<SideRun, "label" | "status" | "epochs">[];
    }
  /** So often has a test part been scored. */
  | { readonly kind: "looks"; readonly times: number };

export function sideNotesEn(note: SideNote): string {
  switch (note.kind) {
    case "paired":
      return "Differences are of these models: what other test items would change is in their intervals, what another training would is not. engraft compare trains several seeds of each.";
    case "other-test-items":
      return "The runs do not all have the same test items: scores on other items differ by chance too.";
    case "other-parts":
      return "The runs do not all have the same training and validation parts: their validation scores are on other items.";
    case "machines":
      return "The runs were made on different machines: their seconds and memory are not of one kind.";
    case "not-done":
      return `Not done: ${note.runs.map(({ label, status, epochs }) => `${label} (${status === "running" ? "it goes on" : "stopped"}, ${epochs} epoch${epochs === 1 ? "" : "s"} so far)`).join(", ")}. Nothing of these was measured on a test part.`;
    case "looks":
      return `A test part here has been scored ${note.times} times: the more runs are held against each other on it, the more the best of them owes to chance.`;
  }
}
