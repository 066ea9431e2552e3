/** One PDF, a page at a time: as wide as there is room, larger on demand, with its text to select and to read aloud. */
import type { OutputFile } from "@modelyard/contract";
import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";
import { drawPage } from "./draw-pdf-page.ts";
import { openPdf, PdfProblem } from "./open-pdf.ts";
import { PdfProblemNote } from "./pdf-problem-note.tsx";

type Opened = { state: "opening" } | { state: "failed"; problem: string } | { state: "there"; pdf: PDFDocumentProxy };

/** Times the width of the room. */
const ZOOMS = [1, 1.5, 2, 3];

/** `waiting`: shown until the first page is known. */
export function PdfView({ file, waiting }: { file: OutputFile; waiting: ReactNode }) {
  const [opened, setOpened] = useState<Opened>({ state: "opening" });
  useEffect(() => {
    const abort = new AbortController();
    let close = () => {};
    openPdf(file, abort.signal).then(
      (open) => {
        close = open.close;
        if (!abort.signal.aborted) setOpened({ state: "there", pdf: open.pdf });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setOpened({ state: "failed", problem: words(error) });
      },
    );
    return () => {
      abort.abort();
      close();
    };
  }, [file]);
  if (opened.state === "opening") return waiting;
  if (opened.state === "failed") return <PdfProblemNote>{opened.problem}</PdfProblemNote>;
  return <Pages name={file.name} pdf={opened.pdf} onProblem={(problem) => setOpened({ state: "failed", problem })} />;
}

function Pages({ name, pdf, onProblem }: { name: string; pdf: PDFDocumentProxy; onProblem: (words: string) => void }) {
  const [number, setNumber] = useState(1);
  const [zoom, setZoom] = useState(0);
  const room = useRef<HTMLDivElement>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const width = useWidth(room);
  const failed = useRef(onProblem);
  failed.current = onProblem;
  useEffect(() => {
    if (!sheet.current || width === 0) return undefined;
    const abort = new AbortController();
    drawPage(pdf, { number, width: Math.floor(width * (ZOOMS[zoom] ?? 1)), into: sheet.current }, abort.signal).catch(
      (error: unknown) => {
        if (!abort.signal.aborted) failed.current(words(error));
      },
    );
    return () => abort.abort();
  }, [pdf, number, zoom, width]);
  const turn = (to: number) => {
    setNumber(to);
    room.current?.scrollTo({ top: 0 });
  };
  const last = pdf.numPages;
  return (
    <div className="grid h-[min(75vh,50rem)] grid-rows-[auto_minmax(0,1fr)] gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Button size="small" disabled={number === 1} onClick={() => turn(number - 1)}>
          Previous
        </Button>
        <Button size="small" disabled={number === last} onClick={() => turn(number + 1)}>
          Next
        </Button>
        <p role="status" className="text-sm text-soft tabular-nums">
          Page {number} of {last}
        </p>
        <span className="ml-auto" />
        <Button size="small" look="quiet" disabled={zoom === 0} onClick={() => setZoom(0)}>
          Fit the width
        </Button>
        <Button size="small" look="quiet" disabled={zoom === ZOOMS.length - 1} onClick={() => setZoom(zoom + 1)}>
          Larger
        </Button>
      </div>
      <section
        ref={room}
        aria-label={`Page ${number} of ${name}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="overflow-auto rounded-md border border-line bg-sunk"
      >
        <div ref={sheet} className="pdf-page mx-auto" />
      </section>
    </div>
  );
}

/** Time without a change after which a new width counts, in milliseconds. */
const SETTLED_MS = 120;

/** Width of an element's inside in pixels; 0 until it is known. */
function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    setWidth(element.clientWidth);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(() => setWidth(element.clientWidth), SETTLED_MS);
    });
    observer.observe(element);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [ref]);
  return width;
}

const words = (error: unknown) =>
  error instanceof PdfProblem ? error.message : "This PDF cannot be shown here. Download it to read it.";
