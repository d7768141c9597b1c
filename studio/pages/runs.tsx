import { useWords } from "../app/studio.js";

export function RunsPage() {
  const { app } = useWords();
  return <h1>{app.pages.runs}</h1>;
}
