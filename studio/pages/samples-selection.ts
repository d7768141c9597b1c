// Which samples and which card are selected.
import { signal } from "@preact/signals";
import type { Store } from "../store/store.js";
import type { ClassView } from "./samples-view.js";

/** Ids of the selected samples. Ids of removed samples may remain. */
export const selected = signal<ReadonlySet<string>>(new Set());
/** Id of the sample that the arrow keys start from. */
export const current = signal<string | undefined>(undefined);
/** Id of the class whose card files are pasted to, and the record key works on. */
export const selectedCard = signal<string | undefined>(undefined);
/** True until the tile of the current sample has taken the focus. */
export const wantsFocus = signal(false);
/** Where a range begins. */
let anchor: string | undefined;

/** Selects a sample of a list: alone, besides the others, or all from the last one to it. */
export function select(list: ClassView, id: string, how: "alone" | "toggle" | "range"): void {
  const ids = list.samples.map((sample) => sample.id);
  const from = anchor === undefined ? -1 : ids.indexOf(anchor);
  current.value = id;
  if (how === "range" && from >= 0) {
    const to = ids.indexOf(id);
    selected.value = new Set(ids.slice(Math.min(from, to), Math.max(from, to) + 1));
    return;
  }
  anchor = id;
  const others = new Set(selected.value);
  if (how === "toggle" && others.delete(id)) selected.value = others;
  else selected.value = how === "toggle" ? others.add(id) : new Set([id]);
}

/** Selects samples in place of the others. @param start the current sample afterwards */
export function selectMany(ids: readonly string[], start = current.value): void {
  selected.value = new Set(ids);
  current.value = start;
  anchor = start;
}

/** Removes the selected samples, or moves them to another class. The next sample becomes the current one. */
export function applyToSelected(store: Store, views: readonly ClassView[], into?: string): void {
  const ids = views
    .flatMap(({ samples }) => samples.map(({ id }) => id))
    .filter((id) => selected.value.has(id));
  if (ids.length === 0) return;
  const own = views.find(({ samples }) => samples.some(({ id }) => id === current.value))?.samples ?? [];
  const at = own.findIndex(({ id }) => id === current.value);
  const stays = ({ id }: { readonly id: string }): boolean => !selected.value.has(id);
  current.value = (own.slice(at).find(stays) ?? own.slice(0, Math.max(0, at)).findLast(stays))?.id;
  wantsFocus.value = document.activeElement?.getAttribute("role") === "option";
  anchor = current.value;
  selected.value = new Set();
  store.dispatch(
    into === undefined ? { do: "remove-samples", ids } : { do: "move-samples", ids, class: into },
  );
}
