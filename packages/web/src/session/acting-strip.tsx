import { useSession } from "./session-provider.tsx";

/** Below the header, on every page, while one acts for an organisation: whose money a run costs must never be a surprise. */
export function ActingStrip() {
  const session = useSession();
  if (session.state !== "in" || !session.acting) return null;
  const { acting, actFor } = session;
  return (
    <section aria-label="Acting for an organisation" className="border-t border-line bg-signal-wash text-sm">
      <div className="mx-auto flex min-h-8 w-full max-w-[100rem] items-center gap-3 px-4 sm:px-8">
        <p className="min-w-0 truncate">
          Acting for <strong className="font-semibold">{acting.name}</strong>
          <span className="max-sm:hidden">: its runs, files and money</span>
        </p>
        <button type="button" className="link ml-auto min-h-6 shrink-0" onClick={() => actFor(undefined)}>
          Be yourself again
        </button>
      </div>
    </section>
  );
}
