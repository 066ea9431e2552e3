import type { NewKey, Project } from "@modelyard/contract";
import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { Panel } from "../ui/panel.tsx";
import { CapMeter } from "./cap-meter.tsx";
import { KeyDialog } from "./key-dialog.tsx";
import { KeyRow } from "./key-row.tsx";
import { ProjectDialog } from "./project-dialog.tsx";

const METHODS = { signature: "Requests are signed", apikey: "Key alone" } as const;

interface ProjectCardProps {
  project: Project;
  onChanged: () => void;
  onMade: (key: NewKey) => void;
}

/** One project: how it calls, what it may spend, and its keys; those that ended are folded away. */
export function ProjectCard({ project, onChanged, onMade }: ProjectCardProps) {
  const [open, setOpen] = useState<"change" | "key">();
  const close = () => setOpen(undefined);
  const active = project.keys.filter(({ status }) => status === "active");
  const ended = project.keys.filter(({ status }) => status !== "active");
  const row = (key: Project["keys"][number]) => (
    <KeyRow key={key.id} projectId={project.id} of={key} onChanged={onChanged} onMade={onMade} />
  );
  return (
    <Panel
      title={project.name}
      lead={`${METHODS[project.authmethod]} · project ${project.id}${project.ipwhitelist.length > 0 ? ` · only from ${project.ipwhitelist.join(", ")}` : ""}`}
      aside={
        <div className="flex gap-2">
          <Button size="small" aria-label={`Change the project ${project.name}`} onClick={() => setOpen("change")}>
            Change
          </Button>
          <Button size="small" aria-label={`New key of ${project.name}`} onClick={() => setOpen("key")}>
            New key
          </Button>
        </div>
      }
    >
      <div className="grid gap-3">
        {project.cap && <CapMeter cap={project.cap} label="Spent by the project" />}
        {active.length === 0 && <p className="text-sm text-soft">It has no key: nothing can call with it.</p>}
        <ul className="-my-3 divide-y divide-line">{active.map(row)}</ul>
        {ended.length > 0 && (
          <details className="mt-2">
            <summary className="text-sm text-soft">Keys that ended: {ended.length}</summary>
            <ul className="divide-y divide-line">{ended.map(row)}</ul>
          </details>
        )}
      </div>
      {open === "change" && (
        <ProjectDialog
          of={project}
          onClose={close}
          onMade={onMade}
          onChanged={() => {
            close();
            onChanged();
          }}
        />
      )}
      {open === "key" && (
        <KeyDialog
          projectId={project.id}
          of={undefined}
          onClose={close}
          onChanged={onChanged}
          onMade={(key) => {
            close();
            onMade(key);
          }}
        />
      )}
    </Panel>
  );
}
