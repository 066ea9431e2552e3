/** A modal dialog on the browser's own: focus is kept inside, Escape closes it, what opened it gets the focus back. */
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Icon } from "./icons.tsx";

export function Dialog({
  title,
  onClose,
  children,
  wide = false,
  bare = false,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
  /** The title is for screen readers only, and the content has no padding. */
  bare?: boolean;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const width = wide ? "w-[min(72rem,calc(100vw-2rem))]" : "w-[min(36rem,calc(100vw-2rem))]";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click on the backdrop is an addition to Escape, which the browser handles
    <dialog
      ref={ref}
      aria-labelledby={id}
      className={`${width} max-h-[calc(100dvh-2rem)] overflow-auto rounded-lg border border-line bg-card p-0 shadow-2xl ${bare ? "mt-[12dvh]" : ""}`}
      onClose={onClose}
      onClick={(event) => event.target === ref.current && ref.current.close()}
    >
      <div className={bare ? "" : "flex items-center justify-between gap-4 border-b border-line py-2 pr-2 pl-5"}>
        <h2 id={id} className={bare ? "sr-only" : "text-base"}>
          {title}
        </h2>
        {!bare && (
          <button
            type="button"
            className="grid size-9 place-items-center rounded-md text-soft hover:bg-sunk"
            aria-label="Close"
            onClick={() => ref.current?.close()}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
      <div className={bare ? "" : "p-5"}>{children}</div>
    </dialog>
  );
}
