/** How to call the model from a program: steps or one whole program, in nine languages, with what is in the form. */
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { LANGUAGES, type LanguageId } from "../samples/language-ids.ts";
import { samplesRequest } from "../samples/samples-request.ts";
import { useSession } from "../session/session-provider.tsx";
import { copyText } from "../ui/copy-button.tsx";
import { isFirstPage } from "../ui/hydration.ts";
import { arrivedHtml, ServerHtml } from "../ui/server-html.tsx";
import { toast } from "../ui/toast.tsx";
import { type FormValues, sampleValues } from "./form-values.ts";
import type { ModelData } from "./load-model.ts";
import type { ModelSearch } from "./model-search.ts";

const ProjectPicker = lazy(async () => ({ default: (await import("./project-picker.tsx")).ProjectPicker }));

/** Time after the last change until the code follows, in milliseconds. */
const PAUSE_MS = 150;

interface CodePanelProps {
  model: ModelData["model"];
  search: ModelSearch;
  values: FormValues;
}

export function CodePanel({ model, search, values }: CodePanelProps) {
  const isIn = useSession().state === "in";
  const [maskedKey, setMaskedKey] = useState("");
  const auth = search.auth ?? "signature";
  const navigate = useNavigate();
  const language = search.lang ?? "curl";
  const { html, failed } = useSamples({ model, search, values }, isIn ? maskedKey : "");
  const setAuth = useCallback(
    (wanted: "signature" | "apikey") =>
      void navigate({
        to: ".",
        search: (before) => ({ ...before, auth: wanted === "apikey" ? wanted : undefined }),
        replace: true,
        resetScroll: false,
        hashScrollIntoView: false,
      }),
    [navigate],
  );
  const look = (on: boolean) =>
    `inline-flex min-h-8 items-center rounded-md px-3 text-sm ${on ? "bg-ink font-semibold text-paper" : "border border-line bg-card hover:border-edge"}`;
  const option = (change: Partial<ModelSearch>, on: boolean, label: string) => (
    <Link
      to="."
      search={(before) => ({ ...before, ...change })}
      hash="api"
      resetScroll={false}
      hashScrollIntoView={false}
      replace
      aria-current={on ? "true" : undefined}
      className={look(on)}
    >
      {label}
    </Link>
  );
  return (
    <section id="api" aria-labelledby="api-title" className="mt-14 scroll-mt-20 border-t border-line pt-10">
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
        <div className="max-w-full min-w-0">
          <h2 id="api-title" className="text-xl">
            Call it from a program
          </h2>
          <p className="mt-1 text-soft">
            The values are those of the form.{" "}
            {isIn ? (
              <Suspense fallback={null}>
                <ProjectPicker auth={auth} onAuth={setAuth} onKey={setMaskedKey} />
              </Suspense>
            ) : (
              "A project's key and secret go where the placeholders are."
            )}
          </p>
        </div>
        <div className="flex flex-wrap gap-x-6 gap-y-2">
          <fieldset className="flex gap-1">
            <legend className="sr-only">Kind of project</legend>
            {option({ auth: undefined }, search.auth !== "apikey", "Signed")}
            {option({ auth: "apikey" }, search.auth === "apikey", "Key only")}
          </fieldset>
          <fieldset className="flex gap-1">
            <legend className="sr-only">Kind of sample</legend>
            {option({ code: undefined }, search.code !== "program", "Steps")}
            {option({ code: "program" }, search.code === "program", "Whole program")}
          </fieldset>
        </div>
      </div>
      <LanguageTabs language={language} />
      {failed && (
        <p className="mt-4 text-sm text-bad">The code could not be brought up to date; it shows earlier values.</p>
      )}
      <CopyButtons>
        <ServerHtml
          slot="samples"
          html={html}
          className={`mt-5 grid gap-8 *:min-w-0 ${search.code === "program" ? "" : "lg:grid-cols-[13rem_minmax(0,1fr)]"}`}
        />
      </CopyButtons>
    </section>
  );
}

/** The server wrote the buttons, so their clicks are taken here. */
function CopyButtons({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    element?.addEventListener("click", onCopy);
    return () => element?.removeEventListener("click", onCopy);
  }, []);
  return <div ref={box}>{children}</div>;
}

/** Copies the block that the button belongs to. */
function onCopy(event: MouseEvent): void {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  const code = button?.closest("[data-block]")?.querySelector("pre")?.textContent;
  if (!code) return;
  void copyText(code).then((done) => done && toast("Copied"));
}

/** Links, so that each language has its address and works without JavaScript; arrow keys move between them. */
function LanguageTabs({ language }: { language: LanguageId }) {
  const list = useRef<HTMLUListElement>(null);
  return (
    <nav aria-label="Languages" className="mt-6 overflow-x-auto border-b border-line">
      <ul
        ref={list}
        className="flex gap-1"
        onKeyDown={(event) => {
          const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
          if (step === 0) return;
          event.preventDefault();
          const links = [...(list.current?.querySelectorAll("a") ?? [])];
          const at = links.indexOf(document.activeElement as HTMLAnchorElement);
          const next = links[(at + step + links.length) % links.length];
          next?.focus();
          next?.click();
        }}
      >
        {LANGUAGES.map(({ id, label }) => (
          <li key={id}>
            <Link
              to="."
              search={(before) => ({ ...before, lang: id === "curl" ? undefined : id })}
              hash="api"
              hashScrollIntoView={false}
              resetScroll={false}
              replace
              aria-current={id === language ? "true" : undefined}
              className={`relative -mb-px inline-flex min-h-10 items-center border-b-2 px-3.5 whitespace-nowrap ${id === language ? "border-signal font-semibold" : "border-transparent text-soft hover:text-ink"}`}
            >
              {label}
              {/* "Go" alone says nothing about where a link leads. */}
              <span className="sr-only"> code</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Asks the server for the code whenever something in it changes; "" as long as the page's own is up to date. */
function useSamples({ model, search, values }: CodePanelProps, maskedKey: string): { html: string; failed: boolean } {
  const [html, setHtml] = useState("");
  const [failed, setFailed] = useState(false);
  const wanted = JSON.stringify({
    ...samplesRequest(model, search),
    maskedKey,
    inputs: sampleValues(model.modelyard, values),
  });
  // What the server put into the page was made for the values in the address, and those are the form's first ones.
  const [arrived] = useState(wanted);
  const [isOwnPage] = useState(() => typeof document !== "undefined" && isFirstPage() && arrivedHtml("samples") !== "");
  useEffect(() => {
    if (wanted === arrived && isOwnPage) return setHtml("");
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const response = await fetch("/web/samples", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: wanted,
          signal: abort.signal,
        });
        if (!response.ok) throw new Error(String(response.status));
        setHtml(await response.text());
        setFailed(false);
      } catch {
        if (!abort.signal.aborted) setFailed(true);
      }
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [wanted, arrived, isOwnPage]);
  return { html, failed };
}
