/** Files for a model: chosen, dropped, pasted, by address, from camera or microphone, or something an earlier run made. */
import { type Item, mostFiles } from "@modelyard/contract";
import { type DragEvent, lazy, Suspense, useEffect, useState } from "react";
import { useSession } from "../session/session-provider.tsx";
import { Icon } from "../ui/icons.tsx";
import { accepts } from "./accepts.ts";
import type { ControlProps } from "./field-props.ts";
import type { FileEntry } from "./form-values.ts";

const Camera = lazy(async () => ({ default: (await import("./camera.tsx")).Camera }));
const Microphone = lazy(async () => ({ default: (await import("./microphone.tsx")).Microphone }));
const EarlierOutputs = lazy(async () => ({ default: (await import("./earlier-outputs.tsx")).EarlierOutputs }));

type Source = "camera" | "microphone" | "earlier";

export function FileField({ item, value, onChange, onLeave, id, describedBy, problem }: ControlProps) {
  const entries = Array.isArray(value) ? value : [];
  const many = item.type !== "fileinput";
  const room = many ? mostFiles(item) - entries.length : 1;
  const [isOver, setOver] = useState(false);
  const [source, setSource] = useState<Source>();
  const [refused, setRefused] = useState<string>();
  const session = useSession();

  const add = (added: FileEntry[]) => {
    onChange(many ? [...entries, ...added.slice(0, Math.max(0, room))] : added.slice(0, 1));
    setSource(undefined);
  };
  const addFiles = (files: readonly File[]) => {
    const right = files.filter((file) => accepts(item, file));
    const fitting = right.filter(({ size }) => size > 0);
    const empty = right.find(({ size }) => size === 0);
    const kindWords = right.length < files.length ? `Only ${kinds(item)} can be used here.` : undefined;
    setRefused(empty ? `${empty.name} is empty.` : kindWords);
    if (fitting.length > 0) add(fitting.map((file) => ({ kind: "file", file })));
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    addFiles([...event.dataTransfer.files]);
  };
  const takes = (type: string) => !item.accept || item.accept.some((one) => one.startsWith(type));

  return (
    <div className="grid gap-2">
      {entries.map((entry, index) => (
        <Entry
          // biome-ignore lint/suspicious/noArrayIndexKey: two entries may be the same file
          key={index}
          entry={entry}
          onRemove={() => onChange(entries.filter((_, other) => other !== index))}
        />
      ))}
      {(many ? room > 0 : entries.length === 0) && (
        // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an addition to the button inside
        <div
          className={`grid gap-3 rounded-md border border-dashed p-4 ${problem ? "border-bad" : "border-edge"} ${isOver ? "bg-signal-wash" : "bg-card"}`}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
          onBlur={onLeave}
        >
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <label className="inline-flex min-h-10 cursor-pointer items-center gap-2 rounded-md border border-edge bg-card px-4 hover:bg-sunk has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-signal">
              <Icon name="upload" />
              {many ? "Choose files" : "Choose a file"}
              <input
                id={id}
                type="file"
                className="sr-only"
                multiple={many}
                accept={item.accept?.join(",")}
                aria-describedby={describedBy}
                aria-invalid={problem ? true : undefined}
                aria-label={item.label}
                onChange={(event) => {
                  addFiles([...(event.target.files ?? [])]);
                  event.target.value = "";
                }}
              />
            </label>
            <span className="text-sm text-soft">or drop or paste {many ? "them" : "it"} here</span>
          </div>
          <div className="flex flex-wrap gap-2">
            <AddressInput label={item.label} onAdd={(url) => add([{ kind: "url", url }])} />
            {takes("image/") && item.accept && (
              <SourceButton icon="camera" label="Camera" onClick={() => setSource("camera")} />
            )}
            {takes("audio/") && item.accept && (
              <SourceButton icon="mic" label="Microphone" onClick={() => setSource("microphone")} />
            )}
            {session.state === "in" && (
              <SourceButton icon="history" label="Earlier results" onClick={() => setSource("earlier")} />
            )}
          </div>
        </div>
      )}
      <p role="status" className="text-sm text-bad empty:hidden">
        {refused}
      </p>
      <Suspense fallback={null}>
        {source === "camera" && <Camera onClose={() => setSource(undefined)} onPicture={(file) => addFiles([file])} />}
        {source === "microphone" && (
          <Microphone onClose={() => setSource(undefined)} onSound={(file) => add([{ kind: "file", file }])} />
        )}
        {source === "earlier" && (
          <EarlierOutputs
            item={item}
            onClose={() => setSource(undefined)}
            onChoose={(url) => add([{ kind: "url", url }])}
          />
        )}
      </Suspense>
    </div>
  );
}

/** `image/*` → pictures. */
function kinds(item: Item): string {
  const words = { image: "pictures", audio: "sound files", video: "videos", text: "text files" } as Record<
    string,
    string
  >;
  return (item.accept ?? []).map((type) => words[type.split("/")[0] ?? ""] ?? type).join(" and ");
}

function SourceButton({
  icon,
  label,
  onClick,
}: {
  icon: "camera" | "mic" | "history";
  label: string;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      className="inline-flex min-h-8 items-center gap-1.5 rounded-md px-2 text-sm text-soft hover:bg-sunk hover:text-ink"
      onClick={onClick}
    >
      <Icon name={icon} className="size-4" />
      {label}
    </button>
  );
}

function AddressInput({ label, onAdd }: { label: string; onAdd: (url: string) => void }) {
  const [text, setText] = useState("");
  const isAddress = /^https?:\/\/\S+$/i.test(text.trim());
  const take = () => {
    if (!isAddress) return;
    onAdd(text.trim());
    setText("");
  };
  return (
    <div className="flex min-w-[min(14rem,100%)] grow gap-1">
      <input
        type="url"
        className="field min-h-8 grow px-2.5 py-1 text-sm"
        placeholder="https://… address of a file"
        aria-label={`${label}: address of a file`}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          take();
        }}
      />
      {isAddress && (
        <button type="button" className="min-h-8 rounded-md px-2 text-sm text-signal hover:bg-sunk" onClick={take}>
          Add
        </button>
      )}
    </div>
  );
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Pictures of this server and of this computer are shown; an address elsewhere is not asked for by the page. */
function usePreview(entry: FileEntry): string | undefined {
  const [preview, setPreview] = useState<string>();
  useEffect(() => {
    if (entry.kind === "url") {
      const own = entry.url.startsWith(`${location.origin}/`) && /\.(png|jpe?g|webp|gif|avif)$/i.test(entry.url);
      setPreview(own ? entry.url : undefined);
      return;
    }
    if (!entry.file.type.startsWith("image/")) return setPreview(undefined);
    const url = URL.createObjectURL(entry.file);
    setPreview(url);
    return () => URL.revokeObjectURL(url);
  }, [entry]);
  return preview;
}

function Entry({ entry, onRemove }: { entry: FileEntry; onRemove: () => void }) {
  const preview = usePreview(entry);
  const name = entry.kind === "file" ? entry.file.name : decodeURIComponent(entry.url.split("/").at(-1) || entry.url);
  return (
    <div className="flex items-center gap-3 rounded-md border border-edge bg-card p-2">
      {preview ? (
        <img src={preview} alt="" className="squares size-14 shrink-0 rounded-sm object-cover" />
      ) : (
        <span className="grid size-14 shrink-0 place-items-center rounded-sm bg-sunk text-soft">
          <Icon name={entry.kind === "url" ? "link" : "other"} />
        </span>
      )}
      <span className="min-w-0 grow">
        <span className="block truncate">{name}</span>
        <span className="block truncate text-sm text-soft">
          {entry.kind === "file" ? size(entry.file.size) : new URL(entry.url).host}
        </span>
      </span>
      <button
        type="button"
        className="grid size-9 shrink-0 place-items-center rounded-md text-soft hover:bg-sunk hover:text-ink"
        aria-label={`Remove ${name}`}
        onClick={onRemove}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
