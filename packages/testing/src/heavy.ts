/** For tests of models with large downloads: they run where MODELYARD_HEAVY is 1, as in `npm run models:check`. */
export const heavy: { skip: false | string } = {
  skip: process.env.MODELYARD_HEAVY === "1" ? false : "downloads more than 50 MB; MODELYARD_HEAVY=1 runs it",
};
