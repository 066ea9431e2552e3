/** In the account menu: for whom one acts. Nothing is shown to who belongs to no organisation. */
import { useEffect, useRef, useState } from "react";
import { Icon } from "../ui/icons.tsx";
import { type Acting, fetchOrganizations } from "./acting.ts";
import { useSession } from "./session-provider.tsx";

export function ActingSwitch() {
  const ref = useRef<HTMLDivElement>(null);
  const session = useSession();
  const [organizations, setOrganizations] = useState<readonly Acting[]>();
  const latest = useRef(session);
  latest.current = session;
  useEffect(() => {
    const take = (found: readonly Acting[]) => {
      setOrganizations(found);
      const now = latest.current;
      if (now.state !== "in" || !now.acting) return;
      const { acting } = now;
      // Its name or one's role may have changed since one began to act for it.
      const same = found.find(({ uuid }) => uuid === acting.uuid);
      if (same && (same.name !== acting.name || same.role !== acting.role)) now.actFor(same);
    };
    // Made anew each time the menu opens.
    void fetchOrganizations().then(take, () => setOrganizations(undefined));
  }, []);
  if (session.state !== "in") return null;
  const { acting, actFor } = session;
  const shown = organizations ?? (acting ? [acting] : []);
  const choose = (next: Acting | undefined) => {
    const menu = ref.current?.closest("details");
    if (next?.uuid !== acting?.uuid) actFor(next);
    menu?.removeAttribute("open");
    menu?.querySelector("summary")?.focus();
  };
  return (
    <div ref={ref} className={shown.length === 0 ? "hidden" : "border-y border-line py-2"}>
      <p id="acting-title" className="px-2 pb-1 text-sm text-soft">
        Act for
      </p>
      <ul aria-labelledby="acting-title" className="grid">
        {[undefined, ...shown].map((one) => {
          const isChosen = one?.uuid === acting?.uuid;
          return (
            <li key={one?.uuid ?? ""}>
              <button
                type="button"
                aria-pressed={isChosen}
                className="flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-left hover:bg-sunk"
                onClick={() => choose(one)}
              >
                <span className="min-w-0 grow truncate">{one?.name ?? "Yourself"}</span>
                {isChosen && <Icon name="check" className="size-4 text-signal" />}
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
