/** Paints a mask on a picture: white where it was painted, black elsewhere. Nothing leaves the browser until the model is run. */
import { type PointerEvent, useEffect, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

/** Longest side of the mask in pixels; models stretch it to the picture. */
const LONGEST = 2048;

interface Stroke {
  /** Of the mask's shorter side. */
  width: number;
  erases: boolean;
  /** 0 to 1, from the upper left corner. */
  points: { x: number; y: number }[];
}

export function MaskPainter({
  source,
  onClose,
  onMask,
}: {
  source: string;
  onClose: () => void;
  onMask: (file: File) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState<{ width: number; height: number }>();
  const [strokes, setStrokes] = useState<Stroke[]>([]);
  const [width, setWidth] = useState(0.08);
  const [erases, setErases] = useState(false);

  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context && size) draw(context, strokes, "#e11d48");
  }, [strokes, size]);

  const place = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };
  const begin = (event: PointerEvent<HTMLCanvasElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const point = place(event);
    setStrokes((before) => [...before, { width, erases, points: [point] }]);
  };
  const go = (event: PointerEvent<HTMLCanvasElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const point = place(event);
    setStrokes((before) => {
      const last = before.at(-1);
      return last ? [...before.slice(0, -1), { ...last, points: [...last.points, point] }] : before;
    });
  };
  const done = () => {
    if (!size) return;
    const mask = Object.assign(document.createElement("canvas"), size);
    const context = mask.getContext("2d");
    if (!context) return;
    draw(context, strokes, "#ffffff");
    context.globalCompositeOperation = "destination-over";
    context.fillStyle = "#000000";
    context.fillRect(0, 0, size.width, size.height);
    mask.toBlob((blob) => blob && onMask(new File([blob], "mask.png", { type: "image/png" })), "image/png");
  };

  return (
    <Dialog title="Paint the mask" wide onClose={onClose}>
      <div className="grid gap-4">
        <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
          <label className="flex items-center gap-3">
            Brush
            <input
              type="range"
              min={0.01}
              max={0.3}
              step={0.01}
              value={width}
              onChange={(event) => setWidth(Number(event.target.value))}
            />
          </label>
          <label className="flex items-center gap-2">
            <input
              type="checkbox"
              className="size-5"
              checked={erases}
              onChange={(event) => setErases(event.target.checked)}
            />
            Erase
          </label>
          <Button
            size="small"
            disabled={strokes.length === 0}
            onClick={() => setStrokes((before) => before.slice(0, -1))}
          >
            Undo
          </Button>
          <Button size="small" disabled={strokes.length === 0} onClick={() => setStrokes([])}>
            Clear
          </Button>
        </div>
        <div className="relative justify-self-center">
          <img
            src={source}
            alt="What is painted on"
            className="max-h-[60dvh] max-w-full"
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
              const factor = Math.min(1, LONGEST / Math.max(naturalWidth, naturalHeight));
              setSize({ width: Math.round(naturalWidth * factor), height: Math.round(naturalHeight * factor) });
            }}
          />
          <canvas
            ref={canvas}
            {...size}
            data-testid="mask"
            className="absolute inset-0 size-full cursor-crosshair touch-none opacity-60"
            onPointerDown={begin}
            onPointerMove={go}
          />
        </div>
        <p className="text-sm text-soft">
          Paint with a mouse, pen or finger over what the model is to work on. Without one of these, make the mask in
          any program and choose it as a file.
        </p>
        <Button look="primary" disabled={strokes.every((stroke) => stroke.erases)} onClick={done}>
          Use this mask
        </Button>
      </div>
    </Dialog>
  );
}

function draw(context: CanvasRenderingContext2D, strokes: readonly Stroke[], colour: string): void {
  const { width, height } = context.canvas;
  context.clearRect(0, 0, width, height);
  context.lineCap = "round";
  context.lineJoin = "round";
  context.strokeStyle = colour;
  for (const stroke of strokes) {
    context.globalCompositeOperation = stroke.erases ? "destination-out" : "source-over";
    context.lineWidth = stroke.width * Math.min(width, height);
    context.beginPath();
    const [first, ...rest] = stroke.points;
    if (!first) continue;
    context.moveTo(first.x * width, first.y * height);
    // A line of no length is a dot.
    for (const { x, y } of rest.length > 0 ? rest : [first]) context.lineTo(x * width, y * height);
    context.stroke();
  }
  context.globalCompositeOperation = "source-over";
}
