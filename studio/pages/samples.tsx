import { useWords } from "../app/studio.js";

export function SamplesPage() {
  const { app } = useWords();
  return <h1>{app.pages.samples}</h1>;
}
