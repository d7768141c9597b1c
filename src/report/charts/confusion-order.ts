// Other orders of the confusion matrix: buttons, and the script that moves its cells.
import type { ClassificationScores } from "../../core/events/events.js";
import { html, type Markup, trusted } from "../html.js";
import type { Words } from "../words/index.js";

/**
 * Returns an order with confused classes side by side. The class with the most errors is first. Next is always the class that is most
 * often confused with the last one; of equals, the one with more errors.
 * @param which indices of the shown classes
 * @returns places in `which`
 */
export function byConfusion(
  confusion: ClassificationScores["confusion"],
  which: readonly number[],
): number[] {
  const mixed = (a: number, b: number): number => confusion[a]![b]! + confusion[b]![a]!;
  const mistakes = which.map((k) =>
    which.reduce((sum, other) => sum + (other === k ? 0 : mixed(k, other)), 0),
  );
  const left = new Set(which.keys());
  const order: number[] = [];
  while (left.size > 0) {
    const last = order.at(-1);
    let best = -1;
    for (const place of left) {
      if (best < 0) best = place;
      const [near, nearest] =
        last === undefined ? [0, 0] : [mixed(which[last]!, which[place]!), mixed(which[last]!, which[best]!)];
      if (near > nearest || (near === nearest && mistakes[place]! > mistakes[best]!)) best = place;
    }
    order.push(best);
    left.delete(best);
  }
  return order;
}

/** Returns the buttons above the matrix. The script shows them. */
export function orderButtons(
  test: ClassificationScores,
  classes: readonly string[],
  which: readonly number[],
  { order: orderWords, orders, gap }: Words["page"],
): Markup {
  const places = [...which.keys()];
  const names = [...places].sort((a, b) =>
    (classes[which[a]!] ?? "").localeCompare(classes[which[b]!] ?? "", "en"),
  );
  const button = (label: string, order: readonly number[]): Markup =>
    html`<button type="button" data-order="${JSON.stringify(order)}" aria-pressed="${label === orders.data ? "true" : "false"}">${label}</button>`;
  return html`<p class="small orders" hidden>${orderWords}${gap}${button(orders.data, places)} ${button(orders.name, names)} ${button(orders.confusion, byConfusion(test.confusion, which))}</p>`;
}

/** Moves rows and columns of `table.confusion`; the numbers stay in their cells. */
export const orderScript = trusted(`<script>
(function () {
  "use strict";
  var table = document.querySelector("table.confusion"), bar = document.querySelector(".orders");
  if (!table || !bar) return;
  var heads = Array.from(table.tHead.rows[0].cells), rows = Array.from(table.tBodies[0].rows);
  var cells = rows.map(function (row) { return Array.from(row.cells); });
  function arrange(row, all, order) {
    var last = all[all.length - 1];
    order.forEach(function (k) { row.insertBefore(all[k + 1], last); });
  }
  var buttons = Array.from(bar.querySelectorAll("button"));
  buttons.forEach(function (button) {
    button.addEventListener("click", function () {
      var order = JSON.parse(button.getAttribute("data-order"));
      arrange(table.tHead.rows[0], heads, order);
      rows.forEach(function (row, i) { arrange(row, cells[i], order); });
      order.forEach(function (k) { table.tBodies[0].appendChild(rows[k]); });
      buttons.forEach(function (other) { other.setAttribute("aria-pressed", String(other === button)); });
    });
  });
  bar.hidden = false;
})();
</script>`);
