/** A 3D model to turn and to look at: by mouse and touch, and by keyboard. */
import type { OutputFile } from "@modelyard/contract";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";
import { sizeWords } from "../ui/size-words.ts";
import { useNear } from "../ui/use-near.ts";
import { type SceneView, showScene } from "./scene.ts";
import { Unreadable } from "./unreadable.tsx";

/** Bytes beyond which a model is not read into the page's memory. */
const MOST_BYTES = 64_000_000;

export function SceneOutput({ file }: { file: OutputFile }) {
  const bytes = Number(file.size);
  if (bytes > MOST_BYTES) return <Unreadable why={`This 3D model has ${sizeWords(bytes)}, more than is shown here.`} />;
  return <Scene file={file} />;
}

function Scene({ file }: { file: OutputFile }) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<SceneView>(undefined);
  const [state, setState] = useState<"loading" | "shown" | "broken">("loading");
  const note = useId();
  // Browsers keep only a few of these at a time: none for what nobody looks at.
  const isNear = useNear(box);
  useEffect(() => {
    if (!isNear) return;
    // A canvas of its own for each file: one whose context was given back gets no other.
    const canvas = document.createElement("canvas");
    canvas.className = "size-full";
    box.current?.append(canvas);
    let current = true;
    setState("loading");
    void showScene(canvas, file.url).then(
      (shown) => {
        if (!current) return shown.close();
        view.current = shown;
        setState("shown");
      },
      () => current && setState("broken"),
    );
    return () => {
      current = false;
      view.current?.close();
      view.current = undefined;
      canvas.remove();
    };
  }, [file.url, isNear]);
  const onKeyDown = (event: KeyboardEvent) => {
    const turns: Record<string, [number, number]> = {
      ArrowLeft: [1, 0],
      ArrowRight: [-1, 0],
      ArrowUp: [0, 1],
      ArrowDown: [0, -1],
    };
    const turn = turns[event.key];
    const step = { "+": 1, "=": 1, "-": -1 }[event.key];
    if (!turn && step === undefined) return;
    event.preventDefault();
    if (turn) view.current?.turn(...turn);
    else view.current?.zoom(step ?? 0);
  };
  if (state === "broken")
    return (
      <Unreadable why="The 3D model cannot be shown: it is broken, refers to other files, is compressed in a way that is not read here, or the browser has no WebGL." />
    );
  return (
    <div className="grid gap-2" data-scene={state}>
      <div
        ref={box}
        role="application"
        aria-label={`3D model ${file.name}`}
        aria-describedby={note}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is turned by keyboard
        tabIndex={0}
        className="relative aspect-square max-h-[70vh] w-full cursor-grab overflow-hidden rounded-md bg-sunk active:cursor-grabbing"
        onKeyDown={onKeyDown}
        onFocus={() => view.current?.takeWheel(true)}
        onBlur={() => view.current?.takeWheel(false)}
      />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <p id={note} className="text-sm text-soft">
          {state === "loading"
            ? "Loading the 3D model …"
            : "Drag or arrow keys turn it, + and - zoom; the wheel too, after a click on it."}
        </p>
        <Button
          look="quiet"
          size="small"
          className="ml-auto"
          disabled={state !== "shown"}
          onClick={() => view.current?.reset()}
        >
          As it was
        </Button>
      </div>
    </div>
  );
}
