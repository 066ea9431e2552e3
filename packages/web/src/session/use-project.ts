/** The project in whose name code samples are written. Its key is only ever known by its last characters. */
import { useEffect, useState } from "react";
import { useSession } from "./session-provider.tsx";

export interface ShownProject {
  id: string;
  name: string;
  maskedKey: string;
}

/** The account's first project; undefined while nobody is signed in. */
export function useProject(): ShownProject | undefined {
  const session = useSession();
  const [project, setProject] = useState<ShownProject>();
  useEffect(() => {
    if (session.state !== "in") return setProject(undefined);
    let current = true;
    void (async () => {
      try {
        const { clientFor } = await import("../run/client.ts");
        const [first] = await clientFor(session).projects();
        if (current && first)
          setProject({ id: first.id, name: first.name, maskedKey: `••••••••${first.apikey.slice(-4)}` });
      } catch {
        // The samples keep their placeholders.
      }
    })();
    return () => {
      current = false;
    };
  }, [session]);
  return project;
}
