import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { byCodePoint, type FoundPicture, foldersWithin, quoted, type Warning } from "./found.js";

/** An image with its content hash and thumbnail. */
export interface Known extends FoundPicture {
  readonly sha256: string;
  readonly thumbnail: Uint8Array;
}

/** Checks the number of images of each class. @throws DataError for classes with too few images */
export function checkClasses(
  items: readonly {
    readonly id: string;
    readonly label: string;
    readonly sha256: string;
    readonly part: Part | undefined;
  }[],
  root: string,
  unit = "picture",
): void {
  const byClass = new Map<string, { n: number; train: number; contents: Set<string> }>();
  for (const { label, sha256, part } of items) {
    const one = byClass.get(label) ?? { n: 0, train: 0, contents: new Set<string>() };
    one.n++;
    if (part === undefined || part === "train") one.train++;
    one.contents.add(sha256);
    byClass.set(label, one);
  }
  const names = [...byClass.keys()].sort(byCodePoint);
  if (names.length < 2)
    throw new EngraftError("DataError", `only one class in ${JSON.stringify(root)}: ${quoted(names)}`, {
      help: `a classifier needs at least two classes: make one folder for each${foldersWithin(items, names[0]!)}`,
      code: "one-class",
      details: { class: names[0]! },
    });
  const missingInTrain = names.filter((name) => byClass.get(name)!.train === 0);
  if (missingInTrain.length > 0)
    throw new EngraftError(
      "DataError",
      `${quoted(missingInTrain)} ${missingInTrain.length === 1 ? "has" : "have"} no ${unit} in the train part, but in another one`,
      {
        at: root,
        help: `add training ${unit}s for it, or remove it from the other parts; check the spelling`,
      },
    );
  const single = names.filter((name) => byClass.get(name)!.n === 1);
  if (single.length > 0)
    throw new EngraftError(
      "DataError",
      `${single.length === 1 ? "a class has" : `${single.length} classes have`} only one ${unit}: ${quoted(single)}`,
      {
        at: root,
        help: "a class needs at least 2, one to learn from and one to test; add some or remove the class",
        code: "class-too-small",
        details: { class: single[0]! },
      },
    );
  const copiesOnly = names.filter((name) => byClass.get(name)!.contents.size === 1);
  if (copiesOnly.length > 0)
    throw new EngraftError(
      "DataError",
      `all ${unit}s of a class are copies of one: ${quoted(copiesOnly.map((name) => `${name} (${byClass.get(name)!.n})`))}`,
      { at: root, help: `a class needs at least 2 different ${unit}s` },
    );
}

/** Warns of classes without a test image. */
export function warnUntested(
  items: readonly { readonly label: string; readonly part: Part }[],
  warnings: Warning[],
): void {
  const tested = new Set(items.flatMap(({ label, part }) => (part === "test" ? [label] : [])));
  const without = [...new Set(items.map(({ label }) => label))]
    .filter((label) => !tested.has(label))
    .sort(byCodePoint);
  if (without.length === 0 || tested.size === 0) return;
  const found = { classes: without.length, ...firstOf(without) };
  warnings.push(warningText("classes_without_test", message("classes-without-test", found)));
}
