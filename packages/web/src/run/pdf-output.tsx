/** A PDF among the outputs: shown in the page once it comes into view. Until then, and without JavaScript, it is a link. */
import type { OutputFile } from "@modelyard/contract";
import { lazy, Suspense, useRef } from "react";
import { buttonClass } from "../ui/button.tsx";
import { useNear } from "../ui/use-near.ts";
import { PdfProblemNote } from "./pdf-problem-note.tsx";

/** With PDF.js, several hundred kilobytes: for who looks at a PDF, and nobody else. */
const PdfView = lazy(async () => ({ default: (await import("./pdf-view.tsx")).PdfView }));

/** Bytes beyond which a PDF is not read into the page's memory. */
const MOST_BYTES = 64_000_000;

export function PdfOutput({ file }: { file: OutputFile }) {
  const box = useRef<HTMLDivElement>(null);
  const isNear = useNear(box);
  if (Number(file.size) > MOST_BYTES) {
    const megabytes = Math.round(Number(file.size) / 1_000_000);
    return (
      <PdfProblemNote>This PDF has {megabytes} MB, more than is shown here. Download it to read it.</PdfProblemNote>
    );
  }
  // As high as the pages will be, so that nothing moves when they are there.
  const waiting = (
    <div className="grid h-[min(75vh,50rem)] place-items-center rounded-md bg-sunk">
      <a href={file.url} target="_blank" rel="noreferrer" className={buttonClass("plain")}>
        Open the PDF
      </a>
    </div>
  );
  return (
    <div ref={box}>
      {isNear ? (
        <Suspense fallback={waiting}>
          <PdfView file={file} waiting={waiting} />
        </Suspense>
      ) : (
        waiting
      )}
    </div>
  );
}
