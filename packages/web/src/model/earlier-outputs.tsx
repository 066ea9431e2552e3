import type { Item, OutputFile } from "@modelyard/contract";
import { useEffect, useState } from "react";
import { clientFor } from "../run/client.ts";
import { useSession } from "../session/session-provider.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { accepts } from "./accepts.ts";

/** Runs looked through, newest first. */
const RUNS = 60;

/** Files that the account's latest runs made and that this field takes. */
export function EarlierOutputs({
  item,
  onClose,
  onChoose,
}: {
  item: Item;
  onClose: () => void;
  onChoose: (url: string) => void;
}) {
  const session = useSession();
  const [found, setFound] = useState<OutputFile[] | "failed">();
  useEffect(() => {
    let current = true;
    void (async () => {
      try {
        const { tasks } = await clientFor(session).tasks({ limit: RUNS });
        const files = tasks.flatMap((task) => task.outputs).filter((output): output is OutputFile => "url" in output);
        if (current) setFound(files.filter((file) => accepts(item, { type: file.contenttype })));
      } catch {
        if (current) setFound("failed");
      }
    })();
    return () => {
      current = false;
    };
  }, [session, item]);

  return (
    <Dialog title="Results of earlier runs" onClose={onClose} wide>
      {found === undefined && <p role="status">Looking through your latest runs …</p>}
      {found === "failed" && <p role="alert">Your runs could not be fetched. Close this and try once more.</p>}
      {Array.isArray(found) && found.length === 0 && <p>Your latest {RUNS} runs made nothing that this field takes.</p>}
      {Array.isArray(found) && found.length > 0 && (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(9rem,1fr))] gap-3">
          {found.map((file) => (
            <li key={file.id}>
              <button
                type="button"
                className="grid w-full gap-1 rounded-md border border-line p-2 text-left text-sm hover:border-edge"
                onClick={() => onChoose(file.url)}
              >
                {file.contenttype.startsWith("image/") ? (
                  <img
                    src={file.url}
                    alt=""
                    loading="lazy"
                    className="squares aspect-square w-full rounded-sm object-cover"
                  />
                ) : (
                  <span className="grid aspect-square place-items-center rounded-sm bg-sunk text-soft">
                    <Icon
                      name={
                        file.contenttype.startsWith("audio/")
                          ? "audio"
                          : file.contenttype.startsWith("video/")
                            ? "video"
                            : "other"
                      }
                      className="size-8"
                    />
                  </span>
                )}
                <span className="truncate">{file.name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
