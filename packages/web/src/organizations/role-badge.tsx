import type { OrganizationRole } from "@modelyard/contract";
import { Badge } from "../ui/badge.tsx";
import { ROLES } from "./role-words.ts";

export function RoleBadge({ role }: { role: OrganizationRole }) {
  return <Badge tone={role === "member" ? "plain" : "good"}>{ROLES[role].label}</Badge>;
}
