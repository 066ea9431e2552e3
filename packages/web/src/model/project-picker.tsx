/** Which project's key stands in the code, and is billed for runs of this page. Loaded for who is signed in. */
import type { Project } from "@modelyard/sdk";
import { Link } from "@tanstack/react-router";
import { useEffect, useId, useState } from "react";
import { chooseProject, chosenProject } from "../session/chosen-project.ts";
import { useSession } from "../session/session-provider.tsx";
import { useAnswer } from "../session/use-answer.ts";

type Auth = Project["authmethod"];

interface ProjectPickerProps {
  /** The kind of project that the code is written for. */
  auth: Auth;
  onAuth: (auth: Auth) => void;
  /** The key as it may be shown; "" where no project is of this kind. */
  onKey: (maskedKey: string) => void;
}

const KINDS: Record<Auth, string> = { signature: "signed", apikey: "key only" };

export function ProjectPicker(props: ProjectPickerProps) {
  const { answer } = useAnswer("projects", (client) => client.projects());
  if (answer.state !== "there") return null;
  if (answer.data.length === 0)
    return (
      <>
        You have no project yet:{" "}
        <Link to="/dashboard/projects" className="link">
          make one
        </Link>{" "}
        for a key.
      </>
    );
  return <Picker projects={answer.data} {...props} />;
}

function Picker({ projects, auth, onAuth, onKey }: ProjectPickerProps & { projects: readonly Project[] }) {
  const session = useSession();
  const id = useId();
  const [chosen, setChosen] = useState(() => chosenProject(session));
  const known = projects.find((project) => project.id === chosen);
  const shown = known?.authmethod === auth ? known : projects.find(({ authmethod }) => authmethod === auth);
  const choose = (project: Project | undefined) => {
    setChosen(project?.id);
    chooseProject(session, project?.id);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was chosen before counts once, when the page is opened
  useEffect(() => {
    // An address that says nothing says "signed".
    if (known && auth === "signature") onAuth(known.authmethod);
    // It was removed.
    if (chosen !== undefined && !known) choose(undefined);
  }, []);
  const maskedKey = shown ? `••••••••${shown.apikey.slice(-4)}` : "";
  useEffect(() => onKey(maskedKey), [maskedKey, onKey]);
  return (
    <>
      <label htmlFor={id}>With the key of</label>{" "}
      <select
        id={id}
        className="field inline-block w-auto max-w-full py-1 sm:max-w-64"
        value={shown?.id ?? ""}
        onChange={(event) => {
          const project = projects.find((one) => one.id === event.target.value);
          choose(project);
          if (project && project.authmethod !== auth) onAuth(project.authmethod);
        }}
      >
        {!shown && <option value="">no project</option>}
        {projects.map((project) => (
          <option key={project.id} value={project.id}>
            {project.name} ({KINDS[project.authmethod]})
          </option>
        ))}
      </select>
      {shown ? (
        <>
          , masked here. Runs of this page are billed to{" "}
          {shown === known ? "it" : (known?.name ?? "your first project")}.
        </>
      ) : (
        <>
          : none of yours is {KINDS[auth]}.{" "}
          <Link to="/dashboard/projects" className="link">
            Make one
          </Link>
          .
        </>
      )}
    </>
  );
}
