import { useState } from "preact/hooks";
import { sampleKindFacts } from "../../src/studio/project-kinds.js";
import { useStudio } from "../engine/studio.js";
import { useTaskRow } from "../tasks/index.js";
import { currentWords } from "../words/current-words.js";

/** Programs that use the model. */
export function CodeExamples() {
  const { use } = currentWords();
  const row = useTaskRow();
  const classified = sampleKindFacts(useStudio().store.project.value!.kind);
  const input = row?.data === "samples" ? row.example : "data.csv";
  return (
    <section class="card" aria-label={use.code}>
      <h2>{use.code}</h2>
      <p>{use.codeAbout}</p>
      <Code title="Engraft" code={`npx engraft predict ./model "${input}"`} />
      {classified && (
        <Code
          title="Transformers.js"
          code={`import { pipeline } from "@huggingface/transformers";

// ${use.absolutePath}
const classify = await pipeline("${classified.task}", "/path/to/model", { local_files_only: true });
console.log(await classify("${input}"));`}
        />
      )}
      <Code
        title="onnxruntime (Python)"
        code={`import onnxruntime

session = onnxruntime.InferenceSession("model/onnx/model.onnx")
print([(i.name, i.shape) for i in session.get_inputs()])
# ${use.wholeProgram}`}
      />
    </section>
  );
}

function Code({ title, code }: { readonly title: string; readonly code: string }) {
  const { use } = currentWords();
  const [isCopied, setCopied] = useState(false);
  return (
    <details>
      <summary>{title}</summary>
      <pre>
        <code>{code}</code>
      </pre>
      <button type="button" onClick={() => navigator.clipboard.writeText(code).then(() => setCopied(true))}>
        {isCopied ? use.copied : use.copy}
      </button>
    </details>
  );
}
