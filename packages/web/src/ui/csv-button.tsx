import { useState } from "react";
import { saveCsv } from "../session/save-csv.ts";
import { useSession } from "../session/session-provider.tsx";
import { refusal } from "../session/use-answer.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icons.tsx";
import { toast } from "./toast.tsx";

/** Downloads what a page shows as a table, up to 500 lines of it. */
export function CsvButton({ path, fields, name }: { path: string; fields: Record<string, unknown>; name: string }) {
  const session = useSession();
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      await saveCsv(session, path, { ...fields, limit: 500 }, name);
    } catch (error) {
      toast(refusal(error), "bad");
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="small" disabled={isBusy} onClick={() => void save()}>
      <Icon name="download" className="size-4" /> CSV
    </Button>
  );
}
