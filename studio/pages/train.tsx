import { useWords } from "../app/studio.js";

export function TrainPage() {
  const { app } = useWords();
  return <h1>{app.pages.train}</h1>;
}
