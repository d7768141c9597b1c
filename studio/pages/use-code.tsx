import { useState } from "preact/hooks";
import { useWords } from "../app/studio.js";

/** Pipeline of Transformers.js and an input for each kind of data. */
const pipelines: Readonly<Record<string, { readonly task: string; readonly input: string }>> = {
  pictures: { task: "image-classification", input: "photo.jpg" },
  sounds: { task: "audio-classification", input: "sound.wav" },
  texts: { task: "text-classification", input: "Where is my parcel?" },
};

/** Programs that use the model. */
export function CodeExamples({ kind }: { readonly kind: string }) {
  const { use } = useWords();
  const pipeline = pipelines[kind];
  const input = pipeline?.input ?? "data.csv";
  return (
    <section class="card" aria-label={use.code}>
      <h2>{use.code}</h2>
      <p>{use.codeAbout}</p>
      <Code title="Engraft" code={`npx engraft predict ./model "${input}"`} />
      {pipeline && (
        <Code
          title="Transformers.js"
          code={`import { pipeline } from "@huggingface/transformers";

// ${use.absolutePath}
const classify = await pipeline("${pipeline.task}", "/path/to/model", { local_files_only: true });
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
  const { use } = useWords();
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
