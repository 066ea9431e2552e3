import type { OrganizationRole } from "@modelyard/contract";

export const ROLES: Record<OrganizationRole, { label: string; may: string }> = {
  owner: { label: "Owner", may: "everything, also deleting it" },
  admin: { label: "Admin", may: "also projects, keys, money, and plain members" },
  member: { label: "Member", may: "runs models, sees its runs and files" },
};
