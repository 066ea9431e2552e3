/** The account's own files and folders: uploaded with progress, given to models by their address, deleted. */
import {
  EmptyResponse,
  FileListResponse,
  FOLDER_NAME,
  type Folder,
  FolderCreateResponse,
  FolderListResponse,
  type UploadedFile,
} from "@modelyard/contract";
import type { Client } from "@modelyard/sdk";
import { type FormEvent, useState } from "react";
import { timeWords } from "../history/snippet.ts";
import { Answered } from "../session/answered.tsx";
import { useAction } from "../session/use-action.ts";
import { useAnswer } from "../session/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmButton } from "../ui/confirm-button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { sizeWords } from "../ui/size-words.ts";
import { DashboardFrame } from "./dashboard-frame.tsx";
import { type UseUploads, useUploads } from "./use-uploads.ts";

export function FilesPage() {
  return (
    <DashboardFrame
      title="Files"
      lead="What you upload here has an address that models take as an input. A ZIP archive is unpacked."
    >
      <Files />
    </DashboardFrame>
  );
}

/** From the top to the folder that is open. */
type Way = readonly Pick<Folder, "id" | "name">[];

/** Most that the API lists at a time. */
const PAGE = 100;

async function listAll<Row>(ask: (start: number) => Promise<{ total: string; list: Row[] }>, most: number) {
  const rows: Row[] = [];
  for (;;) {
    const { total, list } = await ask(rows.length);
    rows.push(...list);
    if (list.length === 0 || rows.length >= Math.min(Number(total), most)) return { rows, total: Number(total) };
  }
}

function Files() {
  const [way, setWay] = useState<Way>([]);
  const [most, setMost] = useState(PAGE);
  const [isMaking, setMaking] = useState(false);
  const folderId = way.at(-1)?.id ?? "";
  const found = useAnswer(`files ${folderId} ${most}`, async (client) => {
    const place = folderId === "" ? {} : { folderid: folderId };
    const parent = folderId === "" ? {} : { parentid: folderId };
    const folders = listAll(
      (start) => client.ask("File/FolderList", { ...parent, start, limit: PAGE }, FolderListResponse),
      1_000,
    );
    const files = listAll((start) => client.ask("File/List", { ...place, start, limit: PAGE }, FileListResponse), most);
    return { folders: await folders, files: await files };
  });
  const uploads = useUploads(found.reload);
  const open = (next: Way) => {
    setWay(next);
    setMost(PAGE);
  };
  return (
    <div className="grid gap-4">
      <nav aria-label="Folder">
        <ol className="flex flex-wrap items-center gap-1">
          {[{ id: "", name: "All files" }, ...way].map(({ id, name }, index) => (
            <li key={id} className="flex items-center gap-1">
              {index > 0 && <Icon name="right" className="size-4 text-soft" />}
              <Button
                look="quiet"
                size="small"
                aria-current={index === way.length ? "true" : undefined}
                className="aria-[current=true]:font-semibold aria-[current=true]:text-ink"
                onClick={() => open(way.slice(0, index))}
              >
                {name}
              </Button>
            </li>
          ))}
        </ol>
      </nav>
      <DropArea uploads={uploads} folderId={folderId} onNewFolder={() => setMaking(true)} />
      <Answered of={found}>
        {({ folders, files }) => (
          <>
            {folders.rows.length + files.rows.length === 0 && (
              <p className="py-10 text-center text-soft">
                {way.length === 0
                  ? "No file is here yet: choose one above, or drop it there."
                  : "This folder is empty."}
              </p>
            )}
            {folders.rows.length + files.rows.length > 0 && (
              <ul className="divide-y divide-line rounded-lg border border-line bg-card">
                {folders.rows.map((folder) => (
                  <FolderRow
                    key={folder.id}
                    folder={folder}
                    onOpen={() => open([...way, folder])}
                    onDeleted={found.reload}
                  />
                ))}
                {files.rows.map((file) => (
                  <FileRow key={file.id} file={file} onDeleted={found.reload} />
                ))}
              </ul>
            )}
            {files.rows.length < files.total && (
              <Button className="justify-self-center" onClick={() => setMost(most + PAGE * 5)}>
                Show more of {files.total} files
              </Button>
            )}
          </>
        )}
      </Answered>
      {isMaking && (
        <NewFolder
          parentId={folderId}
          onClose={() => setMaking(false)}
          onMade={() => {
            setMaking(false);
            found.reload();
          }}
        />
      )}
    </div>
  );
}

function DropArea({
  uploads: { sending, add },
  folderId,
  onNewFolder,
}: {
  uploads: UseUploads;
  folderId: string;
  onNewFolder: () => void;
}) {
  const [isOver, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an addition to the button inside
    <div
      className={`rounded-lg border border-dashed border-edge p-4 ${isOver ? "bg-signal-wash" : "bg-card"}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        add([...event.dataTransfer.files], folderId);
      }}
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <label className="inline-flex min-h-10 cursor-pointer items-center gap-2 rounded-md border border-edge bg-card px-4 hover:bg-sunk has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-signal">
          <Icon name="upload" />
          Choose files
          <input
            type="file"
            multiple
            className="sr-only"
            onChange={(event) => {
              add([...(event.target.files ?? [])], folderId);
              event.target.value = "";
            }}
          />
        </label>
        <span className="grow text-sm text-soft">or drop them here</span>
        <Button onClick={onNewFolder}>New folder</Button>
      </div>
      {sending.length > 0 && (
        <ul className="mt-4 grid gap-3" aria-label="On the way">
          {sending.map(({ id, name, share, problem, cancel }) => (
            <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1">
              <div className="min-w-0 grow basis-60">
                <p className="flex justify-between gap-3 text-sm">
                  <span className="truncate">{name}</span>
                  <span className="tabular-nums">
                    {problem === undefined ? `${Math.floor(share * 100)} %` : "refused"}
                  </span>
                </p>
                {problem === undefined ? (
                  <progress className="h-2 w-full" value={share} max={1} aria-label={`Upload of ${name}`} />
                ) : (
                  <ProblemNote problem={problem} />
                )}
              </div>
              <Button size="small" onClick={cancel} aria-label={`Take ${name} off the list`}>
                {problem === undefined ? "Stop" : "Remove"}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function FolderRow({ folder, onOpen, onDeleted }: { folder: Folder; onOpen: () => void; onDeleted: () => void }) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
      <button
        type="button"
        className="flex min-h-8 min-w-0 grow items-center gap-2.5 text-left font-semibold hover:underline"
        onClick={onOpen}
      >
        <Icon name="folder" className="size-5 text-soft" />
        <span className="truncate">{folder.name}</span>
      </button>
      <span className="text-sm text-soft">{timeWords(folder.addedtime)}</span>
      <ConfirmButton
        label="Delete"
        description={`Delete the folder ${folder.name}`}
        title={`Delete the folder ${folder.name}`}
        done="The folder is deleted."
        act={async (client: Client) => {
          await client.ask("File/FolderDelete", { folderid: folder.id }, EmptyResponse);
          onDeleted();
        }}
      >
        Everything in it is deleted too. This cannot be undone.
      </ConfirmButton>
    </li>
  );
}

function FileRow({ file, onDeleted }: { file: UploadedFile; onDeleted: () => void }) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
      <a
        href={file.url}
        target="_blank"
        rel="noreferrer"
        className="flex min-h-8 min-w-0 grow basis-56 items-center gap-2.5 hover:underline"
      >
        <Icon name={kindOf(file.contenttype)} className="size-5 text-soft" />
        <span className="truncate">{file.name}</span>
      </a>
      <span className="text-sm text-soft tabular-nums">{sizeWords(Number(file.size))}</span>
      <span className="text-sm text-soft">{timeWords(file.addedtime)}</span>
      <CopyButton text={() => file.url} label={`Copy the address of ${file.name}`} />
      <ConfirmButton
        label="Delete"
        description={`Delete ${file.name}`}
        title={`Delete ${file.name}`}
        done="The file is deleted."
        act={async (client: Client) => {
          await client.ask("File/Delete", { fileid: file.id }, EmptyResponse);
          onDeleted();
        }}
      >
        Models that are given its address will not find it. This cannot be undone.
      </ConfirmButton>
    </li>
  );
}

function kindOf(type: string): "image" | "video" | "audio" | "text" | "other" {
  const kind = (["image", "video", "audio", "text"] as const).find((name) => type.startsWith(`${name}/`));
  return kind ?? "other";
}

function NewFolder({ parentId, onClose, onMade }: { parentId: string; onClose: () => void; onMade: () => void }) {
  const { isBusy, problem, act } = useAction();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = new FormData(event.currentTarget).get("name");
    void act(async (client) => {
      await client.ask(
        "File/FolderCreate",
        { name, ...(parentId === "" ? {} : { parentid: parentId }) },
        FolderCreateResponse,
      );
      onMade();
    });
  };
  return (
    <Dialog title="New folder" onClose={onClose}>
      <form className="grid gap-4" onSubmit={submit}>
        <Labelled label="Name" hint="letters, digits, - and _">
          <input
            name="name"
            className="field"
            required
            maxLength={100}
            pattern={FOLDER_NAME.source.slice(1, -1).replace("_-", "_\\-")}
            autoComplete="off"
          />
        </Labelled>
        <ProblemNote problem={problem} />
        <Button type="submit" look="primary" disabled={isBusy}>
          Make the folder
        </Button>
      </form>
    </Dialog>
  );
}
