/** Projects with their keys: made, replaced, revoked; a secret is shown once. */
import { type NewKey, ProjectResponse } from "@modelyard/contract";
import { useState } from "react";
import { Answered } from "../session/answered.tsx";
import { useAnswer } from "../session/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { DashboardFrame } from "./dashboard-frame.tsx";
import { ProjectCard } from "./project-card.tsx";
import { ProjectDialog } from "./project-dialog.tsx";
import { SecretDialog } from "./secret-dialog.tsx";

export function ProjectsPage() {
  return (
    <DashboardFrame
      title="Projects and keys"
      lead="A project is one program of yours. Its keys call the API, and what they spend is listed by project."
    >
      <Projects />
    </DashboardFrame>
  );
}

function Projects() {
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<NewKey>();
  const found = useAnswer("projects whole", async (client) => {
    const projects = await client.projects();
    const whole = projects.map(({ id }) => client.ask("Project/Detail", { projectid: id }, ProjectResponse));
    return (await Promise.all(whole)).map(({ project }) => project);
  });
  const show = (key: NewKey) => {
    setMaking(false);
    setMade(key);
    found.reload();
  };
  const button = (
    <Button look="primary" onClick={() => setMaking(true)}>
      New project
    </Button>
  );
  return (
    <>
      <Answered of={found}>
        {(projects) =>
          projects.length === 0 ? (
            <EmptyState sentence="There is no project yet. Make one to get a key for your programs." action={button} />
          ) : (
            <div className="grid gap-6">
              <div>{button}</div>
              {projects.map((project) => (
                <ProjectCard key={project.id} project={project} onChanged={found.reload} onMade={show} />
              ))}
            </div>
          )
        }
      </Answered>
      {isMaking && (
        <ProjectDialog of={undefined} onClose={() => setMaking(false)} onMade={show} onChanged={found.reload} />
      )}
      {made && <SecretDialog newKey={made} onClose={() => setMade(undefined)} />}
    </>
  );
}
