import { useWords } from "../app/studio.js";

export function ResultPage() {
  const { app } = useWords();
  return <h1>{app.pages.result}</h1>;
}
