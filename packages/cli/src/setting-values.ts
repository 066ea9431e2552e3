/** The text of a flag, or of its variable, as the value it stands for; what is wrong with it is said to whoever wrote it. */
import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";

export function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError("a TCP port is 0 to 65535");
  return value;
}

export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("must be a whole number from 1 on");
  return value;
}

export function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("must be a whole number");
  return value;
}

export function address(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw new InvalidArgumentError("must be an http:// or https:// address");
  return text.replace(/\/+$/, "");
}

export function smtpAddress(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^smtps?:$/.test(url.protocol)) throw new InvalidArgumentError("must be an smtp:// or smtps:// address");
  return text;
}

export const list = (text: string, before: string[] | undefined): string[] => [
  ...(before ?? []),
  ...text.split(",").filter(Boolean),
];
export const folders = (text: string, before: string[] | undefined): string[] =>
  list(text, before).map((dir) => resolve(dir));
export const indexes = (text: string): number[] => text.split(",").filter(Boolean).map(whole);
