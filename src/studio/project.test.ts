import fc from "fast-check";
import { expect, test } from "vitest";
import { type Action, actionSchema, historyOf, newProject, projectSchema, reduce } from "./project.js";

const start = historyOf(newProject("p", "pictures", "Leaves", "2026-11-28T00:00:00.000Z"));
const after = (...actions: Action[]) => actions.reduce(reduce, start);
const sample = (id: string, of = "a") => ({ id, class: of, text: id });
const classes: Action[] = [
  { do: "add-class", id: "a", name: "A" },
  { do: "add-class", id: "b", name: "B" },
];
const samples: Action = { do: "add-samples", samples: [sample("1"), sample("2", "b"), sample("3", "b")] };

test("a removed class takes its samples with it, and undo brings both back", () => {
  const removed = after(...classes, samples, { do: "remove-class", id: "b" });
  expect(removed.project.classes.map(({ id }) => id)).toEqual(["a"]);
  expect(removed.project.samples.map(({ id }) => id)).toEqual(["1"]);
  expect(reduce(removed, { do: "undo" }).project.samples).toHaveLength(3);
});

test("a merged class gives its samples to the other one", () => {
  const { project } = after(...classes, samples, { do: "merge-class", id: "b", into: "a" });
  expect(project.samples.map((one) => one.class)).toEqual(["a", "a", "a"]);
  expect(project.classes).toEqual([{ id: "a", name: "A" }]);
});

test("changes of one step are undone together", () => {
  const history = after(
    ...classes,
    { do: "add-samples", samples: [sample("1")], step: "s" },
    { do: "add-samples", samples: [sample("2")], step: "s" },
  );
  const undone = reduce(history, { do: "undo" });
  expect(undone.project.samples).toEqual([]);
  expect(reduce(undone, { do: "redo" }).project.samples).toHaveLength(2);
});

test("undo does not go back over changes that were made permanent", () => {
  const history = after(...classes, samples, { do: "clear-undo" });
  expect(history.project.samples).toHaveLength(3);
  expect(reduce(history, { do: "undo" })).toBe(history);
  const named = reduce(history, { do: "rename-project", name: "Trees" });
  expect(reduce(named, { do: "undo" }).project).toEqual(history.project);
});

test("a project with a sample of an unknown class is refused, with the place", () => {
  const { project } = after(...classes, samples);
  expect(projectSchema.safeParse(project).success).toBe(true);
  const lost = { ...project, samples: [...project.samples, sample("4", "gone")] };
  const [issue] = projectSchema.safeParse(lost).error!.issues;
  expect(issue).toMatchObject({ path: ["samples", 3, "class"], message: "sample 4 has an unknown class" });
});

test("a class that was changed with the prediction in view is remembered: the first one, and when", () => {
  const at = "2026-11-28T10:00:00.000Z";
  const moved = after(
    ...classes,
    { do: "add-samples", samples: [sample("1"), sample("2")] },
    { do: "move-samples", ids: ["1"], class: "b", seen: at },
    { do: "move-samples", ids: ["2"], class: "b" },
    { do: "move-samples", ids: ["1"], class: "a", seen: "2026-11-28T11:00:00.000Z" },
  );
  expect(moved.project.samples.map(({ relabelled }) => relabelled)).toEqual([{ from: "a", at }, undefined]);
});

test("an action that does not fit changes nothing and cannot be undone", () => {
  const history = after(...classes);
  for (const action of [
    { do: "rename-class", id: "x", name: "X" },
    { do: "remove-class", id: "x" },
    { do: "merge-class", id: "a", into: "a" },
    { do: "add-samples", samples: [sample("1", "x")] },
    { do: "move-samples", ids: ["1"], class: "a" },
    { do: "remove-samples", ids: ["1"] },
    { do: "redo" },
  ] satisfies Action[])
    expect(reduce(history, action)).toBe(history);
});

test("undo goes back over any fifty actions, and redo forward again", () => {
  const id = fc.constantFrom("a", "b", "c");
  const name = fc.constantFrom("red", "blue");
  const ids = fc.array(fc.constantFrom("1", "2", "3"), { maxLength: 2 });
  const action: fc.Arbitrary<Action> = fc.oneof(
    fc.record({ do: fc.constant("add-class" as const), id, name }),
    fc.record({ do: fc.constant("rename-class" as const), id, name }),
    fc.record({ do: fc.constant("remove-class" as const), id }),
    fc.record({ do: fc.constant("merge-class" as const), id, into: id }),
    fc.record({
      do: fc.constant("add-samples" as const),
      samples: ids.map((all) => all.map((one) => sample(one))),
    }),
    fc.record({ do: fc.constant("remove-samples" as const), ids }),
    fc.record({ do: fc.constant("move-samples" as const), ids, class: id }),
    fc.record({
      do: fc.constant("set-base" as const),
      base: fc.option(fc.record({ name, hash: fc.constant("0".repeat(64)) }), { nil: undefined }),
    }),
    fc.record({
      do: fc.constant("set-option" as const),
      name,
      value: fc.option(fc.nat(), { nil: undefined }),
    }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 50 }), (actions) => {
      const end = actions.reduce(reduce, start);
      expect(actions.every((one) => actionSchema.safeParse(one).success)).toBe(true);
      expect(projectSchema.safeParse(end.project).success).toBe(true);
      let back = end;
      while (back.past.length > 0) back = reduce(back, { do: "undo" });
      expect(back.project).toEqual(start.project);
      let forward = back;
      while (forward.future.length > 0) forward = reduce(forward, { do: "redo" });
      expect(forward.project).toEqual(end.project);
    }),
  );
});

test.each([
  { do: "add-class", id: "../x", name: "A" },
  { do: "add-class", id: "a", name: "" },
  { do: "add-class", id: "a", name: "A", more: 1 },
  { do: "add-samples", samples: [{ id: "1", class: "a", hash: "ABC" }] },
  { do: "drop" },
])("a wrong action is refused: %j", (action) => {
  expect(actionSchema.safeParse(action).success).toBe(false);
});

test("samples become one recording, or are apart, and undo brings the recordings back", () => {
  const group = (ids: string[], name?: string): Action => ({
    ...{ do: "group-samples", ids },
    ...(name !== undefined && { group: name }),
  });
  const joined = after(...classes, samples, group(["1", "2"], "2026-11-29 14:03:12"));
  expect(joined.project.samples.map((one) => one.group)).toEqual([
    "2026-11-29 14:03:12",
    "2026-11-29 14:03:12",
    undefined,
  ]);
  const apart = reduce(joined, group(["1", "2", "3"]));
  expect(apart.project).toEqual(after(...classes, samples).project);
  expect(reduce(apart, { do: "undo" }).project).toEqual(joined.project);
  // Nothing changes, so there is no step of undo.
  expect(reduce(apart, group(["1"]))).toBe(apart);
});
