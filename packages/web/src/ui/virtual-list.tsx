/** A list of any length of which only what is near the window is in the page. All rows are of one height. */
import { type ReactNode, useEffect, useRef, useState } from "react";

/** Rows kept above and below the window: the next ones for the Tab key, and for a quick hand. */
const BESIDE = 12;

interface VirtualListProps {
  count: number;
  /** Pixels. */
  rowHeight: number;
  /** One row, inside its `li`. */
  row: (index: number) => ReactNode;
  /** The rows that are in the page now, the last one included. */
  onShow: (first: number, last: number) => void;
  isBusy: boolean;
}

export function VirtualList({ count, rowHeight, row, onShow, isBusy }: VirtualListProps) {
  const ref = useRef<HTMLUListElement>(null);
  const [first, setFirst] = useState(0);
  const [seen, setSeen] = useState(20);

  useEffect(() => {
    const look = () => {
      const list = ref.current;
      if (!list) return;
      const above = Math.max(0, -list.getBoundingClientRect().top);
      setFirst(Math.floor(above / rowHeight));
      setSeen(Math.ceil(innerHeight / rowHeight));
    };
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [rowHeight]);

  const from = Math.max(0, Math.min(first, count - seen) - BESIDE);
  const to = Math.min(count - 1, first + seen + BESIDE);
  const shown = useRef(onShow);
  shown.current = onShow;
  useEffect(() => {
    if (to >= from) shown.current(from, to);
  }, [from, to]);

  const rows = Array.from({ length: Math.max(0, to - from + 1) }, (_, offset) => from + offset);
  return (
    <ul
      ref={ref}
      className="relative overflow-hidden rounded-lg border border-line bg-card"
      style={{ height: count * rowHeight + 2 }}
      aria-busy={isBusy}
    >
      {rows.map((index) => (
        <li
          key={index}
          aria-setsize={count}
          aria-posinset={index + 1}
          className="absolute inset-x-0 flex items-center gap-3 overflow-hidden border-line px-4 not-first:border-t"
          style={{ top: index * rowHeight, height: rowHeight }}
        >
          {row(index)}
        </li>
      ))}
    </ul>
  );
}
