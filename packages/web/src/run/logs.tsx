import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";
import { ScrollingText } from "../ui/scrolling-text.tsx";
import { saveText } from "./save-text.ts";
import { plainText, terminalPieces } from "./terminal-text.ts";

interface LogsProps {
  stdout: string;
  stderr: string;
  /** For the downloaded file. */
  name: string;
  open: boolean;
}

/** What the model printed, its two streams apart. */
export function Logs({ stdout, stderr, name, open }: LogsProps) {
  if (stdout === "" && stderr === "") return null;
  return (
    <details className="rounded-md border border-line" open={open || undefined}>
      <summary className="px-4 py-2.5 font-semibold">Logs</summary>
      <div className="grid gap-4 border-t border-line p-4 *:min-w-0">
        {stdout !== "" && <Log title="Output" text={stdout} file={`${name}-stdout.txt`} />}
        {stderr !== "" && <Log title="Errors" text={stderr} file={`${name}-stderr.txt`} />}
      </div>
    </details>
  );
}

/** Pixels from the end within which the log is taken to be followed. */
const NEAR_END = 24;

function Log({ title, text, file }: { title: string; text: string; file: string }) {
  const box = useRef<HTMLElement>(null);
  const [follows, setFollows] = useState(true);
  const latest = useDeferredValue(text);
  const pieces = useMemo(() => terminalPieces(latest), [latest]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new text moves the end
  useEffect(() => {
    if (follows && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [pieces, follows]);
  const save = () => saveText(plainText(text), file);
  return (
    <div>
      <div className="mb-1.5 flex items-center gap-2">
        <p className="text-sm font-semibold">{title}</p>
        <span className="ml-auto" />
        {!follows && (
          <Button look="quiet" size="small" onClick={() => setFollows(true)}>
            Follow the end
          </Button>
        )}
        <Button look="quiet" size="small" onClick={save}>
          Download
        </Button>
      </div>
      <ScrollingText
        ref={box}
        label={`${title} of the model`}
        text={pieces.map(({ text: part, look }, index) =>
          look === "" ? (
            part
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity
            <span key={index} className={look}>
              {part}
            </span>
          ),
        )}
        className="max-h-80"
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          setFollows(scrollHeight - scrollTop - clientHeight < NEAR_END);
        }}
      />
    </div>
  );
}
