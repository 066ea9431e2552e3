import type { ReactNode, Ref, UIEvent } from "react";

interface ScrollingTextProps {
  label: string;
  text: ReactNode;
  className: string;
  ref?: Ref<HTMLElement>;
  onScroll?: (event: UIEvent<HTMLElement>) => void;
}

/** Text of a machine in a box that scrolls. It can be focused, so that arrow keys scroll it too. */
export function ScrollingText({ label, text, className, ref, onScroll }: ScrollingTextProps) {
  return (
    <section
      ref={ref}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className={`code rounded-md ${className}`}
      onScroll={onScroll}
    >
      <pre className="whitespace-pre-wrap wrap-anywhere">{text}</pre>
    </section>
  );
}
