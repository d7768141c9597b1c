import { useStudio } from "../engine/studio.js";
import { route } from "../store/route.js";
import { useKeyActions } from "./keys.js";

interface RecordButtonProps {
  readonly words: { readonly record: string; readonly recording: string };
  /** True for the card that the record key works on. */
  readonly selected: boolean;
  readonly isRecording: boolean;
  readonly onStart: () => void;
  readonly onStop: () => void;
}

/** Button of a class card that records while it is held. A key starts a recording, and ends it when it is pressed again. */
export function RecordButton({ words, selected, isRecording, onStart, onStop }: RecordButtonProps) {
  const { readOnly } = useStudio().store;
  const toggle = (): void => (isRecording ? onStop() : onStart());
  const takesKey = selected && areCardsShown() && !readOnly.value;
  useKeyActions(takesKey ? { record: ({ repeat }) => repeat || toggle() } : {});
  return (
    <button
      type="button"
      class={isRecording ? "main record recording" : "main record"}
      onPointerDown={({ button, currentTarget, pointerId }) => {
        if (button !== 0) return;
        currentTarget.setPointerCapture(pointerId);
        onStart();
      }}
      onLostPointerCapture={onStop}
      onContextMenu={(event) => event.preventDefault()}
      // Space, Enter and screen readers click without a pointer.
      onClick={({ detail }) => detail === 0 && toggle()}
    >
      {isRecording ? words.recording : words.record}
    </button>
  );
}

/** True if the class cards are in view. On a wide screen the page Try has them beside it. */
export function areCardsShown(): boolean {
  const { page } = route.value;
  return page === "samples" || (page === "try" && !matchMedia("(max-width: 800px)").matches);
}
