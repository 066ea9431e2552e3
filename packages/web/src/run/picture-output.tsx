import type { OutputFile } from "@modelyard/contract";
import { useEffect, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";

/** A picture: click for its full size; beside the input, as a slider, where there was one. */
export function PictureOutput({ file, before }: { file: OutputFile; before: string | undefined }) {
  const [zoomed, setZoomed] = useState(false);
  const [compared, setCompared] = useState(false);
  return (
    <div className="grid gap-2">
      {compared && before ? (
        <Compare before={before} after={file.url} />
      ) : (
        <button
          type="button"
          className="group relative grid justify-items-center overflow-hidden rounded-md"
          onClick={() => setZoomed(true)}
        >
          <img src={file.url} alt={`Result ${file.name}`} className="squares max-h-[70vh] w-full object-contain" />
          <span className="absolute right-2 bottom-2 flex items-center gap-1.5 rounded-md bg-card px-2 py-1 text-sm">
            <Icon name="zoom" className="size-4" />
            Full size
          </span>
        </button>
      )}
      {before && (
        <Button
          look="quiet"
          size="small"
          className="justify-self-start"
          aria-pressed={compared}
          onClick={() => setCompared(!compared)}
        >
          {compared ? "Show the result alone" : "Compare with the input"}
        </Button>
      )}
      {zoomed && <Zoom file={file} onClose={() => setZoomed(false)} />}
    </div>
  );
}

function Zoom({ file, onClose }: { file: OutputFile; onClose: () => void }) {
  const [isFull, setFull] = useState(false);
  return (
    <Dialog title={file.name} onClose={onClose} wide>
      <button
        type="button"
        className="block max-h-[75vh] w-full overflow-auto"
        aria-label={isFull ? "Fit into the window" : "Show at its own size"}
        onClick={() => setFull(!isFull)}
      >
        <img
          src={file.url}
          alt={`Result ${file.name}`}
          className={`squares ${isFull ? "max-w-none cursor-zoom-out" : "mx-auto max-h-[72vh] max-w-full cursor-zoom-in object-contain"}`}
        />
      </button>
    </Dialog>
  );
}

const INPUT_AND_RESULT = {
  before: "Input",
  after: "Result",
  slider: "Share of the input that is shown, in percent",
};

/** Two pictures over each other, parted by a line that a slider moves: mouse, touch and arrow keys alike. */
export function Compare({
  before,
  after,
  words = INPUT_AND_RESULT,
}: {
  before: string;
  after: string;
  words?: typeof INPUT_AND_RESULT;
}) {
  const [at, setAt] = useState(50);
  const top = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLDivElement>(null);
  // Through the object model: the page's policy allows no style attributes.
  useEffect(() => {
    if (top.current) top.current.style.clipPath = `inset(0 0 0 ${at}%)`;
    if (line.current) line.current.style.left = `${at}%`;
  }, [at]);
  return (
    <div className="relative overflow-hidden rounded-md has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-signal">
      <img src={before} alt={words.before} className="max-h-[70vh] w-full bg-sunk object-contain" />
      <div ref={top} className="squares absolute inset-0">
        <img src={after} alt={words.after} className="size-full object-contain" />
      </div>
      <div ref={line} className="pointer-events-none absolute inset-y-0 w-0.5 -translate-x-1/2 bg-signal">
        <span className="absolute top-1/2 left-1/2 size-8 -translate-1/2 rounded-full border-2 border-signal bg-card" />
      </div>
      <input
        type="range"
        min={0}
        max={100}
        value={at}
        aria-label={words.slider}
        className="absolute inset-0 h-full w-full cursor-ew-resize opacity-0"
        onChange={(event) => setAt(Number(event.target.value))}
      />
    </div>
  );
}
