/** Whether a run of a model could begin at once, from what the connected workers have said of it. Pure. */
import type { ToolFacts } from "@modelyard/contract";
import type { CatalogueModel } from "../models/service.ts";
import type { ConnectedWorker } from "./registry.ts";

export function readinessOf(
  { version }: Pick<CatalogueModel, "version">,
  workers: readonly Pick<ConnectedWorker, "open" | "models">[],
): ToolFacts["readiness"] {
  const states = workers.filter(({ open }) => open).map(({ models }) => models.get(version)?.state ?? "missing");
  if (states.includes("ready")) return "ready";
  return states.some((state) => state !== "unavailable") ? "cold" : "none";
}
