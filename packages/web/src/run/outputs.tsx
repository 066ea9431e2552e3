/** What a run made, by media type. */
import type { Output, OutputFile } from "@modelyard/contract";
import { useEffect, useState } from "react";
import { Button, buttonClass } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { ScrollingText } from "../ui/scrolling-text.tsx";
import { sizeWords } from "../ui/size-words.ts";
import { toast } from "../ui/toast.tsx";
import { PdfOutput } from "./pdf-output.tsx";
import { PictureOutput } from "./picture-output.tsx";
import { richOutput } from "./rich-output.tsx";

interface OutputsProps {
  outputs: readonly Output[];
  inputPicture: string | undefined;
  inputs: Record<string, unknown>;
  taskId: string;
}

export function Outputs({ outputs, inputPicture, inputs, taskId }: OutputsProps) {
  const files = outputs.filter((output): output is OutputFile => "url" in output);
  if (files.length === 0) return null;
  return (
    <div className="grid gap-5">
      {files.map((file) => (
        <figure key={file.id} className="grid gap-2">
          <OutputView file={file} inputPicture={inputPicture} />
          <figcaption className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-soft">
            <span className="wrap-anywhere">{file.name}</span>
            <span className="tabular-nums">{sizeWords(Number(file.size))}</span>
            <a href={file.url} download={file.name} className={`${buttonClass("plain", "small")} ml-auto`}>
              <Icon name="download" className="size-4" />
              Download
            </a>
          </figcaption>
        </figure>
      ))}
      {(files.length > 1 || Object.keys(inputs).length > 0) && (
        <DownloadAll files={files} inputs={inputs} taskId={taskId} />
      )}
    </div>
  );
}

function OutputView({ file, inputPicture }: { file: OutputFile; inputPicture: string | undefined }) {
  const type = file.contenttype;
  if (/^image\/(png|jpeg|webp|gif|avif|bmp)$/.test(type)) return <PictureOutput file={file} before={inputPicture} />;
  if (type.startsWith("video/")) {
    return (
      // biome-ignore lint/a11y/useMediaCaption: made a moment ago by a model; nobody has written captions for it
      <video
        src={file.url}
        controls
        playsInline
        preload="metadata"
        className="max-h-[70vh] w-full rounded-md bg-sunk"
      />
    );
  }
  if (type.startsWith("audio/")) {
    // biome-ignore lint/a11y/useMediaCaption: as above
    return <audio src={file.url} controls preload="metadata" className="w-full" aria-label={file.name} />;
  }
  const rich = richOutput(file);
  if (rich) return rich;
  if (type === "application/json" || type.startsWith("text/")) return <TextFile file={file} />;
  if (type === "application/pdf") return <PdfOutput file={file} />;
  return (
    <div className="grid place-items-center gap-2 rounded-md bg-sunk py-10 text-soft">
      <Icon name="other" className="size-10" />
      <span className="text-sm">{type}</span>
    </div>
  );
}

/** Characters of a text that are shown; the rest is in the file. */
const SHOWN = 20_000;
/** Bytes of a text that are fetched. */
const FETCHED = 1_000_000;

function TextFile({ file }: { file: OutputFile }) {
  const [text, setText] = useState<string>();
  useEffect(() => {
    const abort = new AbortController();
    void (async () => {
      try {
        const isCut = Number(file.size) > FETCHED;
        const headers: HeadersInit = isCut ? { range: `bytes=0-${FETCHED - 1}` } : {};
        const response = await fetch(file.url, { signal: abort.signal, headers });
        const raw = await response.text();
        setText(file.contenttype === "application/json" ? pretty(raw) : raw);
      } catch {
        if (!abort.signal.aborted) setText("It could not be fetched. The download below may still work.");
      }
    })();
    return () => abort.abort();
  }, [file]);
  const shown = text === undefined ? "…" : text.slice(0, SHOWN) + (text.length > SHOWN ? "\n…" : "");
  return <ScrollingText label={file.name} text={shown} className="max-h-96" />;
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), undefined, 2);
  } catch {
    return json;
  }
}

function DownloadAll({
  files,
  inputs,
  taskId,
}: {
  files: readonly OutputFile[];
  inputs: Record<string, unknown>;
  taskId: string;
}) {
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const { saveArchive } = await import("./save-archive.ts");
      await saveArchive({ files, inputs, name: `run-${taskId}.zip` });
    } catch {
      toast("The archive could not be made: a file could not be fetched.", "bad");
    }
    setBusy(false);
  };
  return (
    <Button className="justify-self-start" disabled={busy} onClick={() => void save()}>
      <Icon name="download" />
      {busy ? "Packing …" : files.length > 1 ? `Download all ${files.length} with the inputs` : "Everything as archive"}
    </Button>
  );
}
