import type { Sample } from "../../src/studio/project.js";
import type { Findings } from "./live-state.js";

/** Samples with the same content in two classes. */
export interface Contradiction {
  /** Ids of the two classes. */
  readonly classes: readonly [string, string];
  /** Ids of the samples of each of them, in the same order. */
  readonly samples: readonly [readonly string[], readonly string[]];
}

/** Divides samples with the same content as another one into copies, which are of the same class, and contradictions by two classes. */
export function divideCopies(
  copies: Findings["copies"],
  samples: readonly Pick<Sample, "id" | "class">[],
): { readonly copies: Findings["copies"]; readonly contradictions: readonly Contradiction[] } {
  const classOf = new Map(samples.map((one) => [one.id, one.class]));
  const own: { id: string; of: string }[] = [];
  const found = new Map<string, { classes: [string, string]; samples: [Set<string>, Set<string>] }>();
  for (const copy of copies) {
    const [of, a = ""] = [copy.of, classOf.get(copy.of)];
    const b = classOf.get(copy.id) ?? a;
    if (a === b || a === "") {
      own.push(copy);
      continue;
    }
    const [first, second, x, y] = a < b ? [a, b, of, copy.id] : [b, a, copy.id, of];
    const key = JSON.stringify([first, second]);
    const one = found.get(key) ?? { classes: [first, second], samples: [new Set(), new Set()] };
    found.set(key, one);
    one.samples[0].add(x);
    one.samples[1].add(y);
  }
  return {
    copies: own,
    contradictions: [...found.values()].map(({ classes, samples: [x, y] }) => ({
      classes,
      samples: [[...x], [...y]],
    })),
  };
}
