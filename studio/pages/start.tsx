import { useWords } from "../app/studio.js";

export function StartPage() {
  const { app } = useWords();
  return <h1>{app.pages.start}</h1>;
}
