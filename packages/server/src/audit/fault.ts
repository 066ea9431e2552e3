export interface Fault {
  /** `task 12`, `account 3`, `queue entry 5`, `ledger`. */
  subject: string;
  message: string;
}
