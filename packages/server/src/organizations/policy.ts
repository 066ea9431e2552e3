/** The limits of organisations; who may do what in one is in contract/organization.ts. */

/** Organisations that one account belongs to at most, and members and open invitations of one organisation. */
export const ORGANIZATIONS_LIMIT = 50;
export const MEMBERS_LIMIT = 500;
/** How long an invitation can be accepted, in milliseconds. */
export const INVITATION_MS = 14 * 24 * 60 * 60 * 1000;
