/** Shares and times of the status page in words, the same wherever the page is made. Pure. */
import type { StatusDay } from "@modelyard/contract";

/** Cut, never rounded up: 100 % is all of it. */
export function percent(share: number): string {
  return `${Math.floor(share * 10_000) / 100} %`;
}

/** Of all minutes of all days; undefined where there are none. */
export function availability(days: readonly StatusDay[], of: (day: StatusDay) => string): string | undefined {
  const minutes = days.reduce((sum, day) => sum + Number(day.minutes), 0);
  if (minutes === 0) return undefined;
  return percent(days.reduce((sum, day) => sum + Number(of(day)), 0) / minutes);
}

/** `2026-11-25: 99.93 % of 1440 minutes, 1 minute of pause`. `paused`: minutes of it that the operator chose. */
export function dayWords({ day, minutes }: StatusDay, of: string, paused = "0"): string {
  const words = `${day}: ${minutes === "0" ? "–" : percent(Number(of) / Number(minutes))} of ${minutes} minutes`;
  return paused === "0" ? words : `${words}, ${pauseWords(Number(paused))}`;
}

export function pauseWords(minutes: number): string {
  return `${minutes} ${minutes === 1 ? "minute" : "minutes"} of pause`;
}

/** Unix seconds → `2026-11-25 13:37`. */
export function timeUtc(unixSeconds: string): string {
  return new Date(Number(unixSeconds) * 1000).toISOString().slice(0, 16).replace("T", " ");
}
