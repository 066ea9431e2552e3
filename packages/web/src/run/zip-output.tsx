/** What is in an archive. Only its list of contents is read, which stands at its end, by ranges of bytes. */
import type { OutputFile } from "@modelyard/contract";
import { useEffect, useState } from "react";
import { HTTPRangeReader, unzip, type ZipEntry } from "unzipit";
import { sizeWords } from "../ui/size-words.ts";
import { Table } from "../ui/table.tsx";
import { Unreadable } from "./unreadable.tsx";

/** Files that are listed. */
const SHOWN = 200;

export function ZipOutput({ file }: { file: OutputFile }) {
  const [found, setFound] = useState<ZipEntry[] | "broken">();
  useEffect(() => {
    let current = true;
    void unzip(new HTTPRangeReader(file.url))
      .then(({ entries }) => Object.values(entries).filter(({ isDirectory }) => !isDirectory))
      .catch(() => "broken" as const)
      .then((result) => current && setFound(result));
    return () => {
      current = false;
    };
  }, [file.url]);
  if (found === "broken") return <Unreadable why="The archive's list of contents cannot be read." />;
  if (!found) return <p className="rounded-md bg-sunk px-4 py-8 text-center text-soft">Reading what is in it …</p>;
  const bytes = found.reduce((sum, entry) => sum + entry.size, 0);
  return (
    <div className="grid gap-2">
      <p className="text-sm text-soft">
        {found.length === 0
          ? "The archive is empty."
          : `${found.length.toLocaleString("en")} ${found.length === 1 ? "file" : "files"}, ${sizeWords(bytes)} unpacked.${found.length > SHOWN ? ` The first ${SHOWN} are:` : ""}`}
      </p>
      {found.length > 0 && (
        <div className="max-h-96 overflow-y-auto">
          <Table
            label={`Contents of ${file.name}`}
            columns={[
              { title: "Name", cell: ({ name }) => <span className="wrap-anywhere">{name}</span> },
              {
                title: "Size",
                cell: (entry) => <span className="whitespace-nowrap">{sizeWords(entry.size)}</span>,
                isNumber: true,
              },
            ]}
            rows={found.slice(0, SHOWN)}
            keyOf={({ name }) => name}
          />
        </div>
      )}
    </div>
  );
}
