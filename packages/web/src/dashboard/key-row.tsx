import { EmptyResponse, type NewKey, type ProjectKey } from "@modelyard/contract";
import { useState } from "react";
import { timeWords } from "../history/snippet.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { ConfirmButton } from "../ui/confirm-button.tsx";
import { CapMeter } from "./cap-meter.tsx";
import { KeyDialog } from "./key-dialog.tsx";
import { RotateDialog } from "./rotate-dialog.tsx";

interface KeyRowProps {
  projectId: string;
  of: ProjectKey;
  onChanged: () => void;
  onMade: (key: NewKey) => void;
}

const TONES = { active: "good", expired: "plain", revoked: "plain" } as const;
const WORDS = { active: "Active", expired: "Ended", revoked: "Revoked" } as const;

function facts({ scopes, models, ipwhitelist, expires, lastused }: ProjectKey): string[] {
  return [
    `may ${scopes.length === 0 ? "nothing" : scopes.join(", ")}`,
    models.length === 0 ? "all models" : models.join(", "),
    ...(ipwhitelist.length > 0 ? [`from ${ipwhitelist.join(", ")}`] : []),
    expires === "0" ? "never ends" : `ends ${timeWords(expires)}`,
    lastused === "0" ? "not used yet" : `last used ${timeWords(lastused)}`,
  ];
}

export function KeyRow({ projectId, of, onChanged, onMade }: KeyRowProps) {
  const [open, setOpen] = useState<"change" | "rotate">();
  const close = () => setOpen(undefined);
  const name = of.name || "Key";
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 grow basis-72">
        <p className="flex flex-wrap items-center gap-2.5">
          <span className="font-semibold wrap-anywhere">{name}</span>
          <code className="font-mono text-sm">••••{of.last4}</code>
          <Badge tone={TONES[of.status]}>{WORDS[of.status]}</Badge>
        </p>
        <p className="mt-1 text-sm text-soft wrap-anywhere">{facts(of).join(" · ")}</p>
        {of.cap && (
          <div className="mt-2">
            <CapMeter cap={of.cap} label="Spent" />
          </div>
        )}
      </div>
      {of.status === "active" && (
        <div className="flex flex-wrap gap-2">
          <Button size="small" aria-label={`Change the key ${name} ${of.last4}`} onClick={() => setOpen("change")}>
            Change
          </Button>
          <Button size="small" aria-label={`Replace the key ${name} ${of.last4}`} onClick={() => setOpen("rotate")}>
            Replace
          </Button>
          <ConfirmButton
            label="Revoke"
            description={`Revoke the key ${name} ${of.last4}`}
            title={`Revoke the key ••••${of.last4}`}
            done="The key is revoked."
            act={async (client) => {
              await client.ask("Project/KeyRevoke", { keyid: of.id }, EmptyResponse);
              onChanged();
            }}
          >
            Requests with this key are refused from now on. Runs that go on are not stopped.
          </ConfirmButton>
        </div>
      )}
      {open === "change" && (
        <KeyDialog
          projectId={projectId}
          of={of}
          onClose={close}
          onMade={onMade}
          onChanged={() => {
            close();
            onChanged();
          }}
        />
      )}
      {open === "rotate" && (
        <RotateDialog
          of={of}
          onClose={close}
          onMade={(key) => {
            close();
            onMade(key);
          }}
        />
      )}
    </li>
  );
}
