/**
 * Reads a PDF with PDF.js. Its parser runs in a worker of its own, which may reach nothing (http policy of built scripts); scripts
 * inside a PDF are never run: PDF.js does so only in the sandbox of its own viewer, which is not here, and uses no `eval`.
 */
import type { OutputFile } from "@modelyard/contract";
// The build for browsers back to 2024; the other one needs those of this year.
import {
  GlobalWorkerOptions,
  getDocument,
  InvalidPDFException,
  PasswordException,
  type PDFDocumentProxy,
  version,
} from "pdfjs-dist/legacy/build/pdf.mjs";
import workerUrl from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";

GlobalWorkerOptions.workerSrc = workerUrl;
/** Where the build puts what PDF.js fetches on demand (vite.config.ts). */
const FILES = `/assets/web/pdf-${version}`;

/** Pixels of a picture in a PDF beyond which it is left out. */
const MOST_PICTURE_PIXELS = 64_000_000;

/** Why a PDF cannot be shown, as a sentence. */
export class PdfProblem extends Error {
  override name = "PdfProblem";
}

export interface OpenPdf {
  pdf: PDFDocumentProxy;
  /** Ends its worker and lets go of its memory. */
  close: () => void;
}

/** Throws a `PdfProblem`, or what an aborted signal makes of it. */
export async function openPdf(file: OutputFile, signal: AbortSignal): Promise<OpenPdf> {
  const data = await fetchBytes(file.url, signal);
  const loading = getDocument({
    data,
    // Fonts, character maps and decoders that a PDF may lean on, from this server; the page fetches them for the worker.
    standardFontDataUrl: `${FILES}/standard_fonts/`,
    cMapUrl: `${FILES}/cmaps/`,
    wasmUrl: `${FILES}/wasm/`,
    useWorkerFetch: false,
    maxImageSize: MOST_PICTURE_PIXELS,
    verbosity: 0,
  });
  const close = () => void loading.destroy().catch(() => {});
  signal.addEventListener("abort", close, { once: true });
  try {
    return { pdf: await loading.promise, close };
  } catch (error) {
    close();
    throw problemOf(error);
  }
}

async function fetchBytes(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    throw signal.aborted ? error : new PdfProblem("The PDF could not be fetched. The download may still work.");
  });
  if (!response.ok) throw new PdfProblem("The PDF is gone: outputs are kept for a time only.");
  return new Uint8Array(await response.arrayBuffer());
}

function problemOf(error: unknown): PdfProblem {
  if (error instanceof PasswordException)
    return new PdfProblem(
      "This PDF is locked with a password. Download it and open it with a program that asks for it.",
    );
  if (error instanceof InvalidPDFException)
    return new PdfProblem("This PDF is broken and cannot be shown. The download is what the model made.");
  return new PdfProblem("This PDF cannot be shown here. Download it to read it.");
}
