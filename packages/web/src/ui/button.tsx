import type { ButtonHTMLAttributes } from "react";

const LOOKS = {
  primary: "bg-signal text-signal-ink font-semibold hover:brightness-110",
  plain: "border border-edge bg-card text-ink hover:bg-sunk",
  quiet: "text-soft hover:bg-sunk hover:text-ink",
  danger: "border border-bad bg-card text-bad hover:bg-bad-wash",
} as const;

export type ButtonLook = keyof typeof LOOKS;

/** For links that look like buttons too. At least 40 px high, 32 when small (WCAG 2.5.8 asks for 24). */
export function buttonClass(look: ButtonLook, size: "normal" | "small" = "normal"): string {
  const space = size === "normal" ? "min-h-10 px-4" : "min-h-8 px-2.5 text-sm";
  return `inline-flex items-center justify-center gap-2 rounded-md ${space} transition-[background-color,filter] disabled:opacity-60 ${LOOKS[look]}`;
}

export function Button({
  look = "plain",
  size = "normal",
  className = "",
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { look?: ButtonLook; size?: "normal" | "small" }) {
  return <button type="button" className={`${buttonClass(look, size)} ${className}`} {...rest} />;
}
