import { knownKind } from "../../src/studio/project-kinds.js";
import type { Words } from "../words/en/index.js";

/** Returns the HTML of a page that runs a model: it stands beside the folders `model/`, `engraft/` and `ort/`. */
export function modelPage(
  kind: string,
  title: string,
  lang: string,
  { inputs, ...texts }: Words["use"]["page"],
): string {
  // Without "<", no name can end the script that holds it.
  const input = inputs[knownKind(kind)];
  const data = JSON.stringify({ title, input, ...texts }).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="${lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Engraft</title>
<link rel="icon" href="data:,">
<style>
body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; }
button, textarea, input { font: inherit; min-height: 44px; }
textarea { width: 100%; }
img { max-width: 100%; max-height: 50vh; }
textarea, input { display: block; }
li { font-size: 1.2rem; }
</style>
<main>
<h1></h1>
<p id="status" role="status">${texts.serve}</p>
<form hidden></form>
<p><img alt="" hidden></p>
<ol></ol>
</main>
<script type="application/json" id="data">${data}</script>
<script type="module">
${script}
</script>
</html>
`;
}

/** Program of the page: a field for the input, and the predictions as a list. Names are set as text. */
const script = `import { load } from "./engraft/engraft.js";

const texts = JSON.parse(document.getElementById("data").textContent);
const [heading, status, form, picture, list] = ["h1", "#status", "form", "img", "ol"].map((name) => document.querySelector(name));
document.title = heading.textContent = texts.title;
status.textContent = texts.loading;

let model;
try {
  model = await load(new URL("model/", location.href).href, { ort: new URL("ort/ort.wasm.min.mjs", location.href).href });
} catch (error) {
  status.textContent = error.message;
  throw error;
}
status.textContent = texts.ready;

const accept = /image|object/.test(model.task) ? "image/*" : /audio|speech/.test(model.task) ? "audio/*" : undefined;
const field = document.createElement(accept ? "input" : "textarea");
if (accept) Object.assign(field, { type: "file", accept });
const label = document.createElement("label");
label.append(texts.input, field);
form.append(label);
form.hidden = false;
field.addEventListener(accept ? "change" : "input", predict);

async function predict() {
  const given = accept ? field.files[0] : field.value;
  if (!given) return;
  if (accept === "image/*") {
    URL.revokeObjectURL(picture.src);
    picture.src = URL.createObjectURL(given);
    picture.hidden = false;
  }
  try {
    const input = !accept && given.startsWith("{") ? JSON.parse(given) : given;
    const [answers] = await model.predict([input], { top: 5 });
    list.replaceChildren(...[answers].flat().map((answer) => {
      const item = document.createElement("li");
      const { label, score } = answer;
      item.textContent = label === undefined ? JSON.stringify(answer) : label + "  " + (100 * score).toFixed(0) + " %";
      return item;
    }));
    status.textContent = texts.ready;
  } catch (error) {
    list.replaceChildren();
    status.textContent = error.message;
  }
}`;
