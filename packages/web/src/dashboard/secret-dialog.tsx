import type { NewKey } from "@modelyard/contract";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Dialog } from "../ui/dialog.tsx";

/** The one time that a key is shown whole. */
export function SecretDialog({ newKey, onClose }: { newKey: NewKey; onClose: () => void }) {
  const parts: [string, string][] = [["Key", newKey.apikey]];
  if (newKey.apisecret !== null) parts.push(["Secret", newKey.apisecret]);
  return (
    <Dialog title="Your new key" onClose={onClose}>
      <p className="rounded-md bg-wait-wash px-4 py-2.5 text-wait">
        Copy it now: it is shown this once, and the server keeps no copy that could be shown again.
      </p>
      <dl className="mt-4 grid gap-4">
        {parts.map(([label, value]) => (
          <div key={label}>
            <dt className="font-semibold">{label}</dt>
            <dd className="mt-1 flex items-center gap-3">
              <code className="grow rounded-md bg-sunk px-3 py-2 font-mono text-sm wrap-anywhere">{value}</code>
              <CopyButton text={() => value} label={`Copy the ${label.toLowerCase()}`} />
            </dd>
          </div>
        ))}
      </dl>
      <Button className="mt-6" onClick={onClose}>
        I have kept it
      </Button>
    </Dialog>
  );
}
