import { useWords } from "../app/studio.js";

export function TryPage() {
  const { app } = useWords();
  return <h1>{app.pages.try}</h1>;
}
