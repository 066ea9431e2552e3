/** Leases as other rooms see them; every function works inside the caller's unit of work. */
export {
  admitLastReport,
  admitReport,
  type Candidate,
  candidates,
  clampLeases,
  type ExpiredLease,
  enqueue,
  expired,
  holds,
  lease,
  leasesOf,
  modelsOf,
  putBack,
  remove,
  renew,
} from "./store.ts";
