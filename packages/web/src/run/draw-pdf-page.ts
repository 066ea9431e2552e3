/** Draws one page of a PDF, and lays its text over it, transparent: for selecting, searching and reading aloud. */
import { type PDFDocumentProxy, TextLayer } from "pdfjs-dist/legacy/build/pdf.mjs";
import { PdfProblem } from "./open-pdf.ts";

/** Pixels of a drawn page: what phones still take. */
const MOST_PIXELS = 16_000_000;
/** A page that takes longer, in milliseconds, is given up: its worker may be caught in it. */
const MOST_MS = 30_000;

export interface PageWanted {
  /** From 1. */
  number: number;
  /** CSS pixels. */
  width: number;
  /** What it holds so far stays until the page is there. */
  into: HTMLElement;
}

/** Resolves once it is shown, or once the signal says that nobody waits any more. Throws a `PdfProblem`, or what PDF.js throws. */
export async function drawPage(pdf: PDFDocumentProxy, wanted: PageWanted, signal: AbortSignal): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new PdfProblem("This page takes too long to draw here. Download the PDF to read it.")),
    MOST_MS,
  );
  try {
    await Promise.race([draw(pdf, wanted, signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function draw(pdf: PDFDocumentProxy, { number, width, into }: PageWanted, signal: AbortSignal): Promise<void> {
  const page = await pdf.getPage(number);
  if (signal.aborted) return;
  const scale = width / page.getViewport({ scale: 1 }).width;
  const viewport = page.getViewport({ scale });
  const density = Math.min(devicePixelRatio, Math.sqrt(MOST_PIXELS / (viewport.width * viewport.height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(viewport.width * density));
  canvas.height = Math.max(1, Math.floor(viewport.height * density));
  const drawing = page.render({ canvas, viewport, transform: [density, 0, 0, density, 0, 0] });
  signal.addEventListener("abort", () => drawing.cancel(), { once: true });
  await drawing.promise;

  const text = document.createElement("div");
  text.className = "pdf-text";
  const content = await page.getTextContent();
  if (signal.aborted) return;
  // PDF.js writes sizes in terms of this; through the object model, because the page's policy allows no style attributes.
  into.style.setProperty("--total-scale-factor", String(scale));
  into.style.width = `${viewport.width}px`;
  into.style.height = `${viewport.height}px`;
  if (content.items.length > 0) canvas.ariaHidden = "true";
  else {
    canvas.role = "img";
    canvas.ariaLabel = `Page ${number}, a picture without text`;
  }
  into.replaceChildren(canvas, text);
  await new TextLayer({ textContentSource: content, container: text, viewport }).render();
}
