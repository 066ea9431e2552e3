/** Picks points on a picture. Their text, `x,y x,y …` in parts of width and height, is the item's value; typing it is the other way. */
import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

interface Point {
  x: number;
  y: number;
}

export function PointPicker({
  source,
  value,
  onClose,
  onPoints,
}: {
  source: string;
  value: string;
  onClose: () => void;
  onPoints: (text: string) => void;
}) {
  const [points, setPoints] = useState<Point[]>(() => read(value));
  return (
    <Dialog title="Pick points" wide onClose={onClose}>
      <div className="grid gap-4">
        <div className="relative justify-self-center">
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the item's own text field is the way without a pointer */}
          <img
            src={source}
            alt="What is picked on"
            data-testid="points"
            className="max-h-[60dvh] max-w-full cursor-crosshair"
            onClick={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              const point = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
              setPoints((before) => [...before, point]);
            }}
          />
          {points.map(({ x, y }, index) => (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: points have no name but their number
              key={index}
              className="pointer-events-none absolute grid size-6 -translate-1/2 place-items-center rounded-full border-2 border-white bg-[#e11d48] text-xs text-white"
              style={{ left: `${x * 100}%`, top: `${y * 100}%` }}
            >
              {index + 1}
            </span>
          ))}
        </div>
        <p className="text-sm text-soft">Click on what you mean. More points of the same thing make it clearer.</p>
        <div className="flex flex-wrap gap-3">
          <Button look="primary" disabled={points.length === 0} onClick={() => onPoints(write(points))}>
            Use {points.length === 1 ? "this point" : "these points"}
          </Button>
          <Button disabled={points.length === 0} onClick={() => setPoints((before) => before.slice(0, -1))}>
            Undo
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function read(text: string): Point[] {
  return [...text.matchAll(/([\d.]+)\s*,\s*([\d.]+)/g)]
    .map(([, x, y]) => ({ x: Number(x), y: Number(y) }))
    .filter(({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1);
}

function write(points: readonly Point[]): string {
  return points.map(({ x, y }) => `${x.toFixed(3)},${y.toFixed(3)}`).join(" ");
}
