/** The queue as other rooms see it; every function that takes a `tx` works inside the caller's unit of work. */

export { modelPause, type Pause, type Pauses, pauseOf, WHOLE_QUEUE } from "./pauses.ts";
export {
  accountsWaiting,
  admitLastReport,
  admitReport,
  type Candidate,
  candidates,
  clampLeases,
  type ExpiredLease,
  enqueue,
  expired,
  holds,
  idleApps,
  lease,
  leasesOf,
  lockApp,
  modelsOf,
  ofModel,
  overdue,
  type Place,
  placeOf,
  putBack,
  release,
  remove,
  renew,
  takeUpApp,
} from "./store.ts";
export { type Load, loads, lockWaiting, reprioritize, type Waiting, waitingTasks } from "./store-operate.ts";
export { loadTurns, Turns } from "./turns.ts";
